import Exchange
import Screening

/// Reads whatever libFuzzer makes up as JSON, what is JSON as an envelope of STIX objects, and what
/// begins with a capital letter as names.
///
/// Fails on a trap, and where the readers contradict themselves: two forms of one document must have the same canonical
/// form, and somebody must be found among others whatever came first.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    // No document begins with a capital letter.
    if let first = bytes.first, (0x41...0x5A).contains(first) {
        screen(bytes)
        return 0
    }
    guard let document = try? JSON(parsing: bytes) else { return 0 }  // Refused, which is an answer.
    let canonical = document.root.canonical()
    guard let compact = try? JSON(parsing: document.root.compact()) else {
        preconditionFailure("a document without white space is refused")
    }
    precondition(compact.root.canonical() == canonical, "two forms of one document differ")
    // RFC 8785 writes large doubles as integers, of a size that RFC 7493 does not let in.
    if let again = try? JSON(parsing: canonical) {
        precondition(again.root.canonical() == canonical, "a canonical form has another")
    }
    _ = try? STIXObject(document.root)  // As above.
    guard let envelope = try? Envelope(bytes, limits: Envelope.Limits()) else { return 0 }
    for case .object(let object) in envelope.contributions {
        guard let value = try? JSON(parsing: object.bytes), let again = try? STIXObject(value.root) else {
            preconditionFailure("the bytes of a valid object are refused")
        }
        precondition(again.digest == object.digest && again.id == object.id, "an object changed on the way")
    }
    return 0
}

/// The first byte picks a schema; the lines behind it are names of two, in turn.
private func screen(_ bytes: [UInt8]) {
    let schema = Record.schemas[Int(bytes.first ?? 0) % Record.schemas.count]
    let lines = bytes.dropFirst().split(separator: 0x0A, maxSplits: 8).map { String(decoding: $0, as: UTF8.self) }
    let records = (0..<2).map { side in
        let names = lines.enumerated().filter { $0.offset % 2 == side }.map(\.element)
        return Record(
            id: "\(side)",
            schema: schema,
            properties: ["name": names, "birthDate": names, "imoNumber": names, "country": names]
        )
    }
    var all = LabelSet()
    all.insert(0)
    let found = [[0, 1], [1, 0]].map { order in
        var index = ScreeningIndex()
        for place in order { index.add(records[place], as: place, label: 0) }
        return index.search(records[0], visible: all, limit: 5, cutoff: 0).map { [Double($0.key), $0.score] }
    }
    precondition(found[0] == found[1], "what is found depends on what came first")
    precondition(found[0].allSatisfy { (0...1).contains($0[1]) }, "a score is none")
    _ = Scorer.explain(records[0], records[1])
}

import Exchange

/// Reads whatever libFuzzer makes up as JSON, and what is JSON as an envelope of STIX objects.
///
/// Fails on a trap, and where the readers contradict themselves: two forms of one document must have the same canonical
/// form.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
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

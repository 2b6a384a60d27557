import Exchange

/// Reads whatever libFuzzer makes up as JSON, and what is JSON as an envelope of STIX objects.
///
/// Fails on a trap, and where the readers contradict themselves: the compact and the canonical form of a document must
/// be documents with the same canonical form.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let document = try? JSON(parsing: bytes) else { return 0 }  // Refused, which is an answer.
    let canonical = document.root.canonical()
    for form in [document.root.compact(), canonical] {
        guard let again = try? JSON(parsing: form) else { preconditionFailure("a form of a document is refused") }
        precondition(again.root.canonical() == canonical, "two forms of one document differ")
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

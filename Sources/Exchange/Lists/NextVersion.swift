/// Versions of objects that the exchange makes of what others list: a new one only where it says something else.
enum NextVersion {
    /// The first version of an object, which comes without its times.
    static func first(of object: [String: Any], at now: Timestamp) -> [UInt8] {
        bytes(object, created: now.text, modified: now.text)
    }

    /// The version after the one that is held; nil where it says the same.
    static func next(of object: [String: Any], after held: JSON.Value?, at now: Timestamp) -> [UInt8]? {
        guard let held, let created = held["created"]?.string else { return first(of: object, at: now) }
        let next = bytes(object, created: created, modified: time(after: held, at: now))
        guard let wished = try? JSON(parsing: next).root, content(of: wished) == content(of: held) else { return next }
        return nil
    }

    /// The object as it is held, revoked.
    static func revoked(_ held: JSON.Value, at now: Timestamp) -> [UInt8] {
        var bytes = [UInt8(ascii: "{")]
        for (name, value) in held.members where name != "revoked" {
            JSONString.append(Array(name.utf8), to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            bytes += name == "modified" ? Array("\"\(time(after: held, at: now))\"".utf8) : value.compact()
            bytes.append(UInt8(ascii: ","))
        }
        return bytes + Array("\"revoked\":true}".utf8)
    }

    private static func bytes(_ object: [String: Any], created: String, modified: String) -> [UInt8] {
        ListJSON.bytes(object.merging(["created": created, "modified": modified]) { _, time in time })
    }

    /// The time of a version that comes after the one that is held.
    private static func time(after held: JSON.Value, at now: Timestamp) -> String {
        let last = held["modified"]?.string.flatMap { try? Timestamp(parsing: $0) } ?? now
        return max(now, last.advanced(by: .milliseconds(1))).text
    }

    /// All that a version says, whatever its times.
    private static func content(of object: JSON.Value) -> [UInt8] {
        object.members.filter { !["created", "modified", "revoked"].contains($0.key) }
            .sorted { $0.key < $1.key }
            .flatMap { Array($0.key.utf8) + $0.value.canonical() }
    }
}

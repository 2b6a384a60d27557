import Foundation

/// What has to be published so that a pool holds a list as it is now.
///
/// Pure: the same list and pool give the same plan.
public struct ListSync: Sendable {
    /// A list that shrank by more than this part of it, and by more than `shrinkFree` subjects, may be a broken copy.
    public static let shrinkMax = 0.1
    /// So many subjects may always go.
    public static let shrinkFree = 20

    /// New objects, in the list's order.
    public private(set) var added: [[UInt8]] = []
    /// New versions of objects whose subject changed.
    public private(set) var changed: [[UInt8]] = []
    /// Last versions of objects whose subject is gone.
    public private(set) var revoked: [[UInt8]] = []
    /// How many subjects were not found in a list that could not be read whole: they stay, since what cannot be read is
    /// not gone.
    public private(set) var spared = 0
    /// How many subjects are held as they are.
    public private(set) var unchanged = 0

    private let source: String
    private let now: Timestamp

    /// - Parameters:
    ///   - source: the list's name; ids are made of it and the list's own.
    ///   - isWhole: whether all of the list could be read; where it could not, nothing is revoked, which is for good.
    ///   - held: the last versions of the pool's objects, of this source and of others.
    public init(
        _ subjects: [ListSubject],
        from source: String,
        isWhole: Bool,
        held: [JSON.Value],
        at now: Timestamp
    ) {
        self.source = source
        self.now = now
        var current: [String: JSON.Value] = [:]
        for object in held where Self.isOf(source, object) {
            if let id = object["id"]?.string { current[id] = object }
        }
        var wished: Set<String> = []
        for subject in subjects where subject.isCarried {
            // A revoked object has no later version: a subject that comes back gets the next id.
            var generation = 0
            var id = Self.id(of: subject, source, generation)
            while current[id]?["revoked"]?.boolean == true {
                generation += 1
                id = Self.id(of: subject, source, generation)
            }
            guard wished.insert(id).inserted else { continue }
            place(subject, id, current[id])
        }
        for (id, object) in current.sorted(by: { $0.key < $1.key })
        where !wished.contains(id) && object["revoked"]?.boolean != true {
            if isWhole { revoked.append(lastVersion(of: object)) } else { spared += 1 }
        }
    }

    /// Whether so much went that the list may be a broken copy.
    public var isSuspect: Bool {
        let before = unchanged + changed.count + revoked.count
        return revoked.count > Self.shrinkFree && Double(revoked.count) > Double(before) * Self.shrinkMax
    }

    private mutating func place(_ subject: ListSubject, _ id: String, _ held: JSON.Value?) {
        guard let held, let created = held["created"]?.string else {
            added.append(Self.object(subject, id, source, created: now.text, modified: now.text))
            return
        }
        let modified = laterThan(held)
        let object = Self.object(subject, id, source, created: created, modified: modified)
        guard let wished = try? JSON(parsing: object).root, Self.content(of: wished) == Self.content(of: held) else {
            changed.append(object)
            return
        }
        unchanged += 1
    }

    /// The time of a version that comes after the one that is held.
    private func laterThan(_ held: JSON.Value) -> String {
        let last = held["modified"]?.string.flatMap { try? Timestamp(parsing: $0) } ?? now
        return max(now, last.advanced(by: .milliseconds(1))).text
    }

    /// The object as it is held, revoked.
    private func lastVersion(of held: JSON.Value) -> [UInt8] {
        var bytes = [UInt8(ascii: "{")]
        for (name, value) in held.members where name != "revoked" {
            JSONString.append(Array(name.utf8), to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            bytes += name == "modified" ? Array("\"\(laterThan(held))\"".utf8) : value.compact()
            bytes.append(UInt8(ascii: ","))
        }
        return bytes + Array("\"revoked\":true}".utf8)
    }

    private static func isOf(_ source: String, _ object: JSON.Value) -> Bool {
        object["external_references"]?.elements.first?["source_name"]?.string == source
    }

    /// All that a version says of its subject, whatever its times.
    private static func content(of object: JSON.Value) -> [UInt8] {
        object.members.filter { !["created", "modified", "revoked"].contains($0.key) }
            .sorted { $0.key < $1.key }
            .flatMap { Array($0.key.utf8) + $0.value.canonical() }
    }

    private static func id(of subject: ListSubject, _ source: String, _ generation: Int) -> String {
        let name = "\(source)\n\(subject.key)" + (generation == 0 ? "" : "\n\(generation)")
        let uuid = STIXID.version5(namespace: ListExtension.namespace, name: Array(name.utf8))
        return STIXID(type: ListSubject.carrier(of: subject.schema)?.type ?? "identity", uuid: uuid).text
    }

    private static func object(
        _ subject: ListSubject,
        _ id: String,
        _ source: String,
        created: String,
        modified: String
    ) -> [UInt8] {
        let carrier = ListSubject.carrier(of: subject.schema) ?? ("identity", nil)
        var object: [String: Any] = [
            "type": carrier.type, "spec_version": "2.1", "id": id, "created": created, "modified": modified,
            "name": subject.properties["name"]?.first ?? subject.key,
            "object_marking_refs": [TLP.clear.definition.text],
            "external_references": [["source_name": source, "external_id": subject.key]],
            "extensions": [
                ListExtension.subject: [
                    "extension_type": carrier.type == "identity" ? "property-extension" : "new-sdo",
                    "schema": subject.schema, "properties": subject.properties,
                ]
            ],
        ]
        object["identity_class"] = carrier.identityClass
        return ListJSON.bytes(object)
    }
}

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
    private let grade: Grade?
    private let now: Timestamp

    /// - Parameters:
    ///   - source: the list's name; ids are made of it and the list's own.
    ///   - grade: of all that the list says; nil where nobody graded it.
    ///   - isWhole: whether all of the list could be read; where it could not, nothing is revoked, which is for good.
    ///   - held: the last versions of the pool's objects, of this source and of others.
    public init(
        _ subjects: [ListSubject],
        from source: String,
        graded grade: Grade? = nil,
        isWhole: Bool,
        held: [JSON.Value],
        at now: Timestamp
    ) {
        self.source = source
        self.grade = grade
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
            if isWhole { revoked.append(NextVersion.revoked(object, at: now)) } else { spared += 1 }
        }
    }

    /// Whether so much went that the list may be a broken copy.
    public var isSuspect: Bool {
        let before = unchanged + changed.count + revoked.count
        return revoked.count > Self.shrinkFree && Double(revoked.count) > Double(before) * Self.shrinkMax
    }

    private mutating func place(_ subject: ListSubject, _ id: String, _ held: JSON.Value?) {
        let object = object(of: subject, id)
        if held == nil {
            added.append(NextVersion.first(of: object, at: now))
        } else if let next = NextVersion.next(of: object, after: held, at: now) {
            changed.append(next)
        } else {
            unchanged += 1
        }
    }

    private static func isOf(_ source: String, _ object: JSON.Value) -> Bool {
        object["external_references"]?.elements.first?["source_name"]?.string == source
    }

    private static func id(of subject: ListSubject, _ source: String, _ generation: Int) -> String {
        let name = "\(source)\n\(subject.key)" + (generation == 0 ? "" : "\n\(generation)")
        let uuid = STIXID.version5(namespace: ListExtension.namespace, name: Array(name.utf8))
        return STIXID(type: ListSubject.carrier(of: subject.schema)?.type ?? "identity", uuid: uuid).text
    }

    private func object(of subject: ListSubject, _ id: String) -> [String: Any] {
        let carrier = ListSubject.carrier(of: subject.schema) ?? ("identity", nil)
        var object: [String: Any] = [
            "type": carrier.type, "spec_version": "2.1", "id": id,
            "name": subject.properties["name"]?.first ?? subject.key,
            "object_marking_refs": [TLP.clear.definition.text],
            "external_references": [["source_name": source, "external_id": subject.key]],
        ]
        var about: [String: Any] = [
            "extension_type": carrier.type == "identity" ? "property-extension" : "new-sdo",
            "schema": subject.schema, "properties": subject.properties,
        ]
        about["grade"] = grade?.code
        object["extensions"] = [ListExtension.subject: about]
        object["identity_class"] = carrier.identityClass
        return object
    }
}

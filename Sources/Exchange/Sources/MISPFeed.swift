internal import Foundation

/// Why a file of a MISP feed cannot be read.
public struct MISPFault: Error, Hashable, Sendable {
    /// What must hold.
    public let rule: String
}

/// The manifest of a MISP feed: which events there are, and when each last changed.
public struct MISPManifest: Sendable {
    /// The most events that one may have.
    public static let eventsMax = 100_000

    /// Its events, the longest unchanged first.
    public let events: [(uuid: String, changed: Timestamp)]
    /// Entries that name no event.
    public private(set) var faults: [ListFault] = []

    /// Reads `manifest.json`: an object with an entry for each event, by its UUID.
    public init(_ bytes: [UInt8]) throws(MISPFault) {
        let root: JSON.Value
        do {
            root = try JSON(parsing: bytes).root
        } catch {
            throw MISPFault(rule: "manifest.json: \(error)")
        }
        guard root.kind == .object else { throw MISPFault(rule: "manifest.json: must be a JSON object of events") }
        guard root.count <= Self.eventsMax else {
            throw MISPFault(rule: "manifest.json: must name at most \(Self.eventsMax) events")
        }
        var events: [(uuid: String, changed: Timestamp)] = []
        for (key, entry) in root.members {
            if let id = ID<MISPManifest>(parsing: key), let changed = MISPEvent.time(entry["timestamp"]) {
                events.append((id.text, changed))
            } else {
                let rule = "must be a UUID with a timestamp"
                faults.append(ListFault("manifest.json \(key.prefix(80))", rule, record: entry.compact()))
            }
        }
        self.events = events.sorted { ($0.changed, $0.uuid) < ($1.changed, $1.uuid) }
    }
}

/// An event of a MISP feed, as STIX: a grouping, and an indicator for each attribute that has a pattern.
public struct MISPEvent: Sendable {
    /// The event's UUID.
    public let uuid: String
    /// When it last changed.
    public let changed: Timestamp

    private let info: String
    private let marking: TLP?
    private let attributes: [Attribute]

    private struct Attribute {
        let uuid: String
        let pattern: String
        let seen: Timestamp
    }

    /// What follows from an event.
    public struct Step: Sendable {
        /// Objects that are new, or new versions, those that others refer to first.
        public var taken: [[UInt8]] = []
        /// Last versions of indicators whose attribute is gone.
        public var revoked: [[UInt8]] = []
        /// Objects that are held as they are.
        public var unchanged = 0
        /// Attributes that have no form here.
        public var skipped = 0
    }

    private let skipped: Int

    /// Reads the file of an event.
    public init(_ bytes: [UInt8]) throws(MISPFault) {
        let root: JSON.Value
        do {
            root = try JSON(parsing: bytes).root
        } catch {
            throw MISPFault(rule: "\(error)")
        }
        guard let event = root["Event"], let id = event["uuid"]?.string.flatMap(ID<MISPEvent>.init(parsing:)),
            let info = event["info"]?.string, let changed = Self.time(event["timestamp"])
        else { throw MISPFault(rule: "must be an Event with uuid, info and timestamp") }
        uuid = id.text
        self.info = info
        self.changed = changed
        marking = event["Tag"]?.elements.compactMap { Self.marking($0["name"]?.string ?? "") }.max()
        let groups = [event["Attribute"]] + (event["Object"]?.elements.map { $0["Attribute"] } ?? [])
        let all = groups.flatMap { $0?.elements ?? [] }.filter { $0["deleted"]?.boolean != true }
        attributes = all.compactMap { value in
            guard let id = value["uuid"]?.string.flatMap(ID<MISPEvent>.init(parsing:)),
                let pattern = MISPPattern.text(type: value["type"]?.string ?? "", value: value["value"]?.string ?? "")
            else { return nil }
            return Attribute(uuid: id.text, pattern: pattern, seen: Self.time(value["timestamp"]) ?? changed)
        }
        skipped = all.count - attributes.count
    }

    /// Seconds since 1970, as a number or a text.
    static func time(_ value: JSON.Value?) -> Timestamp? {
        guard let seconds = value?.integer ?? value?.string.flatMap(Int64.init), (0...9_000_000_000).contains(seconds)
        else { return nil }
        return Timestamp(microseconds: seconds * 1_000_000)
    }

    private static func marking(_ tag: String) -> TLP? {
        let tag = tag.lowercased()
        guard tag.hasPrefix("tlp:") else { return nil }
        return tag == "tlp:white" ? .clear : TLP(code: String(tag.dropFirst(4)))
    }

    /// The id of the grouping that an event becomes.
    public static func grouping(of uuid: String, from source: Name) -> String { id("grouping", uuid, source) }

    private static func id(_ type: String, _ uuid: String, _ source: Name) -> String {
        let name = Array("misp\n\(source)\n\(type)\n\(uuid)".utf8)
        return STIXID(type: type, uuid: STIXID.version5(namespace: ListExtension.namespace, name: name)).text
    }

    /// What has to be stored so that it is held as it is now.
    /// - Parameter held: the last versions of objects of this source, by their ids.
    public func step(from source: Name, held: [String: JSON.Value]) -> Step {
        var step = Step(skipped: skipped)
        let groupingID = Self.grouping(of: uuid, from: source)
        var refs: [String] = []
        func place(_ object: [String: Any], _ id: String) {
            if held[id]?["revoked"]?.boolean == true { return }
            if let next = NextVersion.next(of: object, after: held[id], at: changed) {
                step.taken.append(next)
            } else {
                step.unchanged += 1
            }
        }
        for attribute in attributes {
            let id = Self.id("indicator", attribute.uuid, source)
            guard !refs.contains(id) else { continue }
            refs.append(id)
            var object = common("indicator", id, attribute.uuid, source)
            // It stays what it was first: the same attribute was seen again, not anew.
            let from = held[id]?["valid_from"]?.string ?? attribute.seen.text
            object.merge(["pattern": attribute.pattern, "pattern_type": "stix", "valid_from": from]) { $1 }
            object["indicator_types"] = ["unknown"]
            place(object, id)
        }
        for before in held[groupingID]?["object_refs"]?.elements.compactMap(\.string) ?? [] where !refs.contains(before)
        {
            guard let object = held[before], object["revoked"]?.boolean != true else { continue }
            step.revoked.append(NextVersion.revoked(object, at: changed))
        }
        guard !refs.isEmpty else { return step }
        var grouping = common("grouping", groupingID, uuid, source)
        grouping.merge(["name": info, "context": "suspicious-activity", "object_refs": refs]) { $1 }
        place(grouping, groupingID)
        return step
    }

    private func common(_ type: String, _ id: String, _ external: String, _ source: Name) -> [String: Any] {
        var object: [String: Any] = [
            "type": type, "spec_version": "2.1", "id": id,
            "external_references": [["source_name": source.text, "external_id": external]],
        ]
        if let marking { object["object_marking_refs"] = [marking.definition.text] }
        return object
    }
}

/// The STIX patterns of the types of attributes that have one (STIX 2.1 §9).
enum MISPPattern {
    /// By the type of the attribute: the type and property of the object.
    private static let paths: [String: String] = [
        "domain": "domain-name:value", "hostname": "domain-name:value", "url": "url:value", "uri": "url:value",
        "email": "email-addr:value", "email-src": "email-addr:value", "email-dst": "email-addr:value",
        "email-subject": "email-message:subject", "filename": "file:name", "md5": "file:hashes.MD5",
        "sha1": "file:hashes.'SHA-1'", "sha256": "file:hashes.'SHA-256'", "sha512": "file:hashes.'SHA-512'",
        "mac-address": "mac-addr:value", "mutex": "mutex:name",
        "user-agent":
            "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
    ]

    /// The pattern of an attribute; nil for a type that has none, and an empty value.
    static func text(type: String, value: String) -> String? {
        guard !value.isEmpty else { return nil }
        switch type {
        case "ip-src", "ip-dst": return "[\(value.contains(":") ? "ipv6" : "ipv4")-addr:value = \(quoted(value))]"
        default: return paths[type].map { "[\($0) = \(quoted(value))]" }
        }
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}

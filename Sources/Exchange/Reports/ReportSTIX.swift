import Crypto
public import Foundation

extension ID where Kind == Report {
    /// The id of what a member reports in a grouping of its own: the same for each version of it, and another for each
    /// member, so that who chooses the id of one that somebody else reported in is told nothing by that.
    public init(ofGrouping grouping: UUID, by member: ID<Member>) {
        self.init(UUID(SHA256.hash(data: Array("report/\(member.text)/\(grouping.text)".utf8)), version: 8))
    }
}

/// A report in the form that analysts' tools take.
extension Report {
    /// A bundle: a grouping of suspicious activity first, then who and what it is about, who reports it, and the
    /// definitions of our extensions.
    ///
    /// Its ids are the exchange's own, since what the member sent may have been put otherwise: the same in every
    /// version. A report that was taken back is revoked.
    /// - Parameter ids: the same UUID for the same name, of which nobody else could guess any.
    public func bundle(by member: Member, ids: @escaping (String) -> UUID) -> [UInt8] {
        let frame = RenditionFrame(
            rendition: .full,
            author: member.identity,
            marking: nil,
            addressees: [],
            created: submitted,
            modified: changed ?? submitted,
            ids: { [id] _, key in ids("\(id.text)/\(key)") }
        )
        func partID(_ part: RenditionPart) -> STIXID { frame.id(part.type, part.key(generation: 0)) }
        let subjectIDs = content.subjects.map { partID(.subject(key: $0.key, kind: $0.kind)) }
        let ending: [String: Any] = state == .retracted ? ["revoked": true] : [:]
        let subjects = zip(content.subjects, subjectIDs).map { $0.object($1, in: frame).merging(ending) { $1 } }
        let refs = Dictionary(uniqueKeysWithValues: zip(content.subjects.map(\.key), subjectIDs.map(\.text)))
        let relations = content.relations.map { relation in
            let ends = ["source_ref": refs[relation.from], "target_ref": refs[relation.to]].compactMapValues { $0 }
            let own = ["relationship_type": relation.kind.rawValue].merging(ends) { $1 }
            return frame.object(partID(.relation(relation)), own).merging(ending) { $1 }
        }
        var own: [String: Any] = [
            "context": "suspicious-activity", "description": content.facts,
            "labels": content.categories.map(\.rawValue), "object_refs": (subjects + relations).compactMap { $0["id"] },
        ]
        own.merge(ending) { $1 }
        var beside: [String: Any] = ["extension_type": "property-extension", "severity": content.severity.rawValue]
        beside["suspicion"] = content.suspicion
        beside["seen"] = content.seen?.text
        beside["seen_last"] = content.seenLast?.text
        beside["place"] = content.place
        beside["advisory"] = content.advisory?.text
        let grouping = frame.object(frame.id("grouping", "grouping"), own, extensions: [ReportExtension.id: beside])
        let objects = ([grouping] + subjects + relations + [Self.identity(of: member)]).map { ListJSON.bytes($0) }
        let definitions = ListExtension.definitions + [AdvisoryExtension.definition, ReportExtension.definition]
        let text = "{\"type\":\"bundle\",\"id\":\"bundle--\(ids("\(id.text)/bundle").text)\",\"objects\":["
        return Array(text.utf8) + (objects + definitions).joined(separator: [UInt8(ascii: ",")]) + Array("]}".utf8)
    }

    /// A member as the author of what it reports; nothing in it ever changes.
    private static func identity(of member: Member) -> [String: Any] {
        let joined = Tick(microseconds: member.number).text
        return [
            "type": "identity", "spec_version": "2.1", "id": member.identity.text, "created": joined,
            "modified": joined, "name": member.name.text, "identity_class": "organization",
        ]
    }
}

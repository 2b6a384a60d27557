public import Exchange
public import Foundation

/// Objects and people to test with.
public enum Samples {
    /// A UUIDv4 that a number stands for.
    public static func uuid(_ number: Int) -> UUID {
        let digits = String(1_000_000_000_000 + number).dropFirst()
        return UUID(uuidString: "00000000-0000-4000-8000-\(digits)") ?? UUID()
    }

    /// The text of an indicator: valid STIX, with whatever is put in its place.
    public static func indicator(
        _ number: Int,
        modified: String = "2026-01-01T00:00:00.000Z",
        marking: TLP? = nil,
        addressees: [STIXID] = [],
        _ more: String = ""
    ) -> String {
        let markings = marking.map { ",\"object_marking_refs\":[\"\($0.definition.text)\"]" } ?? ""
        let list = addressees.map { "\"\($0.text)\"" }.joined(separator: ",")
        let addressing =
            addressees.isEmpty
            ? ""
            : ",\"extensions\":{\"\(STIXObject.addressing)\":{\"extension_type\":\"property-extension\","
                + "\"addressees\":[\(list)]}}"
        return """
            {"type":"indicator","spec_version":"2.1","id":"indicator--\(uuid(number).uuidString.lowercased())",\
            "created":"2026-01-01T00:00:00.000Z","modified":"\(modified)","pattern":"[url:value = 'x']",\
            "pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"\(markings)\(addressing)\(more)}
            """
    }

    /// A valid object.
    public static func object(_ text: String) throws -> STIXObject {
        try STIXObject(try JSON(parsing: Array(text.utf8)).root)
    }

    /// An envelope of objects.
    public static func envelope(_ objects: [String]) throws -> Envelope {
        try Envelope(Array("{\"objects\":[\(objects.joined(separator: ","))]}".utf8), limits: Envelope.Limits())
    }

    /// A member that a number stands for.
    public static func member(
        _ number: Int,
        _ kind: MemberKind = .bank,
        standing: Standing = .active
    ) -> Member {
        Member(
            id: ID(uuid(number)),
            number: Int64(number),
            name: Name("member-\(number)") ?? anyName,
            title: "Member \(number)",
            kind: kind,
            sector: "",
            jurisdiction: "NL",
            group: Name("group-\(number)") ?? anyName,
            standing: standing
        )
    }

    /// A principal of a member, with all the roles that read and write.
    public static func principal(_ number: Int, of member: Member, roles: Set<Role> = [.reader, .reporter]) -> Principal
    {
        Principal(
            id: ID(uuid(number)),
            number: Int64(number),
            name: Name("principal-\(number)") ?? anyName,
            member: member.id,
            roles: roles,
            standing: .active
        )
    }

    /// A pool that a number stands for.
    public static func pool(_ number: Int, _ terms: PoolTerms, enrolled: [ID<Member>: Enrolment] = [:]) -> Pool {
        Pool(
            id: ID(uuid(number)),
            number: Int64(number),
            name: Name("pool-\(number)") ?? anyName,
            kind: .sharing,
            terms: terms,
            enrolled: enrolled
        )
    }

    /// A name of a constant text.
    public static func name(_ text: String) -> Name { Name(text) ?? anyName }

    private static var anyName: Name {
        guard let name = Name("any") else { preconditionFailure("a constant name has the form of one") }
        return name
    }
}

import Exchange
import TestSupport
import Testing

private typealias S = AdvisorySamples

@Suite("Provenance")
struct ProvenanceTests {
    /// Customs and their port, a bank and its broker, and police of nobody else's.
    private enum Side: Int, CaseIterable {
        case customs = 1
        case port, bank, broker, police

        var member: Member {
            var member = Samples.member(rawValue, self == .bank || self == .broker ? .bank : .customs)
            member.group = Samples.name(self == .police ? "c" : member.kind == .bank ? "b" : "a")
            return member
        }
    }

    private static let directory = Directory(
        members: Side.allCases.map(\.member),
        principals: [],
        credentials: [],
        pools: []
    )

    private static let named = ["name": ["Tamsin Verloop"], "birthDate": ["1971-02-04"]]

    private static func person(_ properties: [String: [String]], key: String = "p1", _ standing: DataSubject = .suspect)
        throws -> Subject
    {
        try Subject(.person, key: key, properties: properties, standing: standing)
    }

    private static func advisory(_ subjects: [Subject]) throws -> Advisory {
        try S.published(try S.content(subjects: subjects + [S.goods(), S.route()]))
    }

    private static func content(_ properties: [String: [String]]) throws -> ReportContent {
        try ReportContent(
            categories: [S.category("FRD-CGO")],
            severity: .serious,
            facts: "Seen.",
            subjects: [try person(properties)]
        )
    }

    /// What becomes of an observation of the person, with something new, by the bank.
    private static func finding(_ before: (inout Provenance) throws -> Void) throws -> Corroboration.Finding {
        let advisory = try advisory([try person(named)])
        var provenance = Provenance(of: Samples.name("b"), to: advisory, from: Samples.name("a"))
        try before(&provenance)
        return Corroboration.finding(
            of: try content(named.merging(["phone": ["+31 6 00000000"]]) { $1 }),
            committed: Tick(microseconds: 10),
            to: advisory,
            firstGiven: nil,
            provenance: provenance
        )
    }

    @Test(
        "is shared where one group told the other of such a subject, in a report or a request",
        arguments: [true, false]
    )
    func told(isSame: Bool) throws {
        let gateway = Gateway(
            name: Samples.name("ask"),
            title: "",
            about: "",
            origin: Party(kinds: Set(MemberKind.allCases)),
            reader: Party(kinds: Set(MemberKind.allCases)),
            relation: .same,
            modes: [.request],
            purposes: [.diligence]
        )
        let gateways = try #require(Gateways([gateway]))
        let content = try Self.content(isSame ? Self.named : ["name": ["Tamsin Verloop"]])
        for teller in Side.allCases {
            for listener in Side.allCases where listener != teller {
                let actor = ActingPrincipal(ID(Samples.uuid(99)), of: teller.member.id, roles: [.reporter])
                let groups = Set([teller.member.group.text, listener.member.group.text])
                let expected = isSame && groups == ["a", "b"] ? Self.shared : .corroborated
                let request = try InformationRequest(
                    ID(Samples.uuid(98)),
                    content,
                    for: .diligence,
                    by: actor,
                    of: teller.member,
                    to: .member(listener.member.id),
                    asking: [(listener.member, [])],
                    gateways: gateways,
                    at: S.now
                )
                #expect(try Self.finding { $0.take(request, Self.directory) } == expected, "\(teller) \(listener)")
                guard listener.member.kind.isAuthority else { continue }
                let report = try Report(ID(Samples.uuid(97)), content, by: actor, to: listener.member, at: S.now)
                #expect(try Self.finding { $0.take(report, Self.directory) } == expected, "\(teller) \(listener)")
            }
        }
        // Who asks both tells neither what the other knows.
        let both = try InformationRequest(
            ID(Samples.uuid(98)),
            content,
            for: .diligence,
            by: ActingPrincipal(ID(Samples.uuid(99)), of: Side.police.member.id, roles: [.reporter]),
            of: Side.police.member,
            to: .pool(ID(Samples.uuid(96))),
            asking: [(Side.bank.member, []), (Side.customs.member, [])],
            gateways: gateways,
            at: S.now
        )
        #expect(try Self.finding { $0.take(both, Self.directory) } == .corroborated)
    }

    private static let shared = Corroboration.Finding.sighting(.sharedOrigin)

    /// What of an advisory the group holds.
    private enum Part: CaseIterable {
        case subject, other, report, nonNominal, all
    }

    @Test("is read where the group was given the object of such a subject, and no other", arguments: [true, false])
    func read(isVictim: Bool) throws {
        let other = try Self.advisory([
            try Self.person(Self.named, isVictim ? .victim : .suspect),
            try Self.person(["name": ["Somebody"]], key: "p2"),
        ])
        func ids(of rendition: Rendition, named names: Set<String>?) throws -> Set<String> {
            let objects = try other.rendition(rendition, ids: S.ids, at: S.now).map { try JSON(parsing: $0).root }
            let chosen = objects.filter { object in
                names.map { $0.contains(object["name"]?.string ?? "") } ?? true
            }
            return Set(chosen.compactMap { $0["id"]?.string })
        }
        for part in Part.allCases {
            let held =
                switch part {
                case .subject: try ids(of: .full, named: ["Tamsin Verloop"])
                case .other: try ids(of: .full, named: ["Somebody"])
                case .report: try ids(of: .full, named: [other.content.title])
                case .nonNominal: try ids(of: .nonNominal, named: nil)
                case .all: try ids(of: .full, named: nil)
                }
            #expect(!held.isEmpty || (isVictim && part == .subject))
            let isRead = !isVictim && (part == .subject || part == .all)
            let found = try Self.finding { $0.take(other, holding: held, ids: S.ids) }
            #expect(found == (isRead ? .sighting(.readBefore) : .corroborated), "\(part)")
        }
    }
}

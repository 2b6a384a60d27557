import Exchange
import TestSupport
import Testing

@Suite("Foreknowledge")
struct ForeknowledgeTests {
    private static let own = Samples.member(1, .freightForwarder)
    private static let other = Samples.member(2, .freightForwarder)
    private static let authority = Samples.member(3, .customs)
    private static let committed = Tick(microseconds: 1_000)

    private static func content(_ name: String, day: String? = nil) throws -> ReportContent {
        try ReportContent(
            categories: [AdvisorySamples.category("TBM-MIS")],
            severity: .serious,
            facts: "Seen.",
            subjects: [
                try Subject(
                    .person,
                    key: "p1",
                    properties: ["name": [name]].merging(day.map { ["birthDate": [$0]] } ?? [:]) { $1 }
                )
            ]
        )
    }

    private static func known(of group: Member = own) throws -> Foreknowledge {
        let content = try content("Tamsin Verloop", day: "1971-02-04")
        return Foreknowledge(of: group.group, [group.id], content, committed: committed)
    }

    private static func told(_ content: ReportContent, by member: Member, to authority: Member) throws -> Report {
        let author = ActingPrincipal(ID(Samples.uuid(7)), of: member.id, roles: [.reporter])
        return try Report(ID(Samples.uuid(9)), content, by: author, to: authority, at: Timestamp(microseconds: 0))
    }

    @Test("is of what an authority was told before it committed, of somebody who may be the same")
    func told() throws {
        let early = Tick(microseconds: 999)
        for (name, day, tick, isGiven) in [
            ("Tamsin Verloop", nil, early, true), ("Tamsin Verloop", "1971-02-04", early, true),
            ("Tamsin Verloop", "1980-01-01", early, false), ("Ines Calloway", nil, early, false),
            ("Tamsin Verloop", nil, Self.committed, false),
        ] as [(String, String?, Tick, Bool)] {
            let report = try Self.told(try Self.content(name, day: day), by: Self.other, to: Self.authority)
            var known = try Self.known(of: Self.authority)
            known.take(report, at: tick)
            #expect(known.isGiven == isGiven && !known.isShared, "\(name) \(day ?? "")")
            // Who tells it, and who has nothing to do with it, knows nothing by that.
            for member in [Self.own, Self.other] {
                var bystander = try Self.known(of: member)
                bystander.take(report, at: tick)
                #expect(!bystander.isGiven && !bystander.isShared)
            }
        }
    }
}

import Exchange
import Foundation
import Node
import Store
import TestSupport
import Testing

@Suite("What authorities want to know")
struct RequirementTests {
    private static func wanted(
        _ name: String,
        _ categories: [String] = ["TBM-MIS"],
        _ kinds: [SubjectKind] = [.container],
        until: Timestamp
    ) -> Wanted {
        Wanted(
            Samples.name(name),
            about: "Boxes",
            categories: categories.compactMap(Category.init(rawValue:)),
            kinds: kinds,
            until: until
        )
    }

    private static func relevance(_ harbour: Harbour) async throws -> [Int] {
        try await harbour.pass(days: 31)
        return try await harbour.statement().lines.map(\.lot.claim.quality.relevance).sorted()
    }

    @Test("a report counts for more that meets what was wanted when it was submitted", arguments: Engine.both)
    func met(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let ledgers = harbour.exchange.node.ledgers
        let customs = try await harbour.session("customs")
        let soon = harbour.exchange.clock.now.advanced(by: .seconds(5 * 86_400))
        _ = try await harbour.accepted("TGHU7599330")
        harbour.exchange.clock.advance(by: .seconds(1))
        _ = try await ledgers.require(Self.wanted("boxes", until: soon), by: customs)
        let listed = try await ledgers.requirements(before: .max, upTo: 10, for: try await harbour.session("swift"))
        #expect(listed.map(\.name.text) == ["boxes"] && listed[0].until == soon && listed[0].kinds == [.container])
        harbour.exchange.clock.advance(by: .seconds(1))
        _ = try await harbour.accepted("MSKU0383250")
        // What is wanted of other kinds is not met, nor what is over.
        harbour.exchange.clock.advance(by: .seconds(6 * 86_400))
        let later = harbour.exchange.clock.now.advanced(by: .seconds(300 * 86_400))
        _ = try await ledgers.require(Self.wanted("people", ["TBM-MIS"], [.person], until: later), by: customs)
        #expect(try await ledgers.requirements(before: .max, upTo: 10, for: customs).map(\.name.text) == ["people"])
        harbour.exchange.clock.advance(by: .seconds(1))
        _ = try await harbour.accepted("CSQU3054383")
        #expect(try await Self.relevance(harbour) == [300, 300, 1_000])
        let reasons = try await harbour.statement().lines.compactMap(\.reason?.relevance)
        #expect(reasons.contains("meets boxes of customs") && Set(reasons).count == 2)
        await harbour.exchange.close()
    }

    @Test("what was submitted before it is withdrawn meets it, whenever it is accepted", arguments: Engine.both)
    func withdrawn(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let ledgers = harbour.exchange.node.ledgers
        let customs = try await harbour.session("customs")
        let until = harbour.exchange.clock.now.advanced(by: .seconds(100 * 86_400))
        _ = try await ledgers.require(Self.wanted("boxes", [], until: until), by: customs)
        harbour.exchange.clock.advance(by: .seconds(1))
        let container = try Subject(.container, key: "c1", properties: ["containerNumber": ["MSKU0383250"]])
        let content = try ReportContent(
            categories: [try #require(Category(rawValue: "TRF"))],
            severity: .serious,
            facts: "Too heavy",
            subjects: [container]
        )
        let anchor = try await harbour.session("anchor")
        let report = try await harbour.exchange.node.reports.report(content, to: "customs", by: anchor)
        harbour.exchange.clock.advance(by: .seconds(1))
        // Another authority's is absent, and so is what was withdrawn.
        await #expect(throws: AdvisoryFault.self) { try await ledgers.withdraw(Samples.name("boxes"), by: anchor) }
        try await ledgers.withdraw(Samples.name("boxes"), by: customs)
        await #expect(throws: AdvisoryFault.self) { try await ledgers.withdraw(Samples.name("boxes"), by: customs) }
        try await harbour.act(.accept(nil), on: report.id)
        #expect(try await Self.relevance(harbour) == [1_000])
        await harbour.exchange.close()
    }

    @Test("what cannot be wanted is refused, with the field", arguments: Engine.both)
    func refused(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let ledgers = harbour.exchange.node.ledgers
        let (customs, anchor) = (try await harbour.session("customs"), try await harbour.session("anchor"))
        let now = harbour.exchange.clock.now
        let until = now.advanced(by: .seconds(86_400))
        func field(_ wanted: Wanted, by session: Session) async -> String {
            do {
                _ = try await ledgers.require(wanted, by: session)
                return "none"
            } catch AdvisoryFault.invalid(let field, _) {
                return field
            } catch { return "\(error)" }
        }
        #expect(await field(Self.wanted("a", [], [], until: until), by: customs) == "categories")
        #expect(await field(Self.wanted("a", until: now), by: customs) == "until")
        let far = now.advanced(by: .seconds(367 * 86_400))
        #expect(await field(Self.wanted("a", until: far), by: customs) == "until")
        var wordless = Self.wanted("a", until: until)
        wordless.about = ""
        #expect(await field(wordless, by: customs) == "about")
        #expect(await field(Self.wanted("a", until: until), by: anchor).contains("officer"))
        #expect(await field(Self.wanted("a", until: until), by: customs) == "none")
        #expect(await field(Self.wanted("a", until: until), by: customs) == "name")
        try await ledgers.withdraw(Samples.name("a"), by: customs)
        #expect(await field(Self.wanted("a", until: until), by: customs) == "name")
        for number in 0..<LedgerDesk.requirementsMax {
            #expect(await field(Self.wanted("n\(number)", until: until), by: customs) == "none")
        }
        #expect(await field(Self.wanted("b", until: until), by: customs).contains("64 are in force"))
        await harbour.exchange.close()
    }
}

import Exchange
import Foundation
import Node
import Store
import TestSupport
import Testing

@Suite("When a report told what it tells")
struct ReportTimeTests {
    private static func content(_ number: String, seen: Timestamp, facts: String = "Heavy") throws -> ReportContent {
        try ReportContent(
            categories: [try #require(Category(rawValue: "TBM-MIS"))],
            severity: .serious,
            seen: seen,
            facts: facts,
            subjects: [try Subject(.container, key: "c1", properties: ["containerNumber": [number]])]
        )
    }

    @Test("is when that was added, so that a placeholder is before nobody", arguments: Engine.both)
    func placeholder(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let (clock, desk) = (harbour.exchange.clock, harbour.exchange.node.reports)
        let seen = clock.now.advanced(by: .seconds(-3_600))
        let (swift, anchor) = (try await harbour.session("swift"), try await harbour.session("anchor"))
        let early = try await desk.report(
            try Self.content("TGHU7599330", seen: seen),
            to: "customs",
            by: swift
        )
        clock.advance(by: .seconds(86_400))
        let first = try await desk.report(try Self.content("MSKU0383250", seen: seen), to: "customs", by: anchor)
        clock.advance(by: .seconds(86_400))
        // More words on the same are told when the rest was.
        let reworded = try Self.content("TGHU7599330", seen: seen, facts: "Heavy, and leaking")
        #expect(try await desk.act(.add(reworded), on: early.id, by: swift).told == early.submitted)
        let later = try await desk.act(.add(try Self.content("MSKU0383250", seen: seen)), on: early.id, by: swift)
        #expect(later.told >= clock.now && later.submitted == early.submitted)
        for id in [first.id, early.id] { try await harbour.act(.accept(), on: id) }
        let refused = await harbour.refused(early.id, by: first.id)
        #expect(refused.contains("told it after"), "\(refused)")
        try await harbour.pass(days: 31)
        var novelties: [[Int]] = []
        for name in ["anchor", "swift"] {
            novelties.append(try await harbour.statement(name).lines.map(\.lot.claim.quality.novelty))
        }
        #expect(novelties == [[1_000], [0]])
        // T is by the two days that went by, too.
        let line = try #require(try await harbour.statement("swift").lines.first)
        #expect(line.lot.claim.quality.timeliness < 500)
        await harbour.exchange.close()
    }

    @Test("is no time to come: what is seen later than now is refused, but for clocks that differ")
    func future() async throws {
        let harbour = try await Harbour(.sqlite)
        let (now, desk) = (harbour.exchange.clock.now, harbour.exchange.node.reports)
        let anchor = try await harbour.session("anchor")
        let soon = try Self.content("MSKU0383250", seen: now.advanced(by: Report.clockSkewMax))
        let id = try await desk.report(soon, to: "customs", by: anchor).id
        let late = try Self.content("MSKU0383250", seen: now.advanced(by: .seconds(301)))
        for act in [
            { _ = try await desk.report(late, to: "customs", by: anchor) },
            { _ = try await desk.act(.add(late), on: id, by: anchor) },
        ] {
            do {
                try await act()
                Issue.record("is not refused")
            } catch {
                #expect("\(error)".contains("seen") && "\(error)".contains("must not lie after now"), "\(error)")
            }
        }
        await harbour.exchange.close()
    }

    @Test("observations are committed by what was seen, not by all that may be", arguments: Engine.both)
    func observations(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let desk = harbour.exchange.node.reports
        let sessions = [try await harbour.session("anchor"), try await harbour.session("berth")]
        func commit(_ number: Int) async throws {
            let digest = Observation.digest(of: "\(number)", salt: Harbour.salt)
            _ = try await desk.observe(digest, by: sessions[number % 2])
        }
        for number in 0..<Observation.perDayMax { try await commit(number) }
        for number in 0...1 { await #expect(throws: AdvisoryFault.self) { try await commit(number) } }
        _ = try await desk.observe(
            Observation.digest(of: "x", salt: Harbour.salt),
            by: try await harbour.session("swift")
        )
        harbour.exchange.clock.advance(by: .seconds(86_401))
        try await commit(0)
        await harbour.exchange.close()
    }
}

import Exchange
import Node
import Store
import TestSupport
import Testing

/// Two advisories that differ in nothing but what one who confirms was not given: it is told the same of both.
@Suite("Confirmations")
struct ConfirmationTests {
    @Test("tell the same of advisories that differ in what one was not given", arguments: UInt64(0)..<40)
    func sqlite(seed: UInt64) async throws { try await Twins(.sqlite, seed: seed).run() }

    @Test("do so on PostgreSQL", arguments: UInt64(100)..<104)
    func postgres(seed: UInt64) async throws { try await Twins(.postgresql, seed: seed).run() }

    @Test(
        "count once: an observation for each advisory, and an ownership group's corroboration of one",
        arguments: Engine.both
    )
    func once(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let witness = try await Witness(of: "bank", world)
        let observed = [try await witness.commit(), try await witness.commit()]
        let first = try await world.published()
        #expect(try await witness.confirm(with: observed[0]).outcome == .corroborated)
        for _ in 0..<2 { await Self.expectTold { _ = try await witness.confirm(with: observed[0]) } }
        let other = try await witness.confirm(with: observed[1])
        #expect(other.outcome == .sighting && other.note == Corroboration.Shortfall.countedBefore.rawValue)
        await Self.expectTold { _ = try await witness.confirm(with: observed[1]) }
        // Another advisory it confirms as well.
        _ = try await world.published()
        #expect(try await witness.confirm(with: observed[0]).outcome == .corroborated)
        await Self.expectTold { _ = try await witness.confirm(with: observed[0]) }
        let customs = try await world.session("customs")
        // What it saw names somebody, and no gateway leads from the bank to customs.
        let kept = try await world.node.reports.feedback(on: .id(first.id), for: customs, upTo: 10)
        #expect(kept.allSatisfy { $0.said.content == nil })
        let gateway = Gateway(
            name: Samples.name("report"),
            title: "Report",
            about: "",
            origin: Party(kinds: [.bank]),
            reader: Party(kinds: [.customs]),
            relation: .same,
            modes: [.report],
            purposes: [.reporting]
        )
        let both = try #require(Gateways(AdvisoryExchange.gateways.all + [gateway]))
        try await world.node.administration.keep(both)
        let told = try await witness.confirm(with: try await witness.commit())
        #expect(told.content?.subjects.first?.properties["phone"] == ["+31 6 5550 1234"])
        let said = try await world.node.reports.feedback(on: .id(first.id), for: customs, upTo: 10)
        #expect(said.map(\.said.outcome) == [.corroborated, .sighting])
        await world.exchange.close()
    }

    private static func expectTold(_ act: () async throws -> Void) async {
        do {
            try await act()
            Issue.record("an observation was told twice")
        } catch AdvisoryFault.conflict(.told) {
        } catch {
            Issue.record(error)
        }
    }

    /// What keeps the difference from the one who confirms.
    private enum Veil: CaseIterable {
        /// It has the method and the route alone.
        case nonNominal
        /// It has the author's sanitised text.
        case tearline
        /// They differ in a victim, who is in no rendition.
        case victim
        /// They differ in an amendment that it has not read yet.
        case amendment
        /// It asked for the report alone.
        case part
    }

    private final class Twins {
        private var random: SplitMix64
        private let world: AdvisoryExchange
        private let clerk: String
        private let veil: Veil
        private let people = ["Tamsin Verloop", "Ottoline Brack", "Ines Calloway"]

        init(_ engine: Engine, seed: UInt64) async throws {
            random = SplitMix64(seed: seed)
            veil = Veil.allCases[Int(seed) % Veil.allCases.count]
            world = try await AdvisoryExchange(engine, readers: [("bank", .bank)])
            clerk = try await world.exchange.principal("clerk", of: "bank", roles: [.reader, .reporter])
            if veil == .nonNominal {
                _ = try await world.node.administration.changeMember("bank") { $0.jurisdiction = "SG" }
            }
        }

        func run() async throws {
            for _ in 0..<4 {
                let said = try observation()
                let isEarly = Bool.random(using: &random)
                let early = isEarly ? try await commit(said) : nil
                var twins: [STIXID] = []
                for number in 0..<2 { twins.append(try await given(number)) }
                let observed: ID<Observation>
                if let early { observed = early } else { observed = try await commit(said) }
                var told: [Feedback] = []
                for report in twins { told.append(try await confirm(report, observed, said)) }
                #expect(told[0] == told[1], "\(veil)")
                #expect(told[0].outcome == .sighting || veil == .victim, "\(veil)")
            }
            await world.exchange.close()
        }

        private func person(_ number: Int, key: String = "s1", _ more: [String: [String]] = [:]) throws -> Subject {
            try Subject(
                .person,
                key: key,
                properties: ["name": [people[number]], "birthDate": ["1971-02-04"]].merging(more) { $1 },
                standing: key == "s1" ? .suspect : .victim
            )
        }

        /// Somebody, with or without something that nobody said before.
        private func observation() throws -> ReportContent {
            let phone = ["phone": ["+31 6 \(UInt32.random(in: .min ... .max, using: &random))"]]
            let who = Int.random(in: 0..<people.count, using: &random)
            return try ReportContent(
                categories: [try #require(Category(rawValue: "FRD-CGO"))],
                severity: .serious,
                facts: "Seen.",
                subjects: [try person(who, Bool.random(using: &random) ? phone : [:])]
            )
        }

        private func content(_ subjects: [Subject], _ facts: String = "Seen.") throws -> AdvisoryContent {
            try AdvisoryContent(
                title: "The seals",
                facts: facts,
                categories: [try #require(Category(rawValue: "FRD-CGO"))],
                severity: .serious,
                subjects: subjects,
                tearline: veil == .tearline ? "Somebody breaks seals." : nil,
                action: .internalOnly
            )
        }

        /// Publishes one of two advisories and lets the bank read it.
        /// - Returns: the report of the rendition that the bank holds.
        private func given(_ number: Int) async throws -> STIXID {
            let subjects =
                switch veil {
                case .nonNominal, .tearline, .part: [try person(number)]
                case .victim: [try person(2), try person(number, key: "s2")]
                case .amendment: [try person(2)]
                }
            let terms = try AdvisoryTerms(marking: .amber, caveats: veil == .tearline ? [.originatorControlled] : [])
            let before = try await world.head
            let advisory = try await world.published(try content(subjects), on: terms)
            let session = try await world.exchange.session(clerk)
            let question = Disclosure.Question(
                form: .objects,
                after: before,
                limit: 100,
                filter: ObjectFilter(types: veil == .part ? ["report"] : [])
            )
            let page = try await world.node.disclosure.page(question, of: world.pool, to: session, over: .taxii)
            if veil == .amendment {
                let changed = AdvisoryAction.amend(
                    try content([try person(2, ["email": ["\(number)@example.org"]]), try person(number, key: "s3")]),
                    terms,
                    what: "More",
                    why: "A seizure"
                )
                let customs = try await world.session("customs")
                let amended = try await world.desk.act(.action(changed), on: .id(advisory.id), by: customs)
                try await world.approve(amended)
                _ = try await world.desk.act(.action(.publishAmendment), on: .id(advisory.id), by: customs)
            }
            let report = try #require(page.stored.versions.first { $0.shownID.hasPrefix("report--") })
            return try STIXID(parsing: report.id)
        }

        private func commit(_ said: ReportContent) async throws -> ID<Observation> {
            let digest = Observation.digest(of: said.facts, salt: Self.salt)
            return try await world.node.reports.observe(digest, by: try await world.exchange.session(clerk)).id
        }

        private func confirm(_ report: STIXID, _ observed: ID<Observation>, _ said: ReportContent) async throws
            -> Feedback
        {
            try await world.node.reports.confirm(
                report,
                with: observed,
                said.facts,
                said,
                salt: Self.salt,
                by: try await world.exchange.session(clerk)
            )
        }

        private static let salt = [UInt8](repeating: 7, count: Observation.saltBytesMin)
    }
}

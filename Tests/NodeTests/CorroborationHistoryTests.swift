import Exchange
import Node
import Store
import TestSupport
import Testing

/// Random pasts of two who report one person: what is found is what the simplest model says of the corroborator's own.
@Suite("Histories of corroborations")
struct CorroborationHistoryTests {
    @Test("are judged by what the corroborator's group did and was given alone", arguments: UInt64(0)..<24)
    func sqlite(seed: UInt64) async throws { try await History(.sqlite, seed: seed).run() }

    @Test("are so on PostgreSQL", arguments: UInt64(100)..<104)
    func postgres(seed: UInt64) async throws { try await History(.postgresql, seed: seed).run() }

    /// What happened, to whom of the corroborator's group if to anybody.
    private enum Past: CaseIterable {
        /// The bank, or its broker, reads all advisories.
        case bankReads, brokerReads
        /// Customs publish an advisory.
        case published
        /// Customs, or the reporter, ask the bank or its broker.
        case customsAsk, carrierAsks
        /// The bank or its broker asks the reporter.
        case brokerAsks
        /// Others ask each other, and read.
        case othersAsk, carrierReads
    }

    private final class History {
        private static let salt = [UInt8](repeating: 7, count: Observation.saltBytesMin)
        private static let who = "Tamsin Verloop"
        private var random: SplitMix64
        private let world: AdvisoryExchange
        private var isOut = false
        private var isGiven = false
        private var isShared = false

        init(_ engine: Engine, seed: UInt64) async throws {
            random = SplitMix64(seed: seed)
            let readers: [(name: String, kind: MemberKind)] = [
                ("bank", .bank), ("broker", .freightForwarder), ("carrier", .carrier), ("swift", .freightForwarder),
            ]
            world = try await AdvisoryExchange(engine, readers: readers)
            let administration = world.node.administration
            _ = try await administration.changeMember("broker") { $0.group = Samples.name("bank") }
            for (name, _) in readers {
                _ = try await administration.changePrincipal(name) { $0.roles.insert(.reporter) }
            }
            let all = Party(kinds: Set(MemberKind.allCases))
            let gateway = Gateway(
                name: Samples.name("all"),
                title: "All",
                about: "",
                origin: all,
                reader: all,
                relation: .same,
                modes: [.published, .report, .request],
                purposes: Set(Purpose.allCases).subtracting([.strategic])
            )
            try await administration.keep(try #require(Gateways([gateway])))
            let terms = PoolTerms(title: "Inbox", reading: .enrolled, writing: .everyone)
            _ = try await administration.addPool(Samples.name("inbox"), .inbox, terms)
            _ = try await administration.enrol("customs", in: "inbox", Enrolment(reads: true, writes: false))
            world.exchange.clock.advance(by: .seconds(90 * 86_400))
        }

        func run() async throws {
            let (before, between) = (Int.random(in: 0...2, using: &random), Int.random(in: 0...2, using: &random))
            // What customs publish later may come of the first report, and earlier of something else.
            let first = try await reported(try content(nil), by: "carrier")
            for _ in 0..<before { try await happen(isCommitted: false) }
            world.exchange.clock.advance(by: .seconds(1))
            let said = try content("NX4471902")
            let bank = try await world.session("bank")
            let digest = Observation.digest(of: said.facts, salt: Self.salt)
            let observed = try await world.node.reports.observe(digest, by: bank).id
            for _ in 0..<between { try await happen(isCommitted: true) }
            let second = try await reported(said, by: "bank", observed)
            // What comes after the report was made does not matter.
            let (given, shared) = (isGiven, isShared)
            try await happen(isCommitted: true)
            let customs = try await world.session("customs")
            let found = try await world.node.reports.corroborate(first, by: second, for: customs)
            let expected: Independence.Refusal? = shared ? .sharedAncestor : given ? .readBefore : nil
            #expect(found.refusal == expected)
            await world.exchange.close()
        }

        private func happen(isCommitted: Bool) async throws {
            world.exchange.clock.advance(by: .seconds(1))
            let past = try #require(Past.allCases.randomElement(using: &random))
            let kin = Bool.random(using: &random) ? "bank" : "broker"
            let isSame = Int.random(in: 0..<4, using: &random) > 0
            switch past {
            case .bankReads, .brokerReads:
                _ = try await world.versions(past == .bankReads ? "bank" : "broker")
                if isOut, !isCommitted { isGiven = true }
            case .published:
                _ = try await world.published(try AdvisoryExchange.content(isSame ? Self.who : "Ines Calloway"))
                if isSame { isOut = true }
            case .customsAsk, .carrierAsks:
                try await ask(past == .customsAsk ? "customs" : "carrier", kin, isSame)
                if isSame, !isCommitted { isGiven = true }
            case .brokerAsks:
                try await ask(kin, "carrier", isSame)
                if isSame { isShared = true }
            case .othersAsk: try await ask("swift", "carrier", isSame)
            case .carrierReads: _ = try await world.versions("carrier")
            }
        }

        private func ask(_ name: String, _ other: String, _ isSame: Bool) async throws {
            let content = try content(nil, isSame ? Self.who : "Ines Calloway")
            _ = try await world.node.reports.ask(content, to: other, by: try await world.session(name))
        }

        private func content(_ number: String?, _ name: String = History.who) throws -> ReportContent {
            let known = try AdvisoryExchange.content(name)
            let more = number.map { ["passportNumber": [$0]] } ?? [:]
            let properties = (known.subjects.first?.properties ?? [:]).merging(more) { $1 }
            return try ReportContent(
                categories: Set(known.categories),
                severity: .serious,
                facts: "Seen.",
                subjects: [try Subject(.person, key: "s1", properties: properties, standing: .suspect)]
            )
        }

        private func reported(
            _ content: ReportContent,
            by name: String,
            _ observed: ID<Observation>? = nil
        ) async throws -> ID<Report> {
            world.exchange.clock.advance(by: .seconds(1))
            let (desk, session) = (world.node.reports, try await world.session(name))
            let id = try await desk.report(content, to: "customs", by: session).id
            if let observed {
                let told = ObservedText(content.facts, content, salt: Self.salt)
                _ = try await desk.observed(told, as: observed, in: id, by: session)
            }
            _ = try await desk.act(.accept(), on: id, by: try await world.session("customs"))
            return id
        }
    }
}

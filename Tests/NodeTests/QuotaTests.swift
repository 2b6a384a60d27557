import Exchange
import Node
import Screening
import Store
import TestSupport
import Testing

/// What ownership groups may take by their tiers: standings at closes, and quotas over whole nodes and real stores.
@Suite("Standing and quotas")
struct QuotaTests {
    private static let terms = ReciprocityTerms.standard

    private static func queries(_ count: Int) -> [Record] {
        (0..<count).map { Record(id: "\($0)", schema: "Person", properties: ["name": ["Tamsin Verloop \($0)"]]) }
    }

    private static let query = [Record(id: "q", schema: "Person", properties: ["name": ["Tamsin Verloop"]])]
    private static let question: ScreeningDesk.Question = {
        var question = ScreeningDesk.Question()
        question.cutoff = 0.95
        return question
    }()

    /// Screens so many, as one call.
    @discardableResult
    private static func screen(
        _ count: Int,
        _ node: Node,
        _ session: Session,
        beyond: ScreeningDesk.BeyondQuota = .refuse,
        pools: Set<Name>? = nil
    ) async throws -> ScreeningDesk.Answer {
        var question = Self.question
        (question.beyondQuota, question.pools) = (beyond, pools)
        return try await node.screening.screen(queries(count), question, for: session)
    }

    @Test("a close writes down what each group came to, and its tier moves by one step", arguments: Engine.both)
    func standings(engine: Engine) async throws {
        let harbour = try await Harbour(engine, terms: Self.terms)
        let node = harbour.exchange.node
        _ = try await node.administration.changeMember("berth") { $0.size = .small }
        _ = try await node.administration.changeMember("anchor") { $0.size = .small }
        for (place, number) in ["MSKU0383250", "TGHU7599330", "CSQU3054383"].enumerated() {
            let id = try await harbour.accepted(number)
            if place > 0 { try await harbour.conclude(.seizure, on: id) }
        }
        #expect(try await harbour.standings().isEmpty)
        let anchor = try await harbour.session("anchor")
        #expect(try await node.quotas.share(of: anchor)?.allowances.map(\.tier) == [.basic, .basic])
        try await harbour.pass(days: 31)
        let first = try await harbour.standings()
        #expect(first.count == 1 && first[0].hasPrefix("1 anchor ") && first[0].hasSuffix(" small T2 0"))
        let statement = try await harbour.statement()
        #expect(statement.tier == .contributing && first[0].contains(" \(statement.standing.total.count) "))
        // The group grew: what was written down stays, and what comes goes by the new size.
        _ = try await node.administration.changeMember("berth") { $0.size = .large }
        #expect(try await harbour.statement() == statement)
        let berth = try await harbour.session("berth")
        #expect(try await node.quotas.share(of: berth)?.allowances.map(\.limit) == [20_000, 40])
        try await harbour.pass(days: 60)
        let later = try await harbour.standings()
        #expect(later.count == 3 && later[0] == first[0] && later[1].hasSuffix(" large T2 0"))
        // Of who gives nothing, nothing is written down: it is basic for 90 days, and two closes more.
        let swift = try await harbour.session("swift")
        #expect(try await node.quotas.share(of: swift)?.allowances.map(\.tier) == [.basic, .basic])
        try await harbour.pass(days: 30)
        #expect(try await node.quotas.share(of: swift)?.allowances.map(\.tier) == [.restricted, .restricted])
        // Another node reads the same, and an authority has no quota.
        let other = try await TestExchange.node(
            over: harbour.exchange.database,
            harbour.exchange.clock,
            terms: Self.terms
        )
        let again = try await other.quotas.share(of: swift)
        #expect(try await node.quotas.share(of: swift) == again)
        #expect(try await node.quotas.share(of: try await harbour.session("customs")) == nil)
        await harbour.exchange.close()
    }

    @Test("an operator sees how members give and take, and nothing that few made", arguments: Engine.both)
    func overview(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let node = harbour.exchange.node
        _ = try await harbour.accepted()
        try await harbour.pass(days: 31)
        // Two groups: too few to tell of.
        let few = try await node.ledgers.overview()
        #expect(few.exchange.groups == nil && few.exchange.gini == nil && few.ledgers.map(\.overview.groups) == [nil])
        for number in 1...18 { _ = try await harbour.exchange.join("bank-\(number)") }
        let told = try await node.ledgers.overview()
        #expect(told.exchange.groups == 20 && told.exchange.tiers == [0, 20, 0, 0])
        // One has all that there is: how unequal all are would tell what that one has.
        #expect(told.exchange.quarters == nil && told.exchange.gini == nil)
        #expect(told.ledgers.map(\.pool.text) == ["inbox"] && told.ledgers.map(\.closes) == [1])
        #expect(told.exchange.owed == .zero && told.exchange.restrictedShare == 0)
        await harbour.exchange.close()
    }

    @Test("a group screens as often as its tier has it in a day, and is told what is left", arguments: Engine.both)
    func screenings(engine: Engine) async throws {
        let exchange = try await TestExchange(engine, terms: Self.terms)
        for name in ["bank", "branch", "other"] { _ = try await exchange.join(name) }
        _ = try await exchange.node.administration.changeMember("branch") { $0.group = Samples.name("bank") }
        _ = try await exchange.pool("warnings", .open)
        var sessions: [String: Session] = [:]
        for name in ["bank", "branch", "other"] {
            sessions[name] = try await exchange.session(
                try await exchange.principal("\(name)-2", of: name, roles: [.reader])
            )
        }
        let (bank, branch) = (try #require(sessions["bank"]), try #require(sessions["branch"]))
        let first = try await Self.screen(600, exchange.node, bank)
        #expect(first.left?.left == 400 && first.left?.limit == 1_000 && first.left?.tier == .basic)
        // Members of one owner have one quota, on whatever node.
        let other = try await TestExchange.node(over: exchange.database, exchange.clock, terms: Self.terms)
        #expect(try await Self.screen(400, other, branch).left?.left == 0)
        for (node, session) in [(exchange.node, bank), (other, branch)] {
            await #expect(throws: AdvisoryFault.self) { try await Self.screen(1, node, session) }
        }
        #expect(try await Self.screen(1_000, exchange.node, try #require(sessions["other"])).left?.left == 0)
        // The next day there is all of it again.
        exchange.clock.advance(by: .seconds(86_400))
        #expect(try await Self.screen(1, exchange.node, bank).left?.left == 999)
        // A clock that is behind has no more.
        exchange.clock.advance(by: .seconds(-86_400))
        #expect(try await Self.screen(1, exchange.node, bank).left?.left == 998)
        await exchange.close()
    }

    @Test(
        "official lists are screened beyond the quota, and the answer says that they alone were",
        arguments: Engine.both
    )
    func official(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine, terms: Self.terms)
        _ = try await world.published()
        let list = try await world.node.administration.addPool(
            Samples.name("list"),
            .officialList,
            PoolTerms(title: "List", reading: .everyone, writing: .everyone, defaultMarking: .clear)
        )
        let listed = """
            {"type":"identity","spec_version":"2.1","id":"identity--\(Samples.uuid(901).text)",\
            "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Tamsin Verloop",\
            "identity_class":"individual"}
            """
        let status = try await world.exchange.publish([listed], to: list, as: world.tokens["customs"] ?? "")
        #expect(status.successCount == 1, "\(status)")
        let bank = try await world.session("bank")
        var question = Self.question
        let all = try await world.node.screening.screen(Self.query, question, for: bank)
        #expect(Set(all.hits[0].map(\.pool.name.text)) == ["list", "warnings"])
        #expect(all.left?.left == 999)
        _ = try await Self.screen(999, world.node, bank)
        await #expect(throws: AdvisoryFault.self) {
            _ = try await world.node.screening.screen(Self.query, question, for: bank)
        }
        question.beyondQuota = .official
        let short = try await world.node.screening.screen(Self.query, question, for: bank)
        #expect(short.hits[0].map(\.pool.name.text) == ["list"] && short.left == nil)
        guard case .officialLists(let allowance) = short.scope else { throw TestExchange.BadName() }
        #expect(allowance.left == 0 && allowance.renews > world.exchange.clock.now)
        // Who asks of lists alone is never counted; and neither is an authority.
        question.beyondQuota = .refuse
        question.pools = [Samples.name("list")]
        #expect(try await world.node.screening.screen(Self.query, question, for: bank).scope == .all(since: nil))
        #expect(try await Self.screen(1_000, world.node, try await world.session("customs")).left == nil)
        #expect(try await Self.screen(1_000, world.node, try await world.session("customs")).left == nil)
        await world.exchange.close()
    }

    @Test(
        "a call that is cut off is counted once it answers, and nodes side by side give no more",
        arguments: Engine.both
    )
    func crashes(engine: Engine) async throws {
        for fault in FaultyDatabase.Fault.allCases {
            let exchange = try await TestExchange(engine, terms: Self.terms)
            let token = try await exchange.join("bank")
            _ = try await exchange.pool("warnings", .open)
            let counting = FaultyDatabase(exchange.database, failing: fault, write: .max)
            _ = try await TestExchange.node(over: counting, exchange.clock, terms: Self.terms)
            let faulty = FaultyDatabase(exchange.database, failing: fault, write: counting.writeCount + 1)
            let node = try await TestExchange.node(over: faulty, exchange.clock, terms: Self.terms)
            let session = try await node.authentication.session(for: .bearer(token), from: "x")
            await #expect(throws: (any Error).self) { try await Self.screen(100, node, session) }
            // What was committed counts, though nobody was told: no group has more than its limit.
            let left = try await Self.screen(100, node, session).left?.left
            #expect(left == (fault == .beforeCommit ? 900 : 800))
            let nodes = [node, exchange.node]
            let given = await withTaskGroup(of: Int.self) { group in
                for place in 0..<20 {
                    group.addTask { (try? await Self.screen(90, nodes[place % 2], session)) == nil ? 0 : 90 }
                }
                return await group.reduce(0, +)
            }
            #expect(given == (left ?? 0) / 90 * 90)
            await exchange.close()
        }
    }

    @Test(
        "a group asks as often as its tier has it in a month; the same call again is the same",
        arguments: Engine.both
    )
    func requests(engine: Engine) async throws {
        let harbour = try await Harbour(engine, terms: Self.terms)
        let node = harbour.exchange.node
        let anchor = try await harbour.session("anchor")
        let content = try ReportContent(
            categories: [try #require(Category(rawValue: "TBM-MIS"))],
            severity: .serious,
            seen: nil,
            facts: "Do you know this route?",
            subjects: [
                try Subject(.route, key: "r", properties: ["origin": ["CNSHA"], "destination": ["NLRTM"]])
            ]
        )
        for count in 1...10 {
            _ = try await node.reports.ask(content, to: "swift", by: anchor)
            #expect(try await node.quotas.share(of: anchor)?.allowances.last?.left == 10 - count)
        }
        let berth = try await harbour.session("berth")
        await #expect(throws: AdvisoryFault.self) { _ = try await node.reports.ask(content, to: "swift", by: berth) }
        let customs = try await harbour.session("customs")
        for _ in 1...12 { _ = try await node.reports.ask(content, to: "swift", by: customs) }
        harbour.exchange.clock.advance(by: .seconds(31 * 86_400))
        _ = try await node.reports.ask(content, to: "swift", by: anchor)
        await harbour.exchange.close()
    }

    @Test("what lies further back than a tier is told of is left out, and it is said", arguments: Engine.both)
    func history(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine, terms: Self.terms)
        let bank = try await world.session("bank")
        _ = try await world.published()
        for (days, count) in [(364, 1), (2, 0)] {
            world.exchange.clock.advance(by: .seconds(Int64(days) * 86_400))
            let answer = try await world.node.screening.screen(Self.query, Self.question, for: bank)
            #expect(answer.hits[0].count == count)
            let since = world.exchange.clock.now.advanced(by: .seconds(-365 * 86_400))
            #expect(answer.scope == .all(since: since))
        }
        // Authorities, and whoever published it, are told of all that there is.
        for name in ["customs", "police"] {
            guard let session = try? await world.session(name) else { continue }
            #expect(try await world.node.screening.screen(Self.query, Self.question, for: session).hits[0].count == 1)
        }
        await world.exchange.close()
    }
}

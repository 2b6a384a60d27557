import Exchange
import Logging
import Node
import ServiceLifecycle
import Store
import Synchronization
import TestSupport
import Testing

@Suite("Pushing")
struct PushingTests {
    private static func url(_ name: String) throws -> Destination.Wanted {
        .webhook(try PushURL("https://\(name).example/in"))
    }

    /// A node over the same store, as after a restart or beside the first.
    private static func node(_ exchange: TestExchange, _ carrier: any Carrier, seed: UInt64) async throws -> Node {
        try await TestExchange.node(over: exchange.database, exchange.clock, seed: seed, carrier: carrier)
    }

    /// Pushes what is due, one destination after the other.
    @discardableResult
    private static func push(_ node: Node) async throws -> Int {
        var sent = 0
        for wave in try await node.pushing.due() {
            sent += await node.pushing.push(to: wave) { Issue.record($1) }
        }
        return sent
    }

    @Test(
        "brings a destination all that its reader may see from then on, in order, whatever fails or restarts",
        arguments: Engine.both,
        UInt64(0)..<6
    )
    func complete(engine: Engine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let exchange = try await TestExchange(engine)
        let (ann, bob) = (try await exchange.join("ann"), try await exchange.join("bob"))
        let pools = [
            try await exchange.pool("open", .open),
            try await exchange.pool("other", PoolTerms(title: "O", reading: .enrolled, writing: .everyone)),
        ]
        let chances = Mutex(SplitMix64(seed: seed + 1_000))
        let isHealed = Mutex(false)
        let receivers = Receivers { _ in
            if isHealed.withLock({ $0 }) { return .answered(200) }
            return switch chances.withLock({ Int.random(in: 0..<6, using: &$0) }) {
            case 0, 1: .answered(202)
            case 2: .answered(503)
            case 3: .answerLost
            case 4: .answered(401)
            default: .lost
            }
        }
        var node = try await Self.node(exchange, receivers, seed: seed + 1)
        let session = try await node.authentication.session(for: .bearer(bob), from: "test")
        let made = try await node.destinations.make(try Self.url("bob"), by: session).destination
        for step in 0..<40 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                let count = Int.random(in: 1...60, using: &random)
                let pool = pools[Int.random(in: 0...1, using: &random)]
                let objects = (0..<count).map { Samples.indicator(1_000 * step + $0 + 1) }
                _ = try await exchange.publish(objects, to: pool, as: ann)
            case 2:
                // Another process goes on where this one stopped, once the claim has lapsed.
                node = try await Self.node(exchange, receivers, seed: seed + UInt64(step) + 2)
                exchange.clock.advance(by: Pushing.claim)
            case 3:
                let change: DestinationDesk.Change = Bool.random(using: &random) ? .pause : .resume
                _ = try await node.destinations.change(made.id, change, by: session)
            default:
                try await node.live.follow()
                try await Self.push(node)
                exchange.clock.advance(by: .seconds(Int64.random(in: 0...3_600, using: &random)))
            }
        }
        isHealed.withLock { $0 = true }
        exchange.clock.advance(by: Delivery.waitMax)
        _ = try await node.destinations.change(made.id, .resume, by: session)
        try await node.live.follow()
        while try await Self.push(node) > 0 {}
        try await Self.check(receivers.arrivals(at: made.address.text).filter(\.isTaken), made, node, session, exchange)
        await exchange.close()
    }

    /// What was taken is all that the reader may see, in order, with receipts.
    private static func check(
        _ taken: [Receivers.Arrival],
        _ made: Destination,
        _ node: Node,
        _ session: Session,
        _ exchange: TestExchange
    ) async throws {
        var expected: [Int64] = []
        while true {
            let after = expected.last.map { Tick(microseconds: $0) } ?? Tick(microseconds: made.number)
            let events = try await node.feed.events(after: after, for: session, over: .events)
            if events.isEmpty { break }
            expected += events.map(\.version.tick.microseconds)
        }
        #expect(!expected.isEmpty && Set(taken.flatMap(\.ticks)) == Set(expected))
        // Without what came again, it came in order.
        var last: Int64 = 0
        for message in taken {
            #expect(message.ticks == message.ticks.sorted())
            guard let first = message.ticks.first, let end = message.ticks.last, end > last else { continue }
            #expect(expected.filter { $0 > last && $0 < first }.isEmpty, "something was passed over")
            last = end
        }
        let contents = Dictionary(grouping: taken, by: \.id).values.map { Set($0.map(\.ticks)) }
        #expect(contents.allSatisfy { $0.count == 1 })
        let receipts = try await exchange.database.read { connection in
            try node.live.directory.pools.values.flatMap { pool in
                try ReceiptRows.receipts(of: session.principal.number, for: pool.number, connection)
            }
        }
        let held = Set(receipts.filter { $0.channel == .webhook }.flatMap(\.versions).map(\.microseconds))
        #expect(held.isSuperset(of: expected))
    }

    @Test("brings a recall ahead of what waits before it", arguments: Engine.both)
    func recallsFirst(engine: Engine) async throws {
        let isUp = Mutex(true)
        let receivers = Receivers { _ in isUp.withLock { $0 } ? .answered(200) : .lost }
        let world = try await AdvisoryExchange(engine, carrier: receivers)
        let bank = try await world.session("bank")
        let made = try await world.node.destinations.make(try Self.url("bank"), by: bank).destination
        let wrong = try await world.published()
        try await Self.push(world.node)
        let report = try await world.report("bank")
        isUp.withLock { $0 = false }
        for _ in 0..<3 {
            _ = try await world.published()
            try await Self.push(world.node)
        }
        let officer = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.mistakenIdentity)), on: .id(wrong.id), by: officer)
        let before = receivers.arrivals(at: made.address.text).count
        isUp.withLock { $0 = true }
        world.exchange.clock.advance(by: Delivery.waitMax)
        try await Self.push(world.node)
        let later = receivers.arrivals(at: made.address.text).dropFirst(before)
        let first = try #require(later.first)
        #expect(first.type == "feed.recalls" && first.recalls == [report.text])
        #expect(later.dropFirst().first?.type == "feed.objects")
        // Its turn comes all the same, with the same ticks.
        #expect(Set(first.ticks).isSubset(of: later.dropFirst().flatMap(\.ticks)))
        await world.exchange.close()
    }

    @Test("puts aside what is refused again and again, goes on, and sends it again when asked to")
    func deadLetters() async throws {
        let status = Mutex(422)
        let receivers = Receivers { _ in .answered(status.withLock { $0 }) }
        let exchange = try await TestExchange(carrier: receivers)
        let (ann, bob) = (try await exchange.join("ann"), try await exchange.join("bob"))
        let pool = try await exchange.pool("open", .open)
        let (session, other) = (try await exchange.session(bob), try await exchange.session(ann))
        let (node, desk) = (exchange.node, exchange.node.destinations)
        let made = try await desk.make(try Self.url("bob"), by: session).destination
        _ = try await exchange.publish([Samples.indicator(1)], to: pool, as: ann)
        for _ in 0..<Delivery.refusalsMax {
            try await Self.push(node)
            exchange.clock.advance(by: Delivery.waitMax)
        }
        #expect(try await desk.destination(made.id, of: session).deadLetterCount == 1)
        status.withLock { $0 = 200 }
        _ = try await exchange.publish([Samples.indicator(2)], to: pool, as: ann)
        #expect(try await Self.push(node) == 1)
        let letter = try #require(try await desk.deadLetters(of: made.id, after: .zero, for: session).first)
        #expect(letter.fault == PushFault(.status, status: 422))
        status.withLock { $0 = 500 }
        let failed = try await desk.replay(letter.number, of: made.id, by: session)
        #expect(failed == PushAnswer(status: 500, retryAfter: nil))
        #expect(try await desk.destination(made.id, of: session).deadLetterCount == 1)
        status.withLock { $0 = 200 }
        #expect(try await desk.replay(letter.number, of: made.id, by: session) == .accepted)
        #expect(try await desk.deadLetters(of: made.id, after: .zero, for: session).isEmpty)
        let arrivals = receivers.arrivals(at: made.address.text)
        #expect(arrivals.last?.ticks == arrivals.first?.ticks && arrivals.last?.id == arrivals.first?.id)
        // To anybody else there is no such destination.
        await #expect(throws: AdvisoryFault.self) { try await desk.destination(made.id, of: other) }
        await #expect(throws: AdvisoryFault.self) { try await desk.change(made.id, .pause, by: other) }
        await #expect(throws: AdvisoryFault.self) { try await desk.remove(made.id, by: other) }
        #expect(try await desk.destinations(of: other).isEmpty)
        try await desk.remove(made.id, by: session)
        #expect(try await desk.destinations(of: session).isEmpty)
        await exchange.close()
    }

    @Test("signs with the secret that was shown, and with both while one follows the other")
    func secrets() async throws {
        let receivers = Receivers()
        let exchange = try await TestExchange(carrier: receivers)
        let session = try await exchange.session(try await exchange.join("bob"))
        let desk = exchange.node.destinations
        let made = try await desk.make(try Self.url("bob"), by: session)
        let (id, url, first) = (made.destination.id, made.destination.address.text, try #require(made.secret))
        #expect(try await desk.ping(id, by: session) == .accepted)
        let second = try #require(try await desk.change(id, .rotate, by: session).secret)
        #expect(try await desk.destination(id, of: session).secret == nil)
        #expect(try await desk.ping(id, by: session) == .accepted)
        exchange.clock.advance(by: WebhookSecret.overlap)
        #expect(try await desk.ping(id, by: session) == .accepted)
        let signed = receivers.arrivals(at: url).map { [$0.isSigned(with: first), $0.isSigned(with: second)] }
        #expect(signed == [[true, false], [true, true], [false, true]])
        await exchange.close()
    }

    @Test("sends nothing to one that is gone, paused, or whose credential is no longer valid")
    func stopped() async throws {
        let status = Mutex(410)
        let receivers = Receivers { _ in .answered(status.withLock { $0 }) }
        let exchange = try await TestExchange(carrier: receivers)
        let (ann, bob) = (try await exchange.join("ann"), try await exchange.join("bob"))
        let pool = try await exchange.pool("open", .open)
        let session = try await exchange.session(bob)
        let (node, desk) = (exchange.node, exchange.node.destinations)
        let made = try await desk.make(try Self.url("bob"), by: session).destination
        _ = try await exchange.publish([Samples.indicator(1)], to: pool, as: ann)
        #expect(try await Self.push(node) == 1)
        let phase = try await desk.destination(made.id, of: session).destination.delivery.phase
        #expect(phase == .paused(.gone, since: exchange.clock.now))
        exchange.clock.advance(by: Delivery.askedWaitMax)
        #expect(try await Self.push(node) == 0)
        status.withLock { $0 = 200 }
        _ = try await desk.change(made.id, .resume, by: session)
        _ = try await node.administration.changeCredential(session.credential.id.text) { $0.isRevoked = true }
        #expect(try await Self.push(node) == 0)
        // Whoever acts for the same principal by another credential takes it over.
        let token = try await node.administration.addCredential(.token, for: "bob", expires: nil).secret
        let renewed = try await exchange.session(try #require(token))
        #expect(try await desk.destination(made.id, of: renewed).isAuthorised == false)
        _ = try await desk.change(made.id, .resume, by: renewed)
        #expect(try await Self.push(node) == 1)
        await exchange.close()
    }

    @Test("of a hanging destination delays no other", .timeLimit(.minutes(5)))
    func hanging() async throws {
        let receivers = Receivers { $0.url.contains("slow") ? .hangs : .answered(200) }
        let exchange = try await TestExchange(carrier: receivers)
        let (ann, bob) = (try await exchange.join("ann"), try await exchange.join("bob"))
        let pool = try await exchange.pool("open", .open)
        let session = try await exchange.session(bob)
        for name in ["slow-1", "slow-2", "quick"] {
            _ = try await exchange.node.destinations.make(try Self.url(name), by: session)
        }
        let pusher = Pusher(exchange.node, clock: ContinuousClock(), logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pusher.run() }
            for number in 1...3 {
                _ = try await exchange.publish([Samples.indicator(number)], to: pool, as: ann)
                for await _ in receivers.taken
                where receivers.arrivals(at: "https://quick.example/in").flatMap(\.ticks).count >= number { break }
            }
            group.cancelAll()
        }
        #expect(receivers.arrivals(at: "https://slow-1.example/in").isEmpty)
        await exchange.close()
    }
}

import Exchange
import Node
import Store
import Synchronization
import TestSupport
import Testing

/// Destinations that are sent the same, and what happens to one of them meanwhile.
@Suite("Pushing to many")
struct PushingTogetherTests {
    /// Receivers of messages during each of which something is done.
    private final class Meanwhile: Carrier {
        let receivers: Receivers
        let action = Mutex<(@Sendable (WebRequest) async throws -> Void)?>(nil)

        init(_ receivers: Receivers) { self.receivers = receivers }

        func perform(_ request: WebRequest) async throws(TransportFault) -> WebResponse {
            do {
                try await action.withLock { $0 }?(request)
            } catch {
                Issue.record(error)
            }
            return try await receivers.perform(request)
        }
    }

    private func push(_ node: Node) async throws -> Int {
        var sent = 0
        for wave in try await node.pushing.due() {
            sent += await node.pushing.push(to: wave) { Issue.record($1) }
        }
        return sent
    }

    private func url(_ number: Int) -> String { "https://bob-\(number).example/in" }

    @Test("those of one reader get the same, each signed with its own secret, whatever becomes of another")
    func together() async throws {
        let failing = url(3)
        let isHealed = Mutex(true)
        let receivers = Receivers { request in
            .answered(request.url == failing && !isHealed.withLock { $0 } ? 503 : 200)
        }
        let exchange = try await TestExchange(carrier: receivers)
        let (ann, bob) = (try await exchange.join("ann"), try await exchange.join("bob"))
        let pool = try await exchange.pool("open", .open)
        let (session, node) = (try await exchange.session(bob), exchange.node)
        var secrets: [String] = []
        for number in 0..<Destination.countMax {
            let made = try await node.destinations.make(.webhook(try PushURL(url(number))), by: session)
            secrets.append(try #require(made.secret))
        }
        // From the first message on they stand at the same place.
        _ = try await exchange.publish([Samples.indicator(1)], to: pool, as: ann)
        #expect(try await push(node) == Destination.countMax)
        isHealed.withLock { $0 = false }
        _ = try await exchange.publish([Samples.indicator(2)], to: pool, as: ann)
        let waves = try await node.pushing.due()
        #expect(waves.map(\.count) == [Destination.countMax])
        for wave in waves { await node.pushing.push(to: wave) { Issue.record($1) } }
        // The one that failed stands elsewhere now, and comes by itself.
        isHealed.withLock { $0 = true }
        exchange.clock.advance(by: Delivery.firstWaitMax)
        #expect(try await push(node) == 1)
        for (number, secret) in secrets.enumerated() {
            let arrivals = receivers.arrivals(at: url(number))
            let (taken, lengths) = (arrivals.filter(\.isTaken).flatMap(\.ticks), arrivals.map(\.ticks.count))
            #expect(taken.count == 2 && taken == taken.sorted() && lengths.allSatisfy { $0 == 1 })
            #expect(arrivals.allSatisfy { $0.isSigned(with: secret) })
        }
        await exchange.close()
    }

    @Test(
        "what its owner changes while a message is on its way stays so, and the message counts",
        arguments: Engine.both
    )
    func changedMeanwhile(engine: Engine) async throws {
        let receivers = Receivers()
        let carrier = Meanwhile(receivers)
        let exchange = try await TestExchange(engine, carrier: carrier)
        let (ann, bob) = (try await exchange.join("ann"), try await exchange.join("bob"))
        let pool = try await exchange.pool("open", .open)
        let (session, node) = (try await exchange.session(bob), exchange.node)
        let made = try await node.destinations.make(.webhook(try PushURL(url(0))), by: session).destination
        carrier.action.withLock { action in
            action = { _ in _ = try await node.destinations.change(made.id, .pause, by: session) }
        }
        _ = try await exchange.publish([Samples.indicator(1)], to: pool, as: ann)
        #expect(try await push(node) == 1)
        let delivery = try await node.destinations.destination(made.id, of: session).destination.delivery
        #expect(delivery.phase == .paused(.asked, since: exchange.clock.now))
        #expect(receivers.arrivals(at: url(0)).flatMap(\.ticks) == [delivery.cursor.microseconds])
        carrier.action.withLock { $0 = nil }
        _ = try await node.destinations.change(made.id, .resume, by: session)
        #expect(try await push(node) == 0)
        // Taken away while a message is on its way, it is gone.
        carrier.action.withLock { action in
            action = { _ in try await node.destinations.remove(made.id, by: session) }
        }
        _ = try await exchange.publish([Samples.indicator(2)], to: pool, as: ann)
        #expect(try await push(node) == 1)
        #expect(try await node.destinations.destinations(of: session).isEmpty)
        await exchange.close()
    }
}

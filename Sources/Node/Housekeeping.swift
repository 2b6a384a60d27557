import AsyncAlgorithms
import Exchange
public import Logging
public import ServiceLifecycle
import Store

/// Follows the journal when another node wrote to it, so that memory is warm before anybody asks.
public struct Follower: Service {
    private let node: Node
    private let logger: Logger

    /// Puts it together from its parts.
    public init(_ node: Node, logger: Logger) {
        self.node = node
        self.logger = logger
    }

    /// Returns at graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in node.database.changes() {
                await node.live.follow(telling: logger)
            }
            // A database of one process never announces anything: there is nothing to do but wait for the end.
            try? await gracefulShutdown()  // Throws only when cancelled, which is the end as well.
        }
    }
}

extension LiveState {
    /// Takes in what there is; where that fails the next look brings it.
    func follow(telling logger: Logger) async {
        do {
            try await follow()
        } catch {
            logger.warning("journal not followed", metadata: ["error.kind": "\(error)"])
        }
    }
}

/// Lets time pass: what is due expires, is recalled or comes out of its embargo, gateways begin, what was put off is
/// given, task forces and epochs are closed, and entitlements lapse.
public struct Calendar<Pace: Clock>: Service where Pace.Duration == Duration {
    /// How often it looks: no advisory is later than this.
    public static var interval: Duration { .seconds(1) }

    private let node: Node
    private let clock: Pace
    private let logger: Logger

    /// Puts it together from its parts.
    public init(_ node: Node, clock: Pace, logger: Logger) {
        self.node = node
        self.clock = clock
        self.logger = logger
    }

    /// Returns at graceful shutdown.
    public func run() async throws {
        for await _ in AsyncTimerSequence(interval: Self.interval, clock: clock).cancelOnGracefulShutdown() {
            // Each by itself: what fails hinders nothing else, and advisories wait for no closing.
            await pass("advisories") {
                guard try await node.advisories.isAnythingDue() else { return }
                let count = try await node.advisories.elapse()
                logger.notice("time changed advisories", metadata: ["advisory.count": "\(count)"])
            }
            await pass("gateways") { try await node.administration.beginGateways() }
            await pass("ledgers") {
                guard try await node.ledgers.isAnythingDue() else { return }
                try await node.ledgers.elapse()
                logger.notice("epochs closed")
            }
            // After the closes, by which tiers change.
            await pass("delays") {
                guard try await node.delays.isAnythingDue() else { return }
                let count = try await node.delays.elapse()
                logger.debug("what was put off is given", metadata: ["member.count": "\(count)"])
            }
            await pass("entitlements") {
                guard try await node.entitlements.isAnythingDue() else { return }
                try await node.entitlements.elapse()
                logger.notice("entitlements lapsed")
            }
            await pass("notices") {
                guard node.notices.isAnythingDue() else { return }
                let count = try await node.notices.elapse()
                logger.notice("originators told of something in common", metadata: ["notice.count": "\(count)"])
            }
            await pass("task forces") {
                for _ in 0..<Self.closingsMax where try await node.forces.isAnythingDue() {
                    try await node.forces.elapse()
                    logger.notice("contributions to a task force closed")
                }
            }
        }
    }

    /// How many batches of contributions one look closes; the next goes on.
    private static var closingsMax: Int { 10 }

    private func pass(_ what: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            logger.warning("time not passed", metadata: ["of": "\(what)", "error.kind": "\(error)"])
        }
    }
}

/// Forgets what has been kept long enough, and leaves nothing on disk of what was erased.
public struct Housekeeping<Pace: Clock>: Service where Pace.Duration == Duration {
    /// How often it looks.
    public static var interval: Duration { .seconds(600) }

    private let node: Node
    private let clock: Pace
    private let logger: Logger

    /// Puts it together from its parts.
    public init(_ node: Node, clock: Pace, logger: Logger) {
        self.node = node
        self.clock = clock
        self.logger = logger
    }

    /// Returns at graceful shutdown.
    public func run() async throws {
        for await _ in AsyncTimerSequence(interval: Self.interval, clock: clock).cancelOnGracefulShutdown() {
            do {
                try await node.statuses.forgetOld(at: node.surroundings.clock())
            } catch {
                logger.warning("old statuses not forgotten", metadata: ["error.kind": "\(error)"])
            }
            do {
                try await node.database.scrub()
            } catch {
                logger.warning("disk not scrubbed", metadata: ["error.kind": "\(error)"])
            }
        }
    }
}

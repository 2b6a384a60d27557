import AsyncAlgorithms
import Exchange
public import Logging
public import ServiceLifecycle

/// Pushes to every destination the moment something is released, each by itself: none waits for another.
public struct Pusher<Pace: Clock>: Service where Pace.Duration == Duration {
    /// How often it looks for what waited long enough to be sent again.
    public static var interval: Duration { .seconds(1) }
    /// The shortest time between two looks while some wait for room: what is free by then is filled.
    public static var refill: Duration { .milliseconds(5) }

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
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await _ in merge(node.feed.beats(every: Self.interval), node.pushing.freed) {
                    if !node.live.isCurrent { await node.live.follow(telling: logger) }
                    for wave in await due() { group.addTask { await push(to: wave) } }
                    // Cancelled only at the end, which the loop sees too.
                    try? await clock.sleep(for: node.pushing.hasReady ? Self.refill : LiveState.pause)
                }
            }
        }
    }

    private func due() async -> [[Destination]] {
        do {
            return try await node.pushing.due()
        } catch {
            logger.warning("destinations not read", metadata: ["error.kind": "\(error)"])
            return []
        }
    }

    private func push(to wave: [Destination]) async {
        await node.pushing.push(to: wave) { destination, fault in
            let metadata: Logger.Metadata = [
                "destination.id": "\(destination.id)", "error.kind": "\(type(of: fault))",
            ]
            logger.warning("destination not pushed to", metadata: metadata)
        }
    }
}

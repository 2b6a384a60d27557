import AsyncAlgorithms
import Exchange
public import Logging
public import ServiceLifecycle

/// Pulls every source at its time, each by itself: none waits for another.
public struct Puller<Pace: Clock>: Service where Pace.Duration == Duration {
    /// How often it looks for what is due.
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
        await cancelWhenGracefulShutdown {
            let underWay = UnderWay()
            await withDiscardingTaskGroup { group in
                for await _ in AsyncTimerSequence(interval: Self.interval, clock: clock) {
                    for source in await due() where underWay.begin(source.number) {
                        group.addTask {
                            await pull(source)
                            underWay.end(source.number)
                        }
                    }
                }
            }
        }
    }

    private func due() async -> [Source] {
        do {
            return try await node.pulling.due()
        } catch {
            logger.warning("sources not read", metadata: ["error.kind": "\(error)"])
            return []
        }
    }

    private func pull(_ source: Source) async {
        var metadata: Logger.Metadata = ["source.name": "\(source.name)"]
        do {
            guard let after = try await node.pulling.pull(source) else { return }
            if let fault = after.pull.fault {
                metadata["error.message"] = "\(fault)"
                logger.warning("source not pulled", metadata: metadata)
            } else {
                metadata["object.count"] = "\(after.pull.counts?.taken ?? 0)"
                logger.info("source pulled", metadata: metadata)
            }
        } catch {
            metadata["error.kind"] = "\(type(of: error))"
            logger.warning("source not pulled", metadata: metadata)
        }
    }
}

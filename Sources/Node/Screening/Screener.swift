import Exchange
public import Logging
public import ServiceLifecycle

/// Keeps what is screened against, and what is linked, up to date: an advisory that is released is found at once, one
/// that is recalled no longer.
public struct Screener: Service {
    /// How many subjects are loaded between two words on how far it has come.
    private static let countTold = 100_000

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
            await load()
            await node.live.eachChange {
                do {
                    try await node.screening.follow()
                    try await node.references.follow()
                } catch {
                    // Whoever screens follows too, and is told.
                    logger.warning("screening not followed", metadata: ["error.kind": "\(error)"])
                }
            }
            try? await gracefulShutdown()  // Throws only when cancelled, which is the end as well.
        }
    }

    private func load() async {
        let start = ContinuousClock.now
        do {
            try await node.screening.follow { [logger] taken in
                guard taken.lowerBound / Self.countTold < taken.upperBound / Self.countTold else { return }
                logger.notice("screening loads", metadata: ["subject.count": "\(taken.upperBound)"])
            }
            let took = (ContinuousClock.now - start).components
            let milliseconds = took.seconds * 1_000 + took.attoseconds / 1_000_000_000_000_000
            logger.info(
                "screening loaded",
                metadata: ["subject.count": "\(node.screening.count)", "duration.ms": "\(milliseconds)"]
            )
        } catch {
            logger.warning("screening not loaded", metadata: ["error.kind": "\(error)"])
        }
    }
}

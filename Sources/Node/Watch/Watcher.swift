public import Logging
public import ServiceLifecycle

/// Has watch lists matched with what is released, the moment that it is, and what is uploaded with what is known.
public struct Watcher: Service {
    /// How often it looks, at the least: time alone may let somebody see more.
    public static let interval = Duration.seconds(5)

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
            await withDiscardingTaskGroup { group in
                group.addTask { await node.live.eachChange(look) }
                group.addTask { while (try? await Task.sleep(for: Self.interval)) != nil { await look() } }
            }
        }
    }

    private func look() async {
        do {
            try await node.watch.catchUp()
        } catch {
            // Nothing is lost: the next look goes on there.
            logger.warning("watch lists not matched", metadata: ["error.kind": "\(error)"])
        }
    }
}

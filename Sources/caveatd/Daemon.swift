import Exchange
import Foundation
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Node
import Server
import ServiceLifecycle
import Store
import StorePostgres
import StoreSQLite
import TransportCurl
import UnixSignals

/// Puts the parts of a daemon together and runs them until SIGTERM or SIGINT.
struct Daemon: Sendable {
    /// Where the store is.
    enum StoreLocation: Hashable, Sendable {
        case sqlite(path: String)
        case postgresql(url: String)
    }

    /// Where it listens, and how that turned out: a port of 0 becomes a free one.
    struct Listening: Sendable {
        let host: String
        let port: Int
    }

    var store: StoreLocation
    var storeReaders: Int
    var host: String
    var port: Int
    var tls: TLSContext?
    var adminSocket: String
    var profile: ServerProfile
    var limits: ConnectionLimits
    var settings: Node.Settings
    var gateways: Gateways
    var logger: Logger
    /// What ends it.
    var ending: [UnixSignal] = [.sigterm, .sigint]

    /// Time, chance and the network, as the system has them.
    static let surroundings = Surroundings(
        clock: {
            var time = timespec()
            unsafe clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
        },
        randomBytes: { count in
            var bytes = [UInt8](repeating: 0, count: count)
            // One system call, which cannot fail (arc4random_buf(3)).
            unsafe bytes.withUnsafeMutableBytes { bytes in
                if let start = bytes.baseAddress { unsafe arc4random_buf(start, bytes.count) }
            }
            return bytes
        },
        carrier: carrier,
        mail: mail,
        files: files
    )
    // As many to one host as in all: what waits in libcurl for a host's connection is at times woken only by its
    // connect timeout, and no more than these are ever under way.
    private static let carrier = Transport(
        limits: .init(hostConnectionsMax: Pushing.underWayMax, connectionsMax: Pushing.underWayMax)
    )
    // Threads of their own: saying goodbye to a server of these holds up a thread for as long as a second.
    private static let mail = Transport()
    private static let files = Transport()

    /// Opens the store, brings it up to date and reads what a node needs.
    func node() async throws -> Node {
        let database: any Database =
            switch store {
            case .sqlite(let path): try SQLiteDatabase(path: path, readers: storeReaders)
            case .postgresql(let url): try await PostgresDatabase(url: url, readers: storeReaders)
            }
        let node = try await Node(database, settings: settings, surroundings: Self.surroundings, logger: logger)
        try await node.administration.keep(gateways)
        return node
    }

    /// Serves until the end is asked for, then drains and closes the store.
    /// - Parameters:
    ///   - services: what else runs beside the listeners.
    ///   - onRunning: runs once both listeners accept connections.
    func run(
        _ node: Node,
        services: [any Service],
        onRunning: @escaping @Sendable (Listening) async -> Void
    ) async throws {
        defer { for transport in [Self.carrier, Self.mail, Self.files] { transport.close() } }
        let (ports, found) = AsyncStream<Int?>.makeStream()
        let server = ExchangeServer(node, profile: profile, limits: limits, logger: logger)
        let admin = AdminServer(node, title: profile.title, version: version, logger: logger) {
            text throws(TermsFault) in
            try TermsFile.read(text, file: "file")
        }
        try await Self.prepareSocket(adminSocket)
        let listeners: [any Service] = [
            server.listener(at: .hostname(host, port: port), tls: tls) { found.yield($0) },
            admin.listener(at: adminSocket) { found.yield(nil) },
        ]
        let announcement = Announcement { [host, port] in
            var bound = port
            var running = 0
            for await found in ports {
                bound = found ?? bound
                running += 1
                guard running == 2 else { continue }
                await onRunning(Listening(host: host, port: bound))
                return
            }
        }
        let upkeep: [any Service] = [
            Follower(node, logger: logger), Calendar(node, clock: ContinuousClock(), logger: logger),
            Housekeeping(node, clock: ContinuousClock(), logger: logger),
            Pusher(node, clock: ContinuousClock(), logger: logger),
            Puller(node, clock: ContinuousClock(), logger: logger), Screener(node, logger: logger),
            Watcher(node, logger: logger),
            announcement,
        ]
        let group = ServiceGroup(
            configuration: .init(
                services: upkeep + services + listeners,
                gracefulShutdownSignals: ending,
                logger: logger
            )
        )
        do {
            try await group.run()
        } catch {
            await node.database.close()
            throw error
        }
        await node.database.close()
        unsafe unlink(adminSocket)
    }

    /// The socket's folder is for the daemon's user alone; a socket that a dead daemon left is taken away by binding,
    /// one that a daemon answers at is not.
    private static func prepareSocket(_ path: String) async throws {
        let folder = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let other = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(unixDomainSocketPath: path)
        guard let channel = try? await other.get() else { return }  // Nobody answers: what was to be.
        try await channel.close()
        throw ConfigurationFault(key: "admin.socket", rule: "another daemon answers at \(path); give each its own")
    }
}

/// Runs once, beside the listeners, and then waits for the end.
private struct Announcement: Service {
    let announce: @Sendable () async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown { await announce() }
        try await gracefulShutdown()
    }
}

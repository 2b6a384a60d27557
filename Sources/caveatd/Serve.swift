import ArgumentParser
import Exchange
import Foundation
import Logging
import Node
import Server
import ServiceLifecycle
import StorePostgres
import UnixSignals

/// `caveatd serve`: the daemon.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves an exchange until SIGTERM; SIGHUP reads the certificates again.",
        discussion: """
            Every key of the configuration is in config/caveatd.yaml with its unit, range and default.

            Examples:
              caveatd serve --config /etc/caveat/caveatd.yaml
              caveatd serve --config caveatd.yaml --check     reads the file, says what is wrong with it, and ends
            """
    )

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    var config: String

    @Flag(help: "Only checks the configuration.")
    var check = false

    func run() async throws {
        // Until there is something to read again: otherwise a reload that comes early ends the daemon.
        signal(SIGHUP, SIG_IGN)
        do {
            guard let text = FileManager.default.contents(atPath: config) else {
                throw ConfigurationFault(key: "file", rule: "\(config) cannot be read")
            }
            let configuration = try Configuration.read(String(decoding: text, as: UTF8.self))
            // All that can be known without opening the store.
            let tls = try configuration.tls.map { try TLSContext($0) }
            let daemon = try Daemon(configuration, tls: tls, logger: Logger(label: "caveatd"))
            if check { return print("\(config): no fault found") }
            try await serve(configuration, daemon, tls)
        } catch {
            FileHandle.standardError.write(Data("caveatd: \(StartFault.text(of: error))\n".utf8))
            throw ExitCode.failure
        }
    }

    private func serve(_ configuration: Configuration, _ daemon: Daemon, _ tls: TLSContext?) async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "caveatd")
        logger.logLevel = configuration.logLevel
        let manager = ServiceManager(ProcessInfo.processInfo.environment)
        var daemon = daemon
        daemon.logger = logger
        let node = try await daemon.node()
        // A store that hangs keeps the beat from coming; one that answers with an error is no reason to end, since the
        // daemon comes back to it by itself, and /readyz tells.
        let watchdog = manager.watchdog { [logger] in
            do {
                try await node.live.follow()
            } catch {
                logger.warning("store does not answer", metadata: ["error.kind": "\(error)"])
            }
        }
        let services: [any Service] = [
            watchdog, CertificateReload(tls: tls, manager: manager, logger: logger), Farewell(manager: manager),
        ]
        try await daemon.run(node, services: services) { [logger] listening in
            manager.notify("READY=1")
            logger.notice("serving", metadata: ["listen": "\(ListenAddress.text(listening.host, listening.port))"])
        }
    }
}

extension Daemon {
    /// A daemon as the configuration describes it.
    init(_ configuration: Configuration, tls: TLSContext?, logger: Logger) throws {
        let url = try configuration.storeURLFile.map(Self.storeURL) ?? configuration.storeURL
        if !url.hasPrefix("sqlite:") { try PostgresDatabase.check(url: url) }
        let files = try configuration.gateways.map { try GatewayFile.checked(folder: URL(filePath: $0)) } ?? []
        guard let gateways = Gateways(files.map(\.gateway)) else {
            throw ConfigurationFault(key: "access.gateways", rule: "two files have one name; rename one")
        }
        guard let address = ListenAddress(configuration.listen) else {
            throw ConfigurationFault(key: "listen", rule: "must be host:port")
        }
        self.init(
            store: url.hasPrefix("sqlite:") ? .sqlite(path: String(url.dropFirst(7))) : .postgresql(url: url),
            storeReaders: configuration.storeReaders,
            host: address.host,
            port: address.port,
            tls: tls,
            adminSocket: configuration.adminSocket,
            profile: ServerProfile(
                title: configuration.title,
                contact: configuration.contact,
                pageObjectsMax: configuration.pageObjectsMax
            ),
            limits: ConnectionLimits(
                connectionsMax: configuration.connectionsMax,
                connectionsPerSourceMax: configuration.connectionsPerSourceMax,
                idle: .seconds(configuration.idleSeconds),
                request: .seconds(configuration.requestSeconds),
                headerBytesMax: configuration.headerBytesMax,
                urlBytesMax: configuration.urlBytesMax,
                bodyBytesMax: configuration.bodyBytesMax,
                memoryBytesMax: configuration.memoryBytesMax
            ),
            settings: Node.Settings(
                pageBytesMax: configuration.pageBytesMax,
                envelope: Envelope.Limits(
                    objectsPerEnvelopeMax: configuration.objectsPerEnvelopeMax,
                    objectBytesMax: configuration.objectBytesMax,
                    objectDepthMax: configuration.objectDepthMax
                ),
                requestsPerSecond: configuration.requestsPerSecond,
                requestBurst: configuration.requestBurst,
                failuresPerMinute: configuration.failuresPerMinute,
                pushNetworks: .publicOr(configuration.pushNetworks),
                mail: try configuration.mail?.relay(),
                outsideKey: try configuration.storeKeyFile.map(Self.outsideKey),
                terms: try configuration.terms.map { try TermsFile.quotas(at: $0) } ?? .standard
            ),
            gateways: gateways,
            logger: logger
        )
    }
}

extension Daemon {
    /// The store's URL, of a file that holds it.
    private static func storeURL(in file: String) throws(ConfigurationFault) -> String {
        guard let text = FileManager.default.contents(atPath: file) else {
            throw ConfigurationFault(key: "store.url_file", rule: "\(file) cannot be read")
        }
        let url = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard Configuration.isStore(url) else {
            throw ConfigurationFault(key: "store.url_file", rule: "the file must hold sqlite:PATH or postgresql://…")
        }
        return url
    }

    /// The key that is kept outside of the store.
    private static func outsideKey(in file: String) throws(ConfigurationFault) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ConfigurationFault(key: "store.key_file", rule: "\(file) cannot be read")
        }
        let mode = try? FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        guard let mode, mode & 0o077 == 0 else {
            throw ConfigurationFault(key: "store.key_file", rule: "must be its owner's alone: chmod 600 \(file)")
        }
        guard data.count >= ExchangeKey.outsideBytesMin else {
            throw ConfigurationFault(
                key: "store.key_file",
                rule: "must hold at least \(ExchangeKey.outsideBytesMin) bytes: openssl rand -out FILE 32"
            )
        }
        return Array(data)
    }
}

/// SIGHUP: new handshakes get the certificate that is in the files now; connections that are open go on.
private struct CertificateReload: Service {
    let tls: TLSContext?
    let manager: ServiceManager
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            var time = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &time)
            manager.notify("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1_000)")
            do {
                try tls?.reload()
                logger.notice("certificates read again")
            } catch {
                logger.error("certificates not read; the old ones stay", metadata: ["error.kind": "\(error)"])
            }
            manager.notify("READY=1")
        }
    }
}

/// Tells the service manager that the end has begun.
private struct Farewell: Service {
    let manager: ServiceManager

    func run() async throws {
        try await gracefulShutdown()
        manager.notify("STOPPING=1")
    }
}

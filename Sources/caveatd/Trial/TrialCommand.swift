import ArgumentParser
import Exchange
import Foundation
import Logging
import Node
import Server
import UnixSignals

/// `caveatd trial`: a whole exchange with invented members, on loopback.
struct Trial: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trial",
        abstract: "Starts a whole exchange with invented members, pools and advisories, on loopback.",
        discussion: """
            Customs, police, two freight forwarders, a bank and an oil company share four pools of different terms.
            Everything is invented. Rate limits and quotas are off; failed logins are limited as always.

            Examples:
              caveatd trial                          data in a temporary folder, gone at the end
              caveatd trial --data ./trial           the same exchange, with the same tokens, at each start
              caveatd trial --listen 127.0.0.1:0 --json   a free port, and one line of JSON for scripts
            """
    )

    @Option(
        help: ArgumentHelp("Keeps the exchange in this folder; a temporary one without it.", valueName: "dir"),
        completion: .directory
    )
    var data: String?

    @Option(help: ArgumentHelp("A loopback address and port; port 0 is a free one.", valueName: "address"))
    var listen = "127.0.0.1:8080"

    @Flag(help: "Prints one line of JSON when it is up.")
    var json = false

    func validate() throws {
        guard let address = ListenAddress(listen), address.isLoopback else {
            throw ValidationError(
                "--listen \(listen): the trial listens on loopback only, such as 127.0.0.1:8080 or [::1]:0"
            )
        }
    }

    func run() async throws {
        guard let address = ListenAddress(listen) else { throw ExitCode.validationFailure }
        let folder = try folder()
        defer { if data == nil { try? FileManager.default.removeItem(at: folder) } }  // The system clears what stays.
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "caveatd")
        logger.logLevel = .notice
        let daemon = Daemon(
            store: .sqlite(path: folder.appending(path: "caveat.db").path),
            storeReaders: 4,
            host: address.host,
            port: address.port,
            tls: nil,
            adminSocket: folder.appending(path: "admin.sock").path,
            profile: ServerProfile(title: "Caveat trial exchange", contact: nil),
            limits: ConnectionLimits(connectionsPerSourceMax: 4_096),
            settings: Node.Settings(
                requestsPerSecond: 0,
                pushNetworks: .publicOr(["127.0.0.1", "::1"].compactMap(Network.init)),
                terms: .generous
            ),
            gateways: TrialPopulation.gateways,
            logger: logger,
            // A terminal that is closed ends it as well.
            ending: [.sigterm, .sigint, .sighup]
        )
        do {
            try TrialPopulation.clearUnfounded(folder)
            let node = try await daemon.node()
            let population = try await TrialPopulation.settled(in: node, folder: folder)
            try await daemon.run(node, services: []) { [json] listening in
                let card = TrialCard(population, listening, adminSocket: daemon.adminSocket)
                FileHandle.standardOutput.write(Data((json ? card.json : card.text).utf8))
            }
        } catch {
            FileHandle.standardError.write(Data("caveatd: \(StartFault.text(of: error))\n".utf8))
            throw ExitCode.failure
        }
    }

    private func folder() throws -> URL {
        let folder =
            data.map { URL(filePath: $0, directoryHint: .isDirectory) }
            ?? FileManager.default.temporaryDirectory.appending(path: "caveat-trial-\(UUID().text)")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return folder
    }
}

public import Exchange
import Foundation
import HummingbirdCore
public import Logging
import NIOHTTP1
public import Node
import Store

/// Local administration over a Unix socket, guarded by the file's mode and the caller's uid.
///
/// No password opens it.
public struct AdminServer: Sendable {
    private static let bodyBytesMax = 64 << 10

    let node: Node
    private let title: String
    private let version: String
    private let logger: Logger
    let readTerms: @Sendable (String) throws(TermsFault) -> ReciprocityTerms

    /// - Parameters:
    ///   - version: the program's own.
    ///   - readTerms: reads the text of a file of terms.
    public init(
        _ node: Node,
        title: String,
        version: String,
        logger: Logger,
        readTerms: @escaping @Sendable (String) throws(TermsFault) -> ReciprocityTerms
    ) {
        self.readTerms = readTerms
        self.node = node
        self.title = title
        self.version = version
        self.logger = logger
    }

    /// Listens at `path`, which must lie in a directory that only the daemon's user may enter.
    public func listener(at path: String, onRunning: @escaping @Sendable () async -> Void) -> Listener {
        // A local caller is no crowd: the address of a Unix socket names nobody, so no limit per source holds here.
        Listener(
            at: .unixDomainSocket(path: path),
            limits: ConnectionLimits(connectionsMax: 64),
            tls: nil,
            logger: logger,
            onRunning: { _ in
                unsafe chmod(path, 0o600)
                await onRunning()
            },
            answering: Answering(later: { request, connection, _ in await answer(request, connection) })
        )
    }

    private func answer(_ request: Request, _ connection: Connection) async -> Response {
        guard let uid = await PeerUser.uid(of: connection.channel), uid == 0 || uid == geteuid() else {
            logger.warning("administration refused", metadata: ["error.kind": "uid"])
            return HTTPFault(.forbidden, "Not permitted", "Only root and the daemon's own user administer it.")
                .response(MediaType.json)
        }
        return await answer(request)
    }

    func answer(_ request: Request) async -> Response {
        do {
            let response = try await dispatch(request)
            if request.method != .GET {
                let call = ["request.method": "\(request.method.rawValue)", "request.path": "\(request.path)"]
                logger.notice("administered", metadata: call.mapValues { .string($0) })
            }
            return response
        } catch let fault as HTTPFault {
            return fault.response(MediaType.json)
        } catch let fault as AdministrationFault {
            return Self.fault(fault).response(MediaType.json)
        } catch {
            logger.error("administration failed", metadata: ["error.kind": "\(error)"])
            return HTTPFault(
                .serviceUnavailable,
                "The store did not answer",
                "The same call may be repeated; the daemon's log says why."
            ).response(MediaType.json)
        }
    }

    private func dispatch(_ request: Request) async throws -> Response {
        let parts = request.path.split(separator: "/").map(String.init)
        guard parts.first == "admin", parts.count >= 2 else { throw HTTPFault.absent }
        if !node.live.isCurrent { try await node.live.follow() }
        let bytes = try await request.body.read(upTo: Self.bodyBytesMax)
        let call = AdminCall(
            method: request.method.rawValue,
            name: parts.count > 2 ? parts[2] : nil,
            rest: Array(parts.dropFirst(3)),
            bytes: bytes
        )
        switch parts[1] {
        case "exchange": return try await exchange(call)
        case "members": return try await members(call)
        case "principals": return try await principals(call)
        case "credentials": return try await credentials(call, request)
        case "pools": return try await pools(call)
        case "keys": return try await keys(call)
        case "peers": return try await peers(call)
        case "sources": return try await sources(call, request)
        case "events": return try await events(call, request)
        case "terms": return try await terms(call)
        case "reciprocity": return try await reciprocity(call)
        case "destinations": return try await destinations(call, request)
        case "watch-lists": return try await watchLists(call)
        default: throw HTTPFault.absent
        }
    }

    private func exchange(_ call: AdminCall) async throws -> Response {
        guard call.method == "GET", call.name == nil else { throw HTTPFault.absent }
        let database = node.database
        let figures = try await database.read { try StoreFigures.read($0) }
        let tick = try await database.read { try JournalRows.head($0) }
        let directory = node.live.directory
        return .json(
            ExchangeResource(
                id: node.exchangeID,
                title: title,
                version: version,
                store: database.engine.rawValue,
                tick: tick.text,
                members: directory.members.count,
                pools: directory.pools.count,
                objects: figures.objects
            ),
            MediaType.json
        )
    }

    private static func fault(_ fault: AdministrationFault) -> HTTPFault {
        switch fault {
        case .invalid(let field, let rule): .malformed(field, rule)
        case .absent(let what): HTTPFault(.notFound, "Not found", what)
        case .taken(let field, let rule): HTTPFault(.conflict, "Already there", "\(field): \(rule)", field: field)
        case .notStored: HTTPFault(.serviceUnavailable, "Not stored", "The store did not take it; try again.")
        }
    }
}

/// One administrative call: its method, what it names, and its body.
struct AdminCall: Sendable {
    let method: String
    let name: String?
    let rest: [String]
    let bytes: [UInt8]
}

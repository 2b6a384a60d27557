import Exchange
import Foundation
public import HummingbirdCore
public import Logging
import NIOCore
import NIOHTTP1
public import Node
import Store

/// The members' side of the daemon: TAXII, `/v1`, and health.
public struct ExchangeServer: Sendable {
    private let node: Node
    private let profile: ServerProfile
    private let limits: ConnectionLimits
    private let logger: Logger
    private let logsRequests: Bool
    private let taxii: TAXIIService
    private let rest: RESTService

    /// Serves a node.
    public init(_ node: Node, profile: ServerProfile, limits: ConnectionLimits, logger: Logger) {
        self.node = node
        self.profile = profile
        self.limits = limits
        self.logger = logger
        logsRequests = logger.logLevel <= .info
        taxii = TAXIIService(
            node: node,
            profile: profile,
            limits: limits,
            budget: ByteBudget(most: limits.memoryBytesMax)
        )
        rest = RESTService(node: node)
    }

    /// Listens at `address`; over TLS where there is a context.
    public func listener(
        at address: BindAddress,
        tls: TLSContext?,
        onRunning: @escaping @Sendable (Int?) async -> Void
    ) -> Listener {
        let answering = Answering(now: { answerNow($0, $1) }, later: { await answer($0, $1, $2) })
        return Listener(
            at: address,
            limits: limits,
            tls: tls,
            logger: logger,
            onRunning: onRunning,
            answering: answering
        )
    }

    /// Answers what needs no waiting: a poll like the one before it on its connection, whose page is in memory.
    ///
    /// A task for each of these is a fifth of what they cost the processor outside the kernel.
    private func answerNow(_ request: Request, _ connection: Connection) -> Answering.Prompt {
        guard let target = connection.target(asked: request.target), node.live.isCurrent else { return .later(nil) }
        let start = logsRequests ? ContinuousClock.now : nil
        var session: Session?
        do {
            try checkLimits(request)
            session = try known(request["Authorization"], on: connection).map { try Self.purposed($0, request) }
            guard let session, let response = try taxii.answerNow(request, target, session) else {
                return .later(session)
            }
            if let start { log(request, connection, response, since: start) }
            return .done(response)
        } catch {
            let response = fault(error).response(MediaType.taxii)
            if let start { log(request, connection, response, since: start) }
            return .done(response)
        }
    }

    /// Answers a request, whatever happens.
    /// - Parameter session: who calls, where that is known already.
    private func answer(_ request: Request, _ connection: Connection, _ session: Session?) async -> Response {
        let start = logsRequests ? ContinuousClock.now : nil
        let response: Response
        do {
            response = try await dispatch(request, connection, session)
        } catch {
            let isREST = RESTService.has(request.path) || request.path == OpenAPI.path
            response = fault(error).response(isREST ? MediaType.problem : MediaType.taxii)
        }
        if let start { log(request, connection, response, since: start) }
        return response
    }

    private func log(
        _ request: Request,
        _ connection: Connection,
        _ response: Response,
        since start: ContinuousClock.Instant
    ) {
        logger.info(
            "request",
            metadata: [
                "request.method": "\(request.method.rawValue)",
                "request.status": "\(response.status.code)",
                "request.source": "\(connection.source)",
                "duration.ms": "\(Double((ContinuousClock.now - start).microseconds) / 1_000)",
            ]
        )
    }

    private func dispatch(
        _ request: Request,
        _ connection: Connection,
        _ session: Session?
    ) async throws -> Response {
        try checkLimits(request)
        let path = request.path
        switch path {
        case "/healthz": return Response(.ok, "text/plain", ByteBuffer(string: "ok\n"))
        case "/readyz": return try await readiness()
        case OpenAPI.path: return try OpenAPI.answer(request)
        default: break
        }
        // First, so that what another node has just revoked or given counts here.
        if !node.live.isCurrent { try await node.live.follow() }
        let header = request["Authorization"]
        let caller =
            if let known = try session ?? known(header, on: connection) { known } else {
                try await shown(header, on: connection)
            }
        let session = try Self.purposed(caller, request)
        if RESTService.has(path) {
            do {
                let parts = path.split(separator: "/").dropFirst().map { String($0.removingPercentEncoding ?? "") }
                return try await rest.answer(request, parts, session)
            } catch let fault as HTTPFault where request.method == .OPTIONS {
                return try OpenAPI.options(fault)
            }
        }
        if let target = connection.target(asked: request.target) {
            return try await taxii.answer(request, target, session)
        }
        guard let target = Target(request, limitMax: profile.pageObjectsMax) else {
            guard Route(path: path + "/") != nil else { throw HTTPFault.absent }
            var response = Response(.permanentRedirect, MediaType.taxii)
            response.headers.add(name: "Location", value: "\(path)/\(request.query.map { "?\($0)" } ?? "")")
            return response
        }
        connection.remember(request.target, target)
        return try await taxii.answer(request, target, session)
    }

    /// The session for the purpose that the request names, where it names one.
    private static func purposed(_ session: Session, _ request: Request) throws(HTTPFault) -> Session {
        guard let text = request["Caveat-Purpose"] else { return session }
        guard let purpose = Purpose(rawValue: text) else {
            let codes = Purpose.allCases.map(\.rawValue).joined(separator: ", ")
            throw .malformed("Caveat-Purpose", "must be one of \(codes)")
        }
        guard let session = session.acting(for: purpose) else {
            throw HTTPFault(
                .forbidden,
                "Purpose not permitted",
                "Caveat-Purpose: this credential is bound to other purposes; an operator may bind it to \(text)",
                field: "Caveat-Purpose"
            )
        }
        return session
    }

    /// Who calls, where this connection showed the same header before.
    private func known(_ header: String?, on connection: Connection) throws(AuthenticationFault) -> Session? {
        guard let header, let known = connection.session(shownBy: header),
            let session = try node.authentication.session(again: known)
        else { return nil }
        if session.directory !== known.directory { connection.remember(header, session) }
        return session
    }

    /// Who calls, by what it shows now.
    private func shown(_ header: String?, on connection: Connection) async throws -> Session {
        let presented = Presented(header, certificate: await connection.identity())
        let session = try await node.authentication.session(for: presented, from: connection.source)
        if let header { connection.remember(header, session) }
        return session
    }

    private func checkLimits(_ request: Request) throws(HTTPFault) {
        guard request.target.utf8.count <= limits.urlBytesMax else {
            throw HTTPFault(
                .uriTooLong,
                "URL too long",
                "A request target may have at most \(limits.urlBytesMax) bytes (url_bytes_max)."
            )
        }
        let bytes = request.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        guard bytes <= limits.headerBytesMax else {
            throw HTTPFault(
                .requestHeaderFieldsTooLarge,
                "Headers too long",
                "All header fields together may have at most \(limits.headerBytesMax) bytes (header_bytes_max)."
            )
        }
    }

    private func readiness() async throws -> Response {
        try await node.live.follow()
        return Response(.ok, "text/plain", ByteBuffer(string: "ready\n"))
    }

    /// The one place where a fault becomes a status.
    private func fault(_ error: any Error) -> HTTPFault {
        switch error {
        case let fault as HTTPFault: fault
        case let fault as AuthenticationFault:
            switch fault {
            case .unknown: .unauthorized(profile.title)
            case .limited(let wait): .tooMany("Too many failed attempts", wait: wait)
            case .tooFast(let wait): .tooMany("Too many requests", wait: wait)
            }
        case let fault as AcceptanceFault:
            switch fault {
            case .ended: .unauthorized(profile.title)
            case .absent: .absent
            case .forbidden(let reason): HTTPFault(.forbidden, "Not permitted", reason)
            case .notStored(let fault): ours(.serviceUnavailable, fault)
            }
        case let fault as AdvisoryFault: self.fault(of: fault)
        case AdministrationFault.invalid(let field, let rule):
            HTTPFault(.unprocessableEntity, "Not acceptable", "\(field): \(rule)", field: field)
        case is WriteFault, is DatabaseFault: ours(.serviceUnavailable, error)
        default: ours(.internalServerError, error)
        }
    }

    private func fault(of fault: AdvisoryFault) -> HTTPFault {
        switch fault {
        case .ended: .unauthorized(profile.title)
        case .absent: .absent
        case .noSuch(let field, let rule): HTTPFault(.notFound, "Not found", "\(field): \(rule)", field: field)
        case .forbidden(let reason): HTTPFault(.forbidden, "Not permitted", reason)
        case .notNow(let reason): HTTPFault(.conflict, "Not allowed now", reason)
        case .invalid(let field, let rule):
            HTTPFault(.unprocessableEntity, "Not acceptable", "\(field): \(rule)", field: field)
        case .refused(.content(let fault)):
            HTTPFault(.unprocessableEntity, "Not acceptable", fault.description, field: fault.field)
        case .refused(let refusal):
            HTTPFault(.conflict, "Not allowed now", refusal.description)
        case .conflict(let fault): HTTPFault(.conflict, "Not allowed now", fault.description)
        case .overQuota(let allowance, let asked): .overQuota(allowance, asked: asked, at: node.surroundings.clock())
        case .changedMeanwhile:
            HTTPFault(
                .preconditionFailed,
                "Changed meanwhile",
                "If-Match: it is not what you saw; read it again and decide anew",
                field: "If-Match"
            )
        case .notStored(let fault): ours(.serviceUnavailable, fault)
        }
    }

    private func ours(_ status: HTTPResponseStatus, _ error: any Error) -> HTTPFault {
        let reference = node.surroundings.uuid().text
        logger.error("request failed", metadata: ["request.id": "\(reference)", "error.kind": "\(error)"])
        return .ours(status, reference: reference)
    }
}

extension Duration {
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

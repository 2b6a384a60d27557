import Exchange
import Foundation
import HTTPTypes
import Hummingbird
public import HummingbirdCore
public import Logging
import NIOCore
public import Node
import Store

/// The members' side of the daemon: TAXII, the little of `/v1` that there is, and health.
public struct ExchangeServer: Sendable {
    private let node: Node
    private let profile: ServerProfile
    private let limits: ConnectionLimits
    private let logger: Logger
    private let taxii: TAXIIService
    private let approvals: ApprovalService

    /// Serves a node.
    public init(_ node: Node, profile: ServerProfile, limits: ConnectionLimits, logger: Logger) {
        self.node = node
        self.profile = profile
        self.limits = limits
        self.logger = logger
        taxii = TAXIIService(node: node, profile: profile, limits: limits)
        approvals = ApprovalService(node: node)
    }

    /// Listens at `address`; over TLS where there is a context.
    public func listener(
        at address: BindAddress,
        tls: TLSContext?,
        onRunning: @escaping @Sendable (Int?) async -> Void
    ) -> Listener {
        Listener(at: address, limits: limits, tls: tls, logger: logger, onRunning: onRunning) { request, channel in
            await answer(request, channel)
        }
    }

    func answer(_ request: Request, _ channel: any Channel) async -> Response {
        let source = channel.remoteAddress?.ipAddress ?? "local"
        let start = ContinuousClock.now
        let peer = Connection.current
        let response = await answer(request, from: source) { await peer?.identity(of: channel) }
        if logger.logLevel <= .info {
            logger.info(
                "request",
                metadata: [
                    "request.method": "\(request.method.rawValue)",
                    "request.status": "\(response.status.code)",
                    "request.source": "\(source)",
                    "duration.ms": "\(Double((ContinuousClock.now - start).microseconds) / 1_000)",
                ]
            )
        }
        return response
    }

    /// Answers a request, whatever happens.
    func answer(
        _ request: Request,
        from source: String,
        identity: () async -> PeerIdentity?
    ) async -> Response {
        let path = Substring(request.uri.path)
        let mediaType = path.hasPrefix("/v1/") ? MediaType.json : MediaType.taxii
        var response: Response
        do {
            response = try await dispatch(request, path, source, identity)
        } catch {
            response = fault(error).response(mediaType)
        }
        guard request.method == .head else { return response }
        let length = response.body.contentLength ?? 0
        response.body = ResponseBody()
        response.headers[.contentLength] = String(length)
        return response
    }

    private func dispatch(
        _ request: Request,
        _ path: Substring,
        _ source: String,
        _ identity: () async -> PeerIdentity?
    ) async throws -> Response {
        try checkLimits(request)
        switch path {
        case "/healthz":
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain"],
                body: .init(byteBuffer: ByteBuffer(string: "ok\n"))
            )
        case "/readyz": return try await readiness()
        default: break
        }
        let presented = Presented(request.headers, certificate: await identity())
        let session = try await node.authentication.session(for: presented, from: source)
        try await node.live.freshen()
        if path.hasPrefix("/v1/") { return try await approvals.answer(request, path, session, limits) }
        guard let route = Route(path: String(path)) else {
            guard Route(path: path + "/") != nil else { throw HTTPFault.absent }
            let query = request.uri.query.map { "?\($0)" } ?? ""
            return Response(
                status: .permanentRedirect,
                headers: [.location: "\(path)/\(query)", .contentType: MediaType.taxii]
            )
        }
        return try await taxii.answer(request, route, session)
    }

    private func checkLimits(_ request: Request) throws(HTTPFault) {
        guard request.head.path?.utf8.count ?? 0 <= limits.urlBytesMax else {
            throw HTTPFault(
                .uriTooLong,
                "URL too long",
                "A request target may have at most \(limits.urlBytesMax) bytes (url_bytes_max)."
            )
        }
        let bytes = request.headers.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4 }
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
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain"],
            body: .init(byteBuffer: ByteBuffer(string: "ready\n"))
        )
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
            case .absent: .absent
            case .forbidden(let reason): HTTPFault(.forbidden, "Not permitted", reason)
            case .notStored(let fault): ours(.serviceUnavailable, fault)
            }
        case is WriteFault, is DatabaseFault: ours(.serviceUnavailable, error)
        default: ours(.internalServerError, error)
        }
    }

    private func ours(_ status: HTTPResponse.Status, _ error: any Error) -> HTTPFault {
        let reference = node.surroundings.uuid().uuidString.lowercased()
        logger.error("request failed", metadata: ["request.id": "\(reference)", "error.kind": "\(error)"])
        return .ours(status, reference: reference)
    }
}

extension Duration {
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

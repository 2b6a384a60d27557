import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import NIOSSL
public import ServiceLifecycle

/// Answers one request.
typealias Responding = @Sendable (Request, any Channel) async -> Response

/// Limits that a connection is held to.
public struct ConnectionLimits: Hashable, Sendable {
    /// Open connections in all.
    public var connectionsMax: Int
    /// Open connections of one address.
    public var connectionsPerSourceMax: Int
    /// How long a connection may be idle between requests.
    public var idle: Duration
    /// How long a request may take from its first byte to the first byte of its answer.
    public var request: Duration
    /// Bytes of all header fields together.
    public var headerBytesMax: Int
    /// Bytes of the request target.
    public var urlBytesMax: Int
    /// Bytes of a body.
    public var bodyBytesMax: Int

    /// Puts it together from its parts.
    public init(
        connectionsMax: Int = 4_096,
        connectionsPerSourceMax: Int = 256,
        idle: Duration = .seconds(60),
        request: Duration = .seconds(30),
        headerBytesMax: Int = 16 << 10,
        urlBytesMax: Int = 8 << 10,
        bodyBytesMax: Int = 10 << 20
    ) {
        self.connectionsMax = connectionsMax
        self.connectionsPerSourceMax = connectionsPerSourceMax
        self.idle = idle
        self.request = request
        self.headerBytesMax = headerBytesMax
        self.urlBytesMax = urlBytesMax
        self.bodyBytesMax = bodyBytesMax
    }
}

/// Listens at one address and answers with one responder.
///
/// HTTP/1.1, with TLS where there is a context.
public struct Listener: Service {
    private let server: any Service

    /// - Parameter onRunning: gets the port, once connections are accepted; nil for a Unix socket.
    init(
        at address: BindAddress,
        limits: ConnectionLimits,
        tls: TLSContext?,
        logger: Logger,
        onRunning: @escaping @Sendable (Int?) async -> Void,
        answer: @escaping Responding
    ) {
        let dates = DateHeader()
        let channel = ConnectionChannel(tls: tls, limits: limits) { request, writer, channel in
            var response = await answer(request, channel)
            response.headers[.date] = dates.text
            let isLast = response.headers[.connection] == "close"
            try await writer.write(response: response.head, body: response.body)
            if isLast { try await channel.close() }
        }
        server = HummingbirdCore.Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
                address: address,
                backlog: 1_024,
                availableConnectionsDelegate: .maximum(limits.connectionsMax, logger: logger)
            ),
            onServerRunning: { await onRunning($0.localAddress?.port) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
    }

    /// Returns once it has drained after graceful shutdown.
    public func run() async throws {
        try await server.run()
    }
}

/// One connection: its limits, TLS where there is a context, and HTTP/1.1.
private struct ConnectionChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let tls: TLSContext?
    let limits: ConnectionLimits
    let http: HTTP1Channel
    private let sources: SourceCounts

    init(tls: TLSContext?, limits: ConnectionLimits, responder: @escaping HTTPChannelHandler.Responder) {
        self.tls = tls
        self.limits = limits
        sources = SourceCounts(most: limits.connectionsPerSourceMax)
        // The decoder's limits stand beyond ours, so that what is a little too long still gets a TAXII error.
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: 4 * (limits.headerBytesMax + limits.urlBytesMax),
            maxHeaderListSize: 4 * (limits.headerBytesMax + limits.urlBytesMax)
        )
        http = HTTP1Channel(
            responder: responder,
            configuration: .init(idleTimeout: TimeAmount(limits.idle), httpDecoderConfiguration: decoder)
        )
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let source = channel.remoteAddress?.ipAddress
        guard source.map(sources.take) ?? true else {
            logger.info("connection refused", metadata: ["error.kind": "connectionsPerSourceMax"])
            return channel.close().flatMapThrowing { throw ChannelError.connectTimeout(.zero) }
        }
        if let source { channel.closeFuture.whenComplete { [sources] _ in sources.give(source) } }
        return channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.current)) }
            try pipeline.addHandler(RequestDeadline(TimeAmount(limits.request)))
        }.flatMap { http.setup(channel: channel, logger: logger) }
    }

    func handle(value: Value, logger: Logger) async {
        await Connection.$current.withValue(Connection()) {
            await http.handle(value: value, logger: logger)
        }
    }
}

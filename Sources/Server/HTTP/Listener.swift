import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
public import ServiceLifecycle

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
    /// Bytes of bodies and large answers that are in memory at once.
    public var memoryBytesMax: Int

    /// Puts it together from its parts.
    public init(
        connectionsMax: Int = 4_096,
        connectionsPerSourceMax: Int = 256,
        idle: Duration = .seconds(60),
        request: Duration = .seconds(30),
        headerBytesMax: Int = 16 << 10,
        urlBytesMax: Int = 8 << 10,
        bodyBytesMax: Int = 10 << 20,
        memoryBytesMax: Int = 512 << 20
    ) {
        self.connectionsMax = connectionsMax
        self.connectionsPerSourceMax = connectionsPerSourceMax
        self.idle = idle
        self.request = request
        self.headerBytesMax = headerBytesMax
        self.urlBytesMax = urlBytesMax
        self.bodyBytesMax = bodyBytesMax
        self.memoryBytesMax = memoryBytesMax
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
        answering: Answering
    ) {
        // What goes wrong is thrown and told; what the library says beside it is noise.
        var quiet = logger
        quiet.logLevel = .critical
        server = HummingbirdCore.Server(
            childChannelSetup: ConnectionSetup(tls: tls, limits: limits, answering),
            configuration: ServerConfiguration(
                address: address,
                backlog: 1_024,
                availableConnectionsDelegate: .maximum(limits.connectionsMax, logger: logger)
            ),
            onServerRunning: { await onRunning($0.localAddress?.port) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: quiet
        )
    }

    /// Returns once it has drained after graceful shutdown.
    public func run() async throws {
        try await server.run()
    }
}

/// Sets a connection up: its limits, TLS where there is a context, and HTTP/1.1.
private struct ConnectionSetup: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    private let tls: TLSContext?
    private let limits: ConnectionLimits
    private let answering: Answering
    private let sources: SourceCounts
    private let dates = DateHeader()

    init(tls: TLSContext?, limits: ConnectionLimits, _ answering: Answering) {
        self.tls = tls
        self.limits = limits
        self.answering = answering
        sources = SourceCounts(most: limits.connectionsPerSourceMax)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let source = Connection.source(of: channel.remoteAddress)
        let place = source.map(sources.take) ?? .granted
        guard place != .refused else {
            logger.info("connection refused", metadata: ["error.kind": "connectionsPerSourceMax"])
            return channel.close().flatMapThrowing { throw ChannelError.connectTimeout(.zero) }
        }
        if let source { channel.closeFuture.whenComplete { [sources] _ in sources.give(source) } }
        return channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.current)) }
            let (request, idle) =
                place == .granted
                ? (TimeAmount(limits.request), TimeAmount(limits.idle)) : (SourceCounts.told, SourceCounts.told)
            try pipeline.addHandler(Deadline(request: request, idle: idle, dates: dates))
            // The decoder's limits stand beyond ours, so that what is a little too long still gets a TAXII error.
            var decoding = NIOHTTPDecoderLimitConfiguration()
            decoding.maxHeaderFieldSize = 4 * (limits.headerBytesMax + limits.urlBytesMax)
            decoding.maxHeaderListSize = decoding.maxHeaderFieldSize
            let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoding)
            try pipeline.addHandler(ByteToMessageHandler(decoder))
            let connection = Connection(channel, isEncrypted: tls != nil)
            let answering = place == .granted ? answering : Self.refusing
            try pipeline.addHandler(RequestHandler(connection, dates: dates, answering))
            return Value(channel: channel)
        }
    }

    /// The one answer of a connection that its source has one too many of.
    private static let refusing = Answering(later: { _, _, _ in
        var fault = HTTPFault(
            .tooManyRequests,
            "Too many connections",
            "Your address has connections_per_source_max of them open. Keep some and use them again."
        )
        fault.headers.add(name: "Retry-After", value: "2")
        fault.endsConnection = true
        return fault.response(MediaType.taxii)
    })

    /// A connection lasts until it is closed; its handlers do the rest.
    func handle(value: Value, logger: Logger) async {
        try? await value.channel.closeFuture.get()
    }
}

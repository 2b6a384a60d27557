import NIOCore
import NIOHTTP1

/// Answers one request.
typealias Responding = @Sendable (Request, Connection) async -> Response

/// The last handler of a connection: has each request answered and writes the answer.
///
/// `HTTPServerPipelineHandler` before it hands over the next request when the one before is answered.
final class RequestHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPServerResponsePart

    /// How long a client that still sends has to read the answer that ends the connection.
    private static let lingering = TimeAmount.seconds(2)

    private let connection: Connection
    private let dates: DateHeader
    private let answer: Responding
    private var context: ChannelHandlerContext?
    private var body = IncomingBody(declared: nil)
    private var isAnswering = false
    private var isReadHeld = false
    private var isLast = false

    init(_ connection: Connection, dates: DateHeader, answer: @escaping Responding) {
        self.connection = connection
        self.dates = dates
        self.answer = answer
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLast || isAnswering else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): start(head, context)
        case .body(var part): body.take(&part)
        case .end:
            body.end()
            if !isAnswering { context.triggerUserOutboundEvent(Leftover.ends, promise: nil) }
        }
    }

    /// Lets a body wait in the network until somebody wants it.
    func read(context: ChannelHandlerContext) {
        isReadHeld = isAnswering && !body.isAwaited && !body.isWhole
        if !isReadHeld { context.read() }
    }

    private func start(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let length = head.headers.first(name: "Content-Length").flatMap(Int.init)
        let hasBody = length.map { $0 > 0 } ?? head.headers.contains(name: "Transfer-Encoding")
        body = IncomingBody(declared: length)
        isAnswering = true
        isLast = !head.isKeepAlive
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        if hasBody, head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
            // RFC 9110 §10.1.1: the client waits for it.
            let proceed = HTTPResponseHead(version: head.version, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(proceed)), promise: nil)
        }
        let request = Request(head, body: RequestBody(source: hasBody ? here : nil, declared: length))
        Task.immediate(executorPreference: connection) { [answer, connection] in
            let response = await answer(request, connection)
            here.value.finish(response, to: head)
        }
    }

    func readBody(upTo bytesMax: Int) -> EventLoopFuture<ByteBuffer> {
        guard let context else { return connection.loop.makeFailedFuture(ChannelError.alreadyClosed) }
        let whole = body.read(upTo: bytesMax, on: context.eventLoop)
        resumeReading(context)
        return whole
    }

    private func resumeReading(_ context: ChannelHandlerContext) {
        guard isReadHeld else { return }
        isReadHeld = false
        context.read()
    }

    private func finish(_ response: Response, to request: HTTPRequestHead) {
        guard let context, context.channel.isActive else { return }
        isAnswering = false
        isLast = isLast || response.endsConnection
        var head = HTTPResponseHead(version: request.version, status: response.status, headers: response.headers)
        head.headers.add(name: "Content-Length", value: String(response.body.readableBytes))
        head.headers.add(name: "Date", value: dates.text)
        if isLast {
            head.headers.add(name: "Connection", value: "close")
        } else if request.version == .http1_0 {
            head.headers.add(name: "Connection", value: "keep-alive")
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD, response.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(response.body))), promise: nil)
        }
        let lease = response.lease
        let written = isLast || lease != nil ? context.eventLoop.makePromise(of: Void.self) : nil
        written?.futureResult.whenComplete { _ in withExtendedLifetime(lease) {} }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        body.discard()
        if !body.isWhole { context.triggerUserOutboundEvent(Leftover.begins, promise: nil) }
        resumeReading(context)
        if isLast, let written { close(context, after: written.futureResult) }
    }

    /// Closes when the answer is written; when the client still sends, gives it time to read first.
    private func close(_ context: ChannelHandlerContext, after written: EventLoopFuture<Void>) {
        let channel = context.channel
        if body.isWhole {
            written.whenComplete { _ in channel.close(promise: nil) }
        } else {
            context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
        isLast = true
        if !isAnswering || !body.isWhole { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        body.fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

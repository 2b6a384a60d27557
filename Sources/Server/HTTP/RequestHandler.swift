import NIOCore
import NIOHTTP1
import Node

/// How requests are answered.
struct Answering: Sendable {
    /// What can be said of a request without waiting.
    enum Prompt {
        case done(Response)
        /// Nothing yet; perhaps who calls.
        case later(Session?)
    }

    /// Tried first, on the connection's own thread.
    var now: @Sendable (Request, Connection) -> Prompt = { _, _ in .later(nil) }
    /// Answers what `now` did not.
    let later: @Sendable (Request, Connection, Session?) async -> Response
}

/// The last handler of a connection, behind NIO's decoder: has one request after another answered, and writes the
/// answers.
///
/// It does for itself what NIO's handlers for pipelining, encoding, validation and errors would do: every poll would
/// pay for each of them, and the heads that are written here are made of our own words and checked values alone.
final class RequestHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// How long a client that still sends has to read the answer that ends the connection.
    private static let lingering = TimeAmount.seconds(2)
    /// A larger body is not copied behind its head.
    private static let copiedBytesMax = 16_384

    private let connection: Connection
    private let dates: DateHeader
    private let answering: Answering
    private var context: ChannelHandlerContext?
    private var body = IncomingBody(declared: nil)
    private var hasBody = false
    private var isAnswering = false
    private var isReadHeld = false
    private var isDelivering = false
    private var isLast = false
    /// An answer without end that is under way.
    private var streaming: Task<Void, Never>?
    /// Parts of requests that came before the one under way was answered.
    private var waiting = CircularBuffer<HTTPServerRequestPart>()

    init(_ connection: Connection, dates: DateHeader, _ answering: Answering) {
        self.connection = connection
        self.dates = dates
        self.answering = answering
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        // The parts of one read are bounded, and there is no other before this request is answered.
        if isAnswering, body.isWhole { return waiting.append(part) }
        take(part, context)
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        guard !isLast || isAnswering else { return }
        switch part {
        case .head(let head): start(head, context)
        case .body(var part): body.take(&part)
        case .end:
            body.end()
            if !isAnswering, hasBody { context.triggerUserOutboundEvent(Leftover.ends, promise: nil) }
        }
    }

    /// Lets a body wait in the network until somebody wants it, and further requests until their turn.
    func read(context: ChannelHandlerContext) {
        isReadHeld = isAnswering && (body.isWhole ? !waiting.isEmpty : !body.isAwaited)
        if !isReadHeld { context.read() }
    }

    private func start(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let length = head.headers.first(name: "Content-Length").flatMap(Int.init)
        hasBody = length.map { $0 > 0 } ?? head.headers.contains(name: "Transfer-Encoding")
        body = IncomingBody(declared: length)
        isAnswering = true
        isLast = !head.isKeepAlive
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        if hasBody, head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
            // RFC 9110 §10.1.1: the client waits for it.
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
        let request = Request(head, body: RequestBody(source: hasBody ? here : nil, declared: length))
        switch answering.now(request, connection) {
        case .done(let response): finish(response, to: head)
        case .later(let session):
            Task.immediate(executorPreference: connection) { [answering, connection] in
                let response = await answering.later(request, connection, session)
                here.value.finish(response, to: head)
            }
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
        if let stream = response.stream, request.method != .HEAD {
            return begin(stream, response, request, context)
        }
        isAnswering = false
        isLast = isLast || response.endsConnection
        let lease = response.lease
        let written = isLast || lease != nil ? context.eventLoop.makePromise(of: Void.self) : nil
        written?.futureResult.whenComplete { _ in withExtendedLifetime(lease) {} }
        let connection = isLast ? "close" : request.version == .http1_0 ? "keep-alive" : nil
        var head = response.head(date: dates.text, connection: connection, spare: Self.copiedBytesMax)
        if request.method == .HEAD || response.body.readableBytes <= Self.copiedBytesMax {
            if request.method != .HEAD { head.writeImmutableBuffer(response.body) }
            context.writeAndFlush(wrapOutboundOut(head), promise: written)
        } else {
            context.write(wrapOutboundOut(head), promise: nil)
            context.writeAndFlush(wrapOutboundOut(response.body), promise: written)
        }
        body.discard()
        if !body.isWhole, hasBody { context.triggerUserOutboundEvent(Leftover.begins, promise: nil) }
        deliver(context)
        resumeReading(context)
        if isLast, !isAnswering, let written { close(context, after: written.futureResult) }
    }

    /// Writes an answer without a length (RFC 9112 §7.1), as the last on its connection.
    private func begin(
        _ stream: @escaping @Sendable (@escaping @Sendable (ByteBuffer) async throws -> Void) async throws -> Void,
        _ response: Response,
        _ request: HTTPRequestHead,
        _ context: ChannelHandlerContext
    ) {
        isLast = true
        context.writeAndFlush(
            wrapOutboundOut(response.head(date: dates.text, connection: "close", spare: 0)),
            promise: nil
        )
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        streaming = Task.immediate(executorPreference: connection) {
            do {
                try await stream { part in try await here.value.write(part).get() }
                _ = try await here.value.write(ByteBuffer()).get()
            } catch {
                // The client went away, or the exchange could not go on: it comes again with its last id.
            }
            here.value.context?.close(promise: nil)
        }
    }

    /// One chunk; an empty one is the last.
    private func write(_ part: ByteBuffer) -> EventLoopFuture<Void> {
        guard let context, context.channel.isActive else {
            return connection.loop.makeFailedFuture(ChannelError.alreadyClosed)
        }
        var chunk = ByteBuffer(string: String(part.readableBytes, radix: 16) + "\r\n")
        chunk.writeImmutableBuffer(part)
        chunk.writeStaticString("\r\n")
        let taken = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(chunk), promise: taken)
        let here = NIOLoopBound(context, eventLoop: context.eventLoop)
        return taken.futureResult.map { here.value.triggerUserOutboundEvent(Leftover.taken, promise: nil) }
    }

    /// Takes what waits behind a request that was answered: one after another, not one inside the other.
    private func deliver(_ context: ChannelHandlerContext) {
        guard !isDelivering else { return }
        isDelivering = true
        defer { isDelivering = false }
        while !waiting.isEmpty, !isAnswering || !body.isWhole { take(waiting.removeFirst(), context) }
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
        switch event {
        case ChannelEvent.inputClosed:
            isLast = isLast || waiting.isEmpty
            if !isAnswering || !body.isWhole { context.close(promise: nil) }
        case is ChannelShouldQuiesceEvent:
            // The request under way is answered, those behind it may be sent again elsewhere.
            isLast = true
            waiting.removeAll()
            streaming?.cancel()
            if !isAnswering { context.close(promise: nil) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        body.fail(ChannelError.eof)
        streaming?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError {
            // A request that came whole is answered, whatever comes behind it; what comes behind the last is no fault.
            if isAnswering, body.isWhole { isLast = true }
            if isLast { return }
        }
        if error is HTTPParserError, !isAnswering {
            var response = HTTPFault(.badRequest, "Malformed request", "This is not HTTP/1.1 (RFC 9112).")
                .response(MediaType.taxii)
            var bytes = response.head(date: dates.text, connection: "close", spare: response.body.readableBytes)
            bytes.writeBuffer(&response.body)
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }
        context.close(promise: nil)
    }
}

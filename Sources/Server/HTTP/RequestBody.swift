import NIOCore
import NIOHTTP1

/// The body of a request.
///
/// Nothing of it is taken from the network until it is asked for: a caller who is not let in fills no memory.
struct RequestBody: Sendable {
    /// Where it comes from; nil when the request has none.
    let source: NIOLoopBound<RequestHandler>?
    /// The Content-Length header.
    let declared: Int?

    /// How many bytes it can have, where `limit` is the most that is read of one.
    func bytesMax(_ limit: Int) -> Int {
        guard source != nil else { return 0 }
        return min(max(declared ?? limit, 0), limit)
    }

    /// The whole body; may be asked for once.
    /// - Throws: `HTTPFault` 413 beyond `bytesMax`; `ChannelError` when the connection ends first.
    func read(upTo bytesMax: Int) async throws -> [UInt8] {
        guard let source else { return [] }
        let loop = source.eventLoop
        let whole =
            loop.inEventLoop
            ? source.value.readBody(upTo: bytesMax) : loop.flatSubmit { source.value.readBody(upTo: bytesMax) }
        return Array(try await whole.get().readableBytesView)
    }
}

/// The body that is coming in on a connection.
struct IncomingBody {
    /// How much more than the limit is read and thrown away, so that the client gets to hear of it.
    private static let drainFactor = 8

    private var bytes = ByteBuffer()
    private var count = 0
    private var declared: Int?
    private var bytesMax = Int.max
    private var reader: EventLoopPromise<ByteBuffer>?
    /// Whether all of it is here.
    private(set) var isWhole = false
    /// Whether somebody wants it, or nobody will any more.
    private(set) var isAwaited = false

    /// - Parameter declared: the Content-Length header.
    init(declared: Int?) {
        self.declared = declared
    }

    mutating func read(upTo bytesMax: Int, on loop: any EventLoop) -> EventLoopFuture<ByteBuffer> {
        let promise = loop.makePromise(of: ByteBuffer.self)
        isAwaited = true
        self.bytesMax = bytesMax
        reader = promise
        settle()
        return promise.futureResult
    }

    mutating func take(_ part: inout ByteBuffer) {
        count += part.readableBytes
        if count <= bytesMax { bytes.writeBuffer(&part) }
        settle()
    }

    mutating func end() {
        isWhole = true
        settle()
    }

    /// Nobody will ask for it any more: what still comes is thrown away.
    mutating func discard() {
        isAwaited = true
        bytesMax = 0
        bytes.clear()
    }

    mutating func fail(_ error: any Error) {
        reader?.fail(error)
        reader = nil
    }

    private mutating func settle() {
        guard let reader else { return }
        if max(count, declared ?? 0) / Self.drainFactor > bytesMax {
            self.reader = nil
            reader.fail(Self.tooLarge(bytesMax, endsConnection: true))
        } else if isWhole {
            self.reader = nil
            if count > bytesMax {
                reader.fail(Self.tooLarge(bytesMax, endsConnection: false))
            } else {
                reader.succeed(bytes)
            }
        }
    }

    private static func tooLarge(_ bytesMax: Int, endsConnection: Bool) -> HTTPFault {
        var fault = HTTPFault(
            .payloadTooLarge,
            "Body too large",
            "A body may have at most \(bytesMax) bytes (max_content_length); send several envelopes."
        )
        fault.endsConnection = endsConnection
        return fault
    }
}

import HTTPTypes
import Hummingbird
import NIOCore

extension RequestBody {
    /// How much more than the limit is read and thrown away, so that the client gets to hear of it.
    private static let drainFactor = 8

    /// The whole body.
    /// - Parameter declared: the Content-Length header.
    /// - Throws: `HTTPFault` 413 beyond `bytesMax`.
    func read(upTo bytesMax: Int, declared: String?) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        let length = declared.flatMap(Int.init)
        if let length, length > bytesMax * Self.drainFactor { throw Self.tooLarge(bytesMax, endsConnection: true) }
        bytes.reserveCapacity(Swift.min(length ?? 4_096, bytesMax))
        var count = 0
        for try await part in self {
            count += part.readableBytes
            if count <= bytesMax { bytes.append(contentsOf: part.readableBytesView) }
            if count > bytesMax * Self.drainFactor { throw Self.tooLarge(bytesMax, endsConnection: true) }
        }
        guard count <= bytesMax else { throw Self.tooLarge(bytesMax, endsConnection: false) }
        return bytes
    }

    private static func tooLarge(_ bytesMax: Int, endsConnection: Bool) -> HTTPFault {
        var fault = HTTPFault(
            .contentTooLarge,
            "Body too large",
            "A body may have at most \(bytesMax) bytes (max_content_length); send several envelopes."
        )
        fault.endsConnection = endsConnection
        return fault
    }
}

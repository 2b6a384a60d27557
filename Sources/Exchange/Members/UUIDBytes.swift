public import Foundation

extension UUID {
    /// A UUID of 16 bytes, of which the version and the variant are set as RFC 9562 §4 has them.
    public init(_ bytes: some Sequence<UInt8>, version: UInt8) {
        var bytes = Array(bytes.prefix(16))
        precondition(bytes.count == 16, "a UUID has 16 bytes")
        bytes[6] = bytes[6] & 0x0f | version << 4
        bytes[8] = bytes[8] & 0x3f | 0x80
        self.init(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9],
                bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            )
        )
    }
}

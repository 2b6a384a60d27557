/// Objects shared out to envelopes that the exchange takes, in their order.
struct Envelopes: Equatable {
    /// Which objects go into each envelope.
    private(set) var ranges: [Range<Int>] = []
    /// Objects that no envelope can hold, each larger than the exchange takes.
    private(set) var oversized: [Int] = []

    private static let head = Array(#"{"objects":["#.utf8)
    private static let tail = Array("]}".utf8)
    /// What an envelope is larger than its objects and the commas between them.
    static var frameBytes: Int { head.count + tail.count }

    /// Fills each envelope as far as both limits allow.
    init(sizes: [Int], bytesMax: Int, objectsMax: Int) {
        var start = 0
        var bytes = Self.frameBytes
        for (index, size) in sizes.enumerated() {
            if Self.frameBytes + size > bytesMax {
                oversized.append(index)
                close(start..<index)
                start = index + 1
                bytes = Self.frameBytes
                continue
            }
            let comma = index == start ? 0 : 1
            if bytes + comma + size > bytesMax || index - start == objectsMax {
                close(start..<index)
                start = index
                bytes = Self.frameBytes + size
            } else {
                bytes += comma + size
            }
        }
        close(start..<sizes.count)
    }

    private mutating func close(_ range: Range<Int>) {
        if !range.isEmpty { ranges.append(range) }
    }

    /// The bytes of an envelope.
    static func bytes(_ objects: ArraySlice<[UInt8]>) -> [UInt8] {
        var bytes = head
        bytes.reserveCapacity(frameBytes + objects.reduce(0) { $0 + $1.count + 1 })
        for (position, object) in objects.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += object
        }
        return bytes + tail
    }
}

/// The labels that somebody may see, by their places among all: a bit each.
public struct LabelSet: Hashable, Sendable {
    private var words: [UInt64] = []

    /// None.
    public init() {}

    /// Adds one.
    public mutating func insert(_ place: Int) {
        let word = place >> 6
        if word >= words.count { words += Array(repeating: 0, count: word + 1 - words.count) }
        words[word] |= 1 << UInt64(place & 63)
    }

    /// Whether one is there.
    public func contains(_ place: Int) -> Bool {
        let word = place >> 6
        return word < words.count && words[word] & (1 << UInt64(place & 63)) != 0
    }
}

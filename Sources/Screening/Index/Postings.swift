/// For each key the numbers that bear it, the newest first: one table, and one list of links.
struct Postings: Sendable {
    private var keys: [UInt32]
    private var heads: [UInt32]
    private var count = 0
    private var numbers: [UInt32] = []
    private var nexts: [UInt32] = []

    /// Stands for no link.
    private static let none = UInt32.max

    init() {
        keys = Array(repeating: 0, count: 1 << 10)
        heads = Array(repeating: Self.none, count: 1 << 10)
    }

    /// Bytes that it takes.
    var byteCount: Int { 8 * keys.capacity + 8 * numbers.capacity }

    mutating func add(_ number: UInt32, to key: UInt32) {
        if 4 * (count + 1) > 3 * keys.count { grow() }
        let slot = slot(of: key)
        if heads[slot] == Self.none {
            keys[slot] = key
            count += 1
        }
        numbers.append(number)
        nexts.append(heads[slot])
        heads[slot] = UInt32(numbers.count - 1)
    }

    func forEach(of key: UInt32, _ body: (Int) -> Void) {
        var link = heads[slot(of: key)]
        while link != Self.none {
            body(Int(numbers[Int(link)]))
            link = nexts[Int(link)]
        }
    }

    private func slot(of key: UInt32) -> Int {
        let mask = keys.count - 1
        var slot = Int((key &* 0x9E37_79B1) >> 7) & mask
        while heads[slot] != Self.none, keys[slot] != key { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let (oldKeys, oldHeads) = (keys, heads)
        keys = Array(repeating: 0, count: 2 * oldKeys.count)
        heads = Array(repeating: Self.none, count: 2 * oldKeys.count)
        for (key, head) in zip(oldKeys, oldHeads) where head != Self.none {
            let slot = slot(of: key)
            (keys[slot], heads[slot]) = (key, head)
        }
    }
}

/// For each key the numbers that bear it: nearly all in one array in the order of the keys, the newest in a table.
struct Postings: Sendable {
    private var keys: [UInt32] = []
    private var numbers: [UInt32] = []
    /// Where keys of each of so many first bits begin, and where the last of them ends.
    private var directory: [UInt32] = [0, 0]
    private var shift: UInt32 = 32
    private var fresh = FreshPostings()

    /// Fewer new ones are not worth putting in order.
    private static let freshMin = 4_096
    /// How many keys of the same first bits there are, about.
    private static let bucket = 8

    /// Bytes that it takes.
    var byteCount: Int { 4 * (keys.capacity + numbers.capacity + directory.capacity) + fresh.byteCount }

    mutating func add(_ number: UInt32, to key: UInt32) {
        fresh.add(number, to: key)
        if fresh.count > max(Self.freshMin, keys.count / 4) { settle() }
    }

    /// Appends the numbers that bear a key.
    func append(of key: UInt32, to found: inout [UInt32]) {
        fresh.append(of: key, to: &found)
        let begin = first(of: key)
        var end = begin
        while end < keys.count, keys[end] == key { end += 1 }
        found += numbers[begin..<end]
    }

    /// The first place whose key is not less.
    private func first(of key: UInt32) -> Int {
        let bucket = Int(UInt64(key) >> UInt64(shift))
        var (low, high) = (Int(directory[bucket]), Int(directory[bucket + 1]))
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Puts what is new in its place.
    private mutating func settle() {
        let added = fresh.inOrder
        fresh = FreshPostings()
        var (allKeys, allNumbers): ([UInt32], [UInt32]) = ([], [])
        allKeys.reserveCapacity(keys.count + added.count)
        allNumbers.reserveCapacity(keys.count + added.count)
        var place = 0
        for one in added {
            let key = UInt32(one >> 32)
            let begin = place
            while place < keys.count, keys[place] <= key { place += 1 }
            allKeys += keys[begin..<place]
            allNumbers += numbers[begin..<place]
            allKeys.append(key)
            allNumbers.append(UInt32(truncatingIfNeeded: one))
        }
        allKeys += keys[place...]
        allNumbers += numbers[place...]
        (keys, numbers) = (allKeys, allNumbers)
        let bits = UInt32((keys.count / Self.bucket).bitWidth - (keys.count / Self.bucket).leadingZeroBitCount)
        shift = 32 - bits
        directory = Array(repeating: 0, count: (1 << Int(bits)) + 1)
        for key in keys { directory[Int(UInt64(key) >> UInt64(shift)) + 1] += 1 }
        for bucket in directory.indices.dropFirst() { directory[bucket] += directory[bucket - 1] }
    }
}

/// For each key the numbers that bear it: one table, and one list of links.
private struct FreshPostings: Sendable {
    private var keys: [UInt32] = Array(repeating: 0, count: 1 << 4)
    private var heads: [UInt32] = Array(repeating: Self.none, count: 1 << 4)
    private var keyCount = 0
    private var numbers: [UInt32] = []
    private var nexts: [UInt32] = []

    /// Stands for no link.
    private static let none = UInt32.max

    /// How many numbers there are.
    var count: Int { numbers.count }

    var byteCount: Int { 8 * keys.capacity + 8 * numbers.capacity }

    /// All of them: a key, and behind it the number.
    var inOrder: [UInt64] {
        var all: [UInt64] = []
        all.reserveCapacity(count)
        for (key, head) in zip(keys, heads) {
            var link = head
            while link != Self.none {
                all.append(UInt64(key) << 32 | UInt64(numbers[Int(link)]))
                link = nexts[Int(link)]
            }
        }
        all.sort()
        return all
    }

    mutating func add(_ number: UInt32, to key: UInt32) {
        if 4 * (keyCount + 1) > 3 * keys.count { grow() }
        let slot = slot(of: key)
        if heads[slot] == Self.none {
            keys[slot] = key
            keyCount += 1
        }
        numbers.append(number)
        nexts.append(heads[slot])
        heads[slot] = UInt32(numbers.count - 1)
    }

    func append(of key: UInt32, to found: inout [UInt32]) {
        var link = heads[slot(of: key)]
        while link != Self.none {
            found.append(numbers[Int(link)])
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

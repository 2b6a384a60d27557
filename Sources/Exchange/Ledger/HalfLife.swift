/// What is left after a time of what halves in a fixed time.
///
/// It is counted in whole numbers alone: no machine's floating point has a say in a balance.
public enum HalfLife {
    /// One, as the fixed-point numbers here have it.
    private static let one: UInt64 = 1 << 63

    /// 2^(−1/2), 2^(−1/4), 2^(−1/8) …: each the square root of the one before, rounded down.
    private static let roots: [UInt64] = {
        var roots: [UInt64] = []
        var last = one >> 1
        for _ in 0..<64 {
            last = squareRoot(UInt128(last) << 63)
            roots.append(last)
        }
        return roots
    }()

    /// 2^(−elapsed / half-life) in millionths, to the nearest: the f(d) of a lot that is d days old.
    public static func perMillion(_ elapsed: Int, of halfLife: Int) -> Int64 {
        if halfLife == tableHalfLife, table.indices.contains(elapsed) { return table[elapsed] }
        return scaled(elapsed, of: halfLife, by: 1_000_000, isRounded: true)
    }

    /// The half-life that nearly every lot has, counted once: a close looks at each lot of a pool.
    private static let tableHalfLife = 180
    private static let table = (0..<20 * tableHalfLife).map { age in
        scaled(age, of: tableHalfLife, by: 1_000_000, isRounded: true)
    }

    /// 2^(−elapsed / half-life) in thousandths, rounded down.
    public static func perMille(_ elapsed: Int, of halfLife: Int) -> Int {
        Int(scaled(elapsed, of: halfLife, by: 1_000, isRounded: false))
    }

    private static func scaled(_ elapsed: Int, of halfLife: Int, by scale: UInt128, isRounded: Bool) -> Int64 {
        precondition(halfLife > 0, "what halves in no time is nothing")
        guard elapsed > 0 else { return Int64(scale) }
        let halvings = elapsed / halfLife
        guard halvings < 40 else { return 0 }
        // The part of a halving, as 64 binary digits after the point; each that is set takes one of the roots.
        let part = UInt64(truncatingIfNeeded: (UInt128(elapsed % halfLife) << 64) / UInt128(halfLife))
        var share = one
        for (place, root) in roots.enumerated() where part & (one >> UInt64(place)) != 0 {
            share = UInt64((UInt128(share) * UInt128(root)) >> 63)
        }
        let shift = UInt128(63 + halvings)
        return Int64((UInt128(share) * scale + (isRounded ? 1 << (shift - 1) : 0)) >> shift)
    }

    /// The greatest number whose square is not above another.
    private static func squareRoot(_ square: UInt128) -> UInt64 {
        var root: UInt128 = 0
        for place in stride(from: 63, through: 0, by: -1) {
            let next = root | 1 << UInt128(place)
            if next * next <= square { root = next }
        }
        return UInt64(root)
    }
}

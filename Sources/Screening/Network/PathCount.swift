/// How many shortest paths there are: a number that may be far beyond what a `Double` holds.
///
/// Additions, multiplications and divisions of IEEE 754 in a fixed order: the same on every machine.
struct PathCount {
    /// From 1 on, below 2; the count is this times 2 to the power of the exponent.
    private var significand: Double
    private var exponent: Int

    static let one = PathCount(significand: 1, exponent: 0)

    static func += (sum: inout PathCount, other: PathCount) {
        let (large, small) = sum.exponent >= other.exponent ? (sum, other) : (other, sum)
        let shift = large.exponent - small.exponent
        // What is 2^64 times smaller changes nothing.
        let added = shift > 64 ? 0 : small.significand * Self.fraction(shift)
        sum = PathCount(significand: large.significand + added, exponent: large.exponent)
        while sum.significand >= 2 {
            sum.significand /= 2
            sum.exponent += 1
        }
    }

    /// Its share in a count that is no smaller.
    func share(of all: PathCount) -> Double {
        let shift = all.exponent - exponent
        return shift > 64 ? 0 : significand / all.significand * Self.fraction(shift)
    }

    /// 1 divided by 2 to the power of 0 to 64, which is exact.
    private static func fraction(_ shift: Int) -> Double { Double(bitPattern: UInt64(1_023 - shift) << 52) }
}

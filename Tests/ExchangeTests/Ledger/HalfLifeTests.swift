import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Reciprocity: half-lives")
struct HalfLifeTests {
    @Test("what is left of a lot is 2 to the minus age over half-life, in millionths, to the nearest")
    func millionths() {
        for halfLife in [30, 90, 180, 181, 1_825] {
            for age in 0...4_000 {
                let exact = 1e6 * pow(2, -Double(age) / Double(halfLife))
                let off = abs(exact - exact.rounded(.down) - 0.5)
                // Whole halvings may lie half-way, exactly, and then are rounded up as by any binary machine.
                #expect(off > 1e-7 || age % halfLife == 0, "too near for floating point: \(age) of \(halfLife)")
                #expect(HalfLife.perMillion(age, of: halfLife) == Int64(exact.rounded()), "\(age) of \(halfLife)")
            }
        }
    }

    @Test("it halves to the digit, and never rises")
    func halves() {
        for halvings in 0..<10 { #expect(HalfLife.perMille(48 * halvings, of: 48) == 1_000 >> halvings) }
        let falling = (0...2_000).map { HalfLife.perMillion($0, of: 180) }
        #expect(zip(falling, falling.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(HalfLife.perMillion(180_000, of: 180) == 0)
    }

    @Test("timeliness is rounded down, at any second")
    func timeliness() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<20_000 {
            let seconds = Int64.random(in: 0...2_000_000, using: &random)
            let exact = 1_000 * pow(2, -Double(seconds) / (48 * 3_600))
            guard abs(exact - exact.rounded()) > 1e-9 || seconds % (48 * 3_600) == 0 else { continue }
            let got = Quality.timeliness(
                seen: LedgerSamples.start,
                submitted: LedgerSamples.start.advanced(by: .seconds(seconds)),
                .standard
            )
            #expect(got == Int(exact.rounded(.down)), "after \(seconds) s")
        }
    }
}

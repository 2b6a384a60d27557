import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Federation that settles")
struct FederationWorldTests {
    /// Worlds of each batch; `CAVEAT_WORLDS` makes more of them.
    private static let batch: UInt64 = 250
    private static let worlds = UInt64(ProcessInfo.processInfo.environment["CAVEAT_WORLDS"] ?? "") ?? 2_000
    private static let first = UInt64(ProcessInfo.processInfo.environment["CAVEAT_WORLDS_FROM"] ?? "") ?? 0
    private static let batches = stride(from: first, to: first + worlds, by: Int(batch)).map { start in
        start..<min(start + batch, first + worlds)
    }

    /// What these found: a notice ahead of the copy that it corrects (442, 1290), and a correction that may not be
    /// passed on behind a copy that might (512).
    private static let once: [Range<UInt64>] = [442, 512, 1_290].map { $0..<$0 + 1 }

    @Test("exchanges end with what agreements allow, once, whatever the network does", arguments: once + batches)
    func settles(seeds: Range<UInt64>) throws {
        for seed in seeds {
            var world = try SimWorld(seed: seed)
            try world.run()
            let broken = world.broken()
            #expect(broken.isEmpty, "world \(seed)")
        }
    }

    /// How many worlds are looked at until one notices.
    private static let noticed: UInt64 = 400

    @Test("each rule, where it is broken, is noticed by some world", arguments: BrokenRule.allCases)
    func notices(rule: BrokenRule) throws {
        let seed = try (0..<Self.noticed).first { seed in
            var world = try SimWorld(seed: seed, breaking: rule)
            try world.run()
            return !world.broken().isEmpty
        }
        #expect(seed != nil)
    }

    @Test("worlds have everything in them that goes wrong")
    func troubled() throws {
        var counts: [String: Int] = [:]
        for seed in 0..<UInt64(50) {
            var world = try SimWorld(seed: seed)
            try world.run()
            counts.merge(world.counts) { $0 + $1 }
        }
        let all = [
            "messages", "lost", "doubled", "late", "answers lost", "refused for now", "crashes before a commit",
            "crashes after a commit", "dripped", "given up in the middle", "sent into half-open connections",
        ]
        for what in all { #expect(counts[what, default: 0] > 10, "\(what)") }
    }
}

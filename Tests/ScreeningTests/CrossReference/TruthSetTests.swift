import Foundation
import Screening
import Testing

/// Runs where CAVEAT_TRUTHSET names the folder of Senzing's truth set.
@Suite("The truth set")
struct TruthSetTests {
    @Test("a plain likeness finds most of the true clusters", .enabled(if: truthSetFolder != nil))
    func plain() throws {
        let set = try TruthSet(#require(truthSetFolder))
        let clusters = CrossReferences(set.advisories, by: PlainLikeness()).view { _ in true }.clusters()
        let figures = set.figures(of: clusters)
        print("truth set, plain likeness: \(figures)")
        for fault in set.faults(of: clusters) { print("  \(fault)") }
        #expect(figures.precision > 0.9)
        #expect(figures.recall > 0.6)
    }

    @Test("the scorer finds nearly all of them", .enabled(if: truthSetFolder != nil))
    func scored() throws {
        let set = try TruthSet(#require(truthSetFolder))
        let clusters = CrossReferences(set.advisories, by: ScorerLikeness()).view { _ in true }.clusters()
        let figures = set.figures(of: clusters)
        print("truth set, the scorer: \(figures)")
        for fault in set.faults(of: clusters) { print("  \(fault)") }
        #expect(figures.precision >= 0.95)
        #expect(figures.recall >= 0.9)
    }
}

private let truthSetFolder = ProcessInfo.processInfo.environment["CAVEAT_TRUTHSET"].map { URL(filePath: $0) }

import Exchange
import Foundation

/// Names, ids and instants of the ledger's tests.
enum LedgerSamples {
    /// Day 0 of every pool here.
    static let start = Timestamp(microseconds: 1_780_000_000_000_000)

    static func name(_ text: String) -> Name {
        guard let name = Name(text) else { preconditionFailure("\(text) is no name") }
        return name
    }

    /// Terms from the first epoch on; no version where they are the defaults.
    static func history(_ terms: ReciprocityTerms) -> TermsHistory {
        guard terms != .standard else { return .standard }
        return TermsHistory([TermsVersion(number: 1, epoch: 1, proposed: start, terms)])
    }

    static func id<Kind>(_ number: UInt64) -> ID<Kind> { ID(UUID(0, number, version: 8)) }
}

extension LedgerSamples {
    /// Two who found bad faith.
    static let panel: PanelDecision = {
        do {
            return try PanelDecision(
                ["ann", "ben"].map { PanelDecision.Vote(by: name($0), of: name("jury"), because: "it was made up") },
                about: []
            )
        } catch {
            preconditionFailure("\(error)")
        }
    }()
}

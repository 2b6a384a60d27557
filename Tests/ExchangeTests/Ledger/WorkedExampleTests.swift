import Exchange
import Foundation
import Testing

/// RECIPROCITY's worked example: a forwarder, a bank and customs over 130 days.
@Suite("Reciprocity: the worked example")
struct WorkedExampleTests {
    private let terms = ReciprocityTerms.standard
    private let example = WorkedExample()

    @Test("qualities come out to the digit")
    func qualities() {
        let scores = [example.tip, example.confirmed, example.bank, example.second, example.answer].map {
            $0.score(terms)
        }
        #expect(scores == [787, 987, 862, 647, 895])
        #expect(example.tip.timeliness == 917)
    }

    @Test("what is posted comes out to the digit")
    func postings() throws {
        let world = try example.run()
        let lots = world.forwarder.lots.map { "\($0.epoch) \($0.claim.key.event.rawValue) \($0.amount.text)" }
        #expect(
            lots == ["1 accepted 7.870", "1 corroborated 14.805", "2 seizure 43.428", "2 accepted 7.117"]
                + Array(repeating: "3 answer 5.907", count: 4) + Array(repeating: "3 feedback 2.200", count: 9)
        )
        #expect(world.bank.lots.map(\.amount.text) == ["6.896"])
        #expect(world.forwarder.issues.map(\.count) == [2])
    }

    @Test("standing, share and tier come out to the digit")
    func standings() throws {
        let days = try example.run().days.map { "\($0.day) \($0.standing.text) \(ThousandthText($0.share)) \($0.tier)" }
        #expect(
            days == [
                "30 12.107 0.101 T1", "60 70.745 0.590 T1", "90 106.453 0.887 T2", "130 91.245 0.760 T2",
                "130 85.810 0.715 T2",
            ]
        )
    }

    @Test("the books come out to the digit")
    func books() throws {
        let book = try example.run().book
        let balances = [
            .issuance, .earned(WorkedExample.forwarder), .earned(WorkedExample.bank), .decay, .clawback,
        ].map { (account: CreditAccount) in Amount<MilliCredit>(book[account].posted).text }
        #expect(balances == ["-123.544", "85.810", "4.692", "27.607", "5.435"])
        #expect(book.sum == 0)
    }
}

/// Thousandths for people to read.
private struct ThousandthText: CustomStringConvertible {
    let description: String

    init(_ count: Int) {
        description = Amount<MilliCredit>(Int64(count)).text
    }
}

import Exchange
import TestSupport
import Testing

@Suite("Reciprocity: double entry")
struct LedgerBookTests {
    private static let a = LedgerSamples.name("a")
    private static let b = LedgerSamples.name("b")
    private let owes = LineAccount(of: a, towards: b)
    private let owed = LineAccount(of: b, towards: a)

    private func entry(
        _ key: String,
        _ count: Int64,
        _ step: LedgerEntry<LineAccount>.Step = .posted
    ) -> LedgerEntry<LineAccount> {
        LedgerEntry(EntryKey(key), .asked, item: nil, debit: owes, credit: owed, Amount(count), step, day: 0)
    }

    @Test("a pending entry is posted or voided once, and a replay changes nothing")
    func settles() throws {
        var book = LedgerBook<LineAccount>(.standard)
        try book.post(entry("1", 8, .pending))
        #expect(book[owes] == LedgerBalance(leaving: 8))
        #expect(try !book.post(entry("1", 8, .pending)))
        try book.post(entry("2", 8, .posts(EntryKey("1"))))
        #expect(book[owes] == LedgerBalance(posted: -8))
        #expect(book[owed] == LedgerBalance(posted: 8))
        #expect(try !book.post(entry("2", 8, .posts(EntryKey("1")))))
        try book.post(entry("3", 3, .pending))
        try book.post(entry("4", 3, .voids(EntryKey("3"))))
        #expect(book[owes] == LedgerBalance(posted: -8))
        #expect(book.sum == 0)
    }

    @Test("each reason for a refusal has its code, and leaves the book alone")
    func refuses() throws {
        var book = LedgerBook<LineAccount>(.standard)
        try book.post(entry("1", 8, .pending))
        try book.post(entry("2", 8, .posts(EntryKey("1"))))
        try book.post(entry("3", 12, .pending))
        let same = LedgerEntry(
            EntryKey("9"),
            .asked,
            item: nil,
            debit: owes,
            credit: owes,
            Amount<RequestUnit>(1),
            day: 0
        )
        let cases: [(EntryRefusal, LedgerEntry<LineAccount>)] = [
            (.amount, entry("9", 0)), (.amount, entry("9", -1)), (.sameAccount, same), (.keyTaken, entry("1", 7)),
            (.notPending, entry("9", 8, .posts(EntryKey("8")))), (.notPending, entry("9", 8, .posts(EntryKey("2")))),
            (.settled, entry("9", 8, .voids(EntryKey("1")))), (.otherTransfer, entry("9", 7, .posts(EntryKey("3")))),
            (.below, entry("9", 1)),
        ]
        let before = book.balances
        for (refusal, entry) in cases {
            #expect(throws: refusal) { try book.post(entry) }
            #expect(book.balances == before)
        }
        var narrow = LedgerBook<LineAccount>(.standard, balances: [owed: LedgerBalance(posted: 20)])
        #expect(throws: EntryRefusal.beyond) { try narrow.post(entry("1", 1)) }
        #expect(Set(cases.map(\.0)).union([.beyond]) == Set(EntryRefusal.allCases))
    }

    @Test("debits are credits at every prefix, whatever is posted", arguments: UInt64(0)..<50)
    func balances(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var book = LedgerBook<LineAccount>(.standard)
        let names = ["a", "b", "c", "d"].map(LedgerSamples.name)
        for _ in 0..<200 {
            let ends = names.shuffled(using: &random).prefix(2)
            let step: LedgerEntry<LineAccount>.Step =
                switch Int.random(in: 0..<4, using: &random) {
                case 0: .posted
                case 1: .pending
                case 2: .posts(EntryKey("\(Int.random(in: 0..<100, using: &random))"))
                default: .voids(EntryKey("\(Int.random(in: 0..<100, using: &random))"))
                }
            let entry = LedgerEntry(
                EntryKey("\(Int.random(in: 0..<100, using: &random))"),
                .asked,
                item: nil,
                debit: LineAccount(of: ends[0], towards: ends[1]),
                credit: LineAccount(of: ends[1], towards: ends[0]),
                Amount<RequestUnit>(Int64.random(in: -1...9, using: &random)),
                step,
                day: 0
            )
            let before = book.balances
            do throws(EntryRefusal) {
                try book.post(entry)
            } catch {
                #expect(book.balances == before, "a refusal changed something: \(error)")
            }
            #expect(book.sum == 0)
            #expect(book.balances.values.reduce(0) { $0 + $1.leaving - $1.coming } == 0)
            #expect(book.balances.values.allSatisfy { abs($0.posted) <= 20 })
        }
    }
}

import Exchange
import TestSupport
import Testing

@Suite("Reciprocity: request lines")
struct RequestLineTests {
    private static let terms = ReciprocityTerms.standard
    private static let names = ["a", "b", "c", "d", "e", "f"].map(LedgerSamples.name)

    @Test("a request holds the line until it is answered, and is free again when it is not")
    func holds() throws {
        var book = LedgerBook<LineAccount>(Self.terms)
        let owes = LineAccount(of: Self.names[0], towards: Self.names[1])
        func request(_ item: UInt64) throws -> LineRequest {
            try #require(LineRequest(LedgerSamples.id(item), by: Self.names[0], of: Self.names[1], .deep))
        }
        let first = try request(1).asked(on: 0, Self.terms)
        let second = try request(2).asked(on: 0, Self.terms)
        let third = try request(3).asked(on: 0, Self.terms)
        try book.post(first)
        try book.post(second)
        try book.post(request(1).answered(first, on: 1))
        #expect(book[owes] == LedgerBalance(posted: -8, leaving: 8))
        #expect(throws: EntryRefusal.below) { try book.post(third) }
        try book.post(request(2).lapsed(second, on: 2))
        #expect(book[owes] == LedgerBalance(posted: -8))
        try book.post(third)
        #expect(throws: EntryRefusal.settled) { try book.post(request(1).lapsed(first, on: 3)) }
    }

    @Test("I14: netting keeps every net position, ends all circles and raises nothing", arguments: UInt64(0)..<1_000)
    func netting(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var book = LedgerBook<LineAccount>(Self.terms)
        for item in UInt64(0)..<40 {
            let ends = Self.names.shuffled(using: &random)
            let weight = RequestWeight.allCases[Int.random(in: 0..<3, using: &random)]
            guard let request = LineRequest(LedgerSamples.id(item), by: ends[0], of: ends[1], weight) else { continue }
            let entry = request.asked(on: 0, Self.terms)
            guard (try? book.post(entry)) != nil, Int.random(in: 0..<4, using: &random) > 0 else { continue }
            try book.post(request.answered(entry, on: 1))
        }
        let before = book.balances
        let epoch = Epoch(first: Self.terms)
        let entries = LineNetting.entries(before, at: epoch, Self.terms)
        #expect(Set(entries.map(\.debit)).count == entries.count)
        for entry in entries { try book.post(entry) }
        func net(_ balances: [LineAccount: LedgerBalance], _ name: Name) -> Int64 {
            balances.filter { $0.key.group == name }.reduce(0) { $0 + $1.value.posted }
        }
        for name in Self.names { #expect(net(before, name) == net(book.balances, name)) }
        for (account, balance) in before {
            #expect(abs(book[account].posted) <= abs(balance.posted))
            #expect(book[account].posted * balance.posted >= 0)
        }
        let again = LineNetting.entries(book.balances, at: epoch.next(Self.terms), Self.terms)
        #expect(again.isEmpty)
    }

    @Test("what is owed on reports is owed, overdue or discharged, and the books say which", arguments: UInt64(0)..<200)
    func feedback(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var book = LedgerBook<DebtAccount>(Self.terms)
        let all = (0..<UInt64(10)).map { item in
            let submitted = Int.random(in: 0...200, using: &random)
            return OwedFeedback(
                LedgerSamples.id(item),
                of: Self.names[0],
                to: Self.names[1],
                submitted: submitted,
                answered: Bool.random(using: &random) ? submitted + Int.random(in: 0...150, using: &random) : nil,
                Self.terms
            )
        }
        for day in stride(from: 0, through: 400, by: Int.random(in: 1...40, using: &random)) {
            for entry in all.flatMap({ $0.entries(to: day) }) { try book.post(entry) }
            for part in [DebtAccount.Part.owed, .overdue, .discharged] {
                let count = all.filter { $0.submitted <= day && $0.state(on: day).part == part }.count
                #expect(book[DebtAccount(Self.names[0], part)].posted == Int64(count), "\(part) on day \(day)")
            }
        }
        let late = OwedFeedback(
            LedgerSamples.id(1),
            of: Self.names[0],
            to: Self.names[1],
            submitted: 0,
            answered: nil,
            Self.terms
        )
        #expect(late.state(on: 89) == .owed(due: 90))
        #expect(late.state(on: 90) == .overdue(since: 90))
    }
}

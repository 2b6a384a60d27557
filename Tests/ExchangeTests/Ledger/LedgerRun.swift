import Exchange
import TestSupport

/// A world's days, one after the other: epochs are closed, and items taken back.
struct LedgerRun {
    /// What goes wrong on the way, and must not matter.
    struct Trouble {
        var random: SplitMix64
        /// Chance of each change to be made twice, of a crash amid its entries, and of decay booked on a day.
        let chance: Double

        static func none() -> Trouble { Trouble(random: SplitMix64(seed: 0), chance: 0) }
        static func much(_ seed: UInt64) -> Trouble { Trouble(random: SplitMix64(seed: seed), chance: 0.3) }
    }

    private(set) var accounts: [Name: GroupAccount] = [:]
    private(set) var book: LedgerBook<CreditAccount>
    private(set) var closes: [Name: [Close]] = [:]
    /// What each group's statements tell by items.
    private(set) var lines: [Name: [Lot]] = [:]
    /// Whether any line of a statement, of whatever kind, was of something hidden.
    private(set) var tellsHidden = false
    /// What did not hold on the way, in words.
    private(set) var faults: [String] = []
    private let history: TermsHistory
    /// Whether statements are written, too.
    private let isTold: Bool
    private var trouble: Trouble

    /// What a close left.
    struct Close: Hashable {
        let day: Int
        let standing: Amount<MilliCredit>
        let tier: Tier
        let statement: [UInt8]
    }

    init(
        _ world: LedgerWorld,
        to end: Int? = nil,
        _ terms: ReciprocityTerms = .standard,
        _ trouble: Trouble = .none(),
        isTold: Bool = false
    ) {
        self.init(world, to: end, under: LedgerSamples.history(terms), trouble, isTold: isTold)
    }

    init(
        _ world: LedgerWorld,
        to end: Int? = nil,
        under history: TermsHistory,
        _ trouble: Trouble = .none(),
        isTold: Bool = false
    ) {
        let terms = history[epoch: 1]
        self.isTold = isTold
        self.history = history
        self.trouble = trouble
        book = LedgerBook(terms)
        for group in world.groups {
            accounts[group.name] = GroupAccount(group.name, joined: group.joined, size: group.size)
        }
        var epoch = Epoch(first: terms)
        var backs = world.clawBacks.sorted { ($0.day, $0.item) < ($1.day, $1.item) }[...]
        let last = end ?? world.days
        for day in 0...last {
            if day == epoch.closes {
                close(epoch, world)
                epoch = epoch.next(terms)
            }
            while let back = backs.first, back.day == day {
                backs.removeFirst()
                for name in accounts.keys.sorted() {
                    let known = world.claims.filter { $0.day <= day }
                    change(name) { $0.clawBack(back, waiting: known, history[day: day]) }
                }
            }
            if chance() { carry(to: day) }
        }
        carry(to: last)
    }

    private mutating func chance() -> Bool {
        trouble.chance > 0 && Double.random(in: 0..<1, using: &trouble.random) < trouble.chance
    }

    private mutating func carry(to day: Int) {
        for name in accounts.keys.sorted() { change(name) { $0.carry(to: day) } }
    }

    private mutating func close(_ epoch: Epoch, _ world: LedgerWorld) {
        for name in accounts.keys.sorted() {
            var known = world.claims.filter { $0.day < epoch.closes }
            if chance() { known.shuffle(using: &trouble.random) }
            let before = book
            let entries = change(name) { [history] in $0.close(epoch, known, history) }
            guard let account = accounts[name] else { continue }
            let statement = GroupStatement(
                pool: LedgerSamples.name("pool"),
                account,
                GroupStatement.Period(from: epoch, to: epoch, in: PoolDays(start: Timestamp(nanoseconds: 0))),
                opening: GroupStatement.Balance(
                    earned: Amount(before[.earned(name)].posted),
                    penalty: Amount(-before[.penalty(name)].posted)
                ),
                entries: entries,
                reasons: [:],
                owed: [],
                entitlements: [],
                requests: [:],
                history
            )
            if statement.closing.earned.count != book[.earned(name)].posted
                || statement.closing.penalty.count != -book[.penalty(name)].posted
            {
                faults.append("the statement of \(name) does not close with the book on day \(epoch.closes)")
            }
            tellsHidden = tellsHidden || statement.lines.contains { $0.lot.claim.wasHidden }
            lines[name, default: []] += statement.lines.filter { $0.kind == .posted }.map(\.lot)
            closes[name, default: []].append(
                Close(
                    day: epoch.closes,
                    standing: account.standing(on: epoch.closes, history[epoch: epoch.number]).total,
                    tier: account.tier.tier,
                    statement: isTold
                        ? statement.json + Array(statement.text.utf8) + Array(statement.csv.utf8) : []
                )
            )
        }
    }

    /// Makes a change as a transaction would, with crashes in it and again after it.
    @discardableResult
    private mutating func change(
        _ name: Name,
        _ body: (inout GroupAccount) -> [LedgerEntry<CreditAccount>]
    ) -> [LedgerEntry<CreditAccount>] {
        guard let before = accounts[name] else { return [] }
        var after = before
        let entries = body(&after)
        if chance() {
            // A store without transactions would have written some of them; then all of it happens again.
            post(entries.prefix(Int.random(in: 0...entries.count, using: &trouble.random)))
            after = before
            if body(&after) != entries { faults.append("the same change to \(name) gave other entries") }
        }
        accounts[name] = after
        post(entries[...])
        if chance(), !body(&after).isEmpty || after != accounts[name] { faults.append("\(name) changed twice") }
        return entries
    }

    private mutating func post(_ entries: ArraySlice<LedgerEntry<CreditAccount>>) {
        for entry in entries {
            do throws(EntryRefusal) {
                try book.post(entry)
            } catch {
                faults.append("\(entry.key): \(error)")
            }
            if book.sum != 0 { faults.append("\(entry.key): debits are not credits") }
        }
    }
}

import TestSupport
import Testing

@testable import Exchange

/// What tiers are made of at closes, and what they say of takers: seeded worlds.
@Suite("Tiers and quotas")
struct TierTests {
    private static let terms = ReciprocityTerms.standard

    @Test("who gives nothing has the tier that an account in which nothing is would have", arguments: UInt64(0)..<200)
    func idle(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let joined = Int.random(in: -400...200, using: &random)
        var account = GroupAccount(Samples.name("swift"), joined: joined, size: .allCases[Int(seed % 3)])
        var epoch = Epoch(first: Self.terms)
        for count in 0...Int.random(in: 0...12, using: &random) {
            #expect(TierState.idle(after: count, joined: joined, .standard).tier == account.tier.tier)
            _ = account.close(epoch, entered: [], .standard)
            epoch = epoch.next(Self.terms)
        }
    }

    @Test("a tier moves by one step a close, falls after two low ones, and never in the first 90 days")
    func steps() {
        for seed in UInt64(0)..<2_000 {
            var random = SplitMix64(seed: seed)
            var state = TierState.new
            for close in 1...12 {
                let standing = Amount<MilliCredit>(Int64.random(in: -50_000...900_000, using: &random))
                let size = SizeClass.allCases[Int.random(in: 0...2, using: &random)]
                let reliability = Int.random(in: 0...1_000, using: &random)
                let next = state.next(
                    standing: standing,
                    size: size,
                    reliability: reliability,
                    age: close * 30,
                    Self.terms
                )
                #expect(abs(next.tier.rawValue - state.tier.rawValue) <= 1)
                if next.tier < state.tier { #expect(close * 30 >= 90 && state.low == 1) }
                // A smaller class never has less of the same.
                let small = state.next(
                    standing: standing,
                    size: .small,
                    reliability: reliability,
                    age: close * 30,
                    Self.terms
                )
                #expect(small.tier >= next.tier)
                state = next
            }
        }
    }

    @Test("what is exempt is so by what it is, whatever the ledgers say")
    func exempt() throws {
        let bank = Samples.member(1), customs = Samples.member(2, .customs)
        #expect(Timing(screening: [.officialList, .officialList], by: .bank) == .exempt(Exempt(.officialList)))
        #expect(Timing(screening: [.officialList, .sharing], by: .bank) == .discretionary(Discretionary()))
        for kind in MemberKind.allCases {
            let isExempt = Timing(screening: [.sharing], by: kind) != .discretionary(Discretionary())
            #expect(isExempt == kind.isAuthority)
        }
        var terms = Label.Terms(
            ID(Samples.uuid(1)),
            originator: customs.id,
            origin: GatewayParty(customs),
            .full,
            of: [.full, .tearline]
        )
        func timing(_ member: Member) -> Timing {
            Timing(
                Label(pool: ID(Samples.uuid(2)), marking: .green, scope: nil, terms: terms, passage: nil, cohort: 0),
                in: .sharing,
                to: member
            )
        }
        #expect(timing(bank) == .discretionary(Discretionary()))
        terms.isDisputed = true
        #expect(timing(bank) == .exempt(Exempt(.dispute)))
        terms.affected = try AffectedPopulation(kinds: [.carrier])
        #expect(timing(bank) == .exempt(Exempt(.safety)))
        terms.rendition = .stub
        #expect(timing(bank) == .exempt(Exempt(.recall)))
        terms = Label.Terms(
            ID(Samples.uuid(1)),
            originator: bank.id,
            origin: GatewayParty(bank),
            .full,
            of: [.full]
        )
        #expect(timing(bank) == .exempt(Exempt(.ownExposure)))
    }

    @Test("the best of a group's tiers counts, and no ledger that tells of nobody takes any away")
    func best() {
        let name = Samples.name("anchor")
        let now = Timestamp(microseconds: 1_800_000_000_000_000)
        let long = now.advanced(by: .seconds(-400 * 86_400))
        let days = PoolDays(start: now)
        #expect(TierTable().tier(of: name, joined: long) == .basic)
        let idle = TierTable.Ledger(days: days, closes: 2, .standard)
        let rich = TierTable.Ledger(days: days, closes: 2, .standard, tiers: [name: .anchor])
        #expect(TierTable([idle]).tier(of: name, joined: long) == .restricted)
        #expect(TierTable([idle]).tier(of: name, joined: now) == .basic)
        #expect(TierTable([idle, rich, idle]).tier(of: name, joined: long) == .anchor)
        #expect(TierTable([rich]).tier(of: Samples.name("swift"), joined: long) == .restricted)
    }

    @Test("an overview tells nothing that follows from few groups", arguments: UInt64(0)..<500)
    func suppressed(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let most = [3, 8, 40][Int(seed % 3)]
        let counts = Tier.allCases.map { _ in Int.random(in: 0...most, using: &random) }
        let groups = zip(Tier.allCases, counts).flatMap { tier, count in
            (0..<count).map { _ in
                (tier: tier, standing: Amount<MilliCredit>(Int64.random(in: 0...90_000, using: &random)))
            }
        }
        let told = ToldOverview(ReciprocityOverview(groups, [:]))
        let least = ToldOverview.groupsMin
        #expect((told.groups == nil) == (groups.count < least))
        for (count, shown) in zip(counts, told.tiers) where shown != nil {
            #expect(shown == count && (count == 0 || count >= least))
        }
        // What is left out is never the sum less what is told.
        let hidden = told.tiers.count { $0 == nil }
        #expect(hidden != 1)
        #expect((told.restrictedShare == nil) == (told.tiers[0] == nil))
        #expect(told.quarters == nil || groups.count >= 4 * least)
        let one = [LineAccount(of: Samples.name("a"), towards: Samples.name("b")): LedgerBalance(posted: -3)]
        #expect(ToldOverview(ReciprocityOverview(groups, one)).owed == nil)
    }

    @Test(
        "an overview tells nothing of the few that have anything",
        arguments: [(0, true), (1, false), (4, false), (5, true)]
    )
    func few(contributing: Int, isTold: Bool) {
        let groups = (0..<30).map { (tier: Tier.basic, standing: Amount<MilliCredit>($0 < contributing ? 20_000 : 0)) }
        let told = ToldOverview(ReciprocityOverview(groups, [:]))
        #expect((told.gini != nil) == isTold && (told.quarters != nil) == isTold)
    }

    @Test("terms of an exchange hold quotas alone")
    func quotas() {
        #expect(Set(Term.quotas).count == 12)
        #expect(Set(ReciprocityTerms.generous.changes.keys) == Set(Term.quotas.map(\.rawValue)))
    }
}

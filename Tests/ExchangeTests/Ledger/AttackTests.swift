import Exchange
import TestSupport
import Testing

/// Ways to farm standing or vouchers, each with what it gained in milli-credits.
@Suite("Reciprocity: attacks")
struct AttackTests {
    private static let terms = ReciprocityTerms.standard
    private static let attacker = LedgerSamples.name("attacker")
    private static let friend = LedgerSamples.name("friend")
    private static let customs = LedgerSamples.name("customs")
    private static let trivial = Quality(credibility: 500, relevance: 300, novelty: 300, timeliness: 900)

    private func claim(
        _ item: UInt64,
        _ event: EarningEvent = .accepted,
        to group: Name = Self.attacker,
        cluster: UInt64 = 1,
        from counterpart: Claim.Counterpart = .authority(Self.customs),
        _ quality: Quality = Self.trivial,
        day: Int = 1
    ) -> Claim {
        Claim(
            Claim.Key(item: LedgerSamples.id(item), event: event, group: group),
            cluster: LedgerSamples.id(cluster),
            window: Claim.window(submitted: day, Self.terms),
            from: counterpart,
            office: Self.customs,
            quality,
            day: day,
            shows: day
        )
    }

    /// What an attacker has after some epochs.
    private func after(_ claims: [Claim], epochs: Int = 1, backs: [ClawBack] = []) -> GroupAccount {
        var account = GroupAccount(Self.attacker, joined: -400, size: .small)
        var epoch = Epoch(first: Self.terms)
        for _ in 0..<epochs {
            for back in backs where back.day >= epoch.opens && back.day < epoch.closes {
                _ = account.clawBack(back, waiting: claims, Self.terms)
            }
            _ = account.close(epoch, claims, .standard)
            epoch = epoch.next(Self.terms)
        }
        return account
    }

    private func standing(_ account: GroupAccount) -> Int64 {
        account.standing(on: account.booked, Self.terms).total.count
    }

    private func independence(
        _ reporter: Name,
        _ corroborator: Name,
        joined: Int = -400,
        ancestors: Set<ID<LedgerItem>> = [],
        received: Int64? = nil,
        facts: Int = 1,
        frozen: Int? = nil,
        committed: Int64? = 1_000
    ) -> Independence.Refusal? {
        Independence(
            of: Independence.Party(reporter, joined: joined),
            by: Independence.Party(corroborator, joined: joined),
            frozen: frozen,
            originalAncestors: [LedgerSamples.id(1)],
            ancestors: ancestors,
            committed: committed.map { Tick(microseconds: $0) },
            received: received.map { Tick(microseconds: $0) },
            newFacts: facts
        ).refusal(on: 0, Self.terms)
    }

    @Test("ring corroboration: each dependence has its refusal, and of one counterpart nothing counts alone")
    func ring() {
        let refusals = [
            independence(Self.attacker, Self.attacker), independence(Self.attacker, Self.friend, frozen: 1),
            independence(Self.attacker, Self.friend, committed: nil),
            independence(Self.attacker, Self.friend, ancestors: [LedgerSamples.id(1)]),
            independence(Self.attacker, Self.friend, received: 1_000),
            independence(Self.attacker, Self.friend, joined: -89),
            independence(Self.attacker, Self.friend, facts: 0),
        ]
        #expect(refusals == Independence.Refusal.allCases)
        #expect(independence(Self.attacker, Self.friend, received: 1_001) == nil)
        #expect(independence(Self.attacker, Self.friend, joined: -90) == nil)
        // Two that do keep apart, and confirm each other a hundred inventions: nothing else, nothing counts.
        let ring = (1...100).map { place -> Claim in
            claim(
                UInt64(place),
                place % 2 == 0 ? .corroborated : .corroborating,
                cluster: UInt64(place),
                from: .group(Self.friend)
            )
        }
        #expect(standing(after(ring)) == 0)
        // Beside an honest 10.000 it counts for 35 of 65 parts of that.
        let honest = claim(999, .accepted, cluster: 999, .full)
        #expect(standing(after(ring + [honest])) == 15_384)
    }

    @Test("duplicates and splitting: two hundred trivial tips on one subject earn what one does")
    func duplicates() {
        let one = after([claim(1)])
        let many = after((1...200).map { claim($0) })
        #expect(standing(many) == standing(one))
        #expect(many.issues.isEmpty)
        // Once more when the next window begins: that is what reporting again next month brings too.
        let straddling = after([claim(1, day: 29), claim(2, day: 30)], epochs: 2)
        #expect(straddling.lots.map(\.amount) == [one.lots[0].amount, one.lots[0].amount])
    }

    @Test("sybils in one group: a second firm of one owner answers and reports for nothing")
    func sybils() {
        let alone = after([claim(1, .answer, from: .authority(Self.customs)), claim(2, cluster: 2)])
        let both = after([
            claim(1, .answer), claim(1, .nilAnswer, day: 2), claim(2, cluster: 2), claim(3, cluster: 2),
        ])
        #expect(standing(both) == standing(alone))
        #expect(LineRequest(LedgerSamples.id(1), by: Self.attacker, of: Self.attacker, .deep) == nil)
    }

    @Test(
        "sock-puppet feedback: of hundreds of words no more counts than a quarter of B, of one's friend 35 % of the rest"
    )
    func feedback() {
        let puppets = (1...300).map { claim($0, .feedback, cluster: $0, from: .group(Self.friend), .full) }
        #expect(standing(after(puppets)) == 0)
        let honest = (1_000...1_009).map { claim($0, cluster: $0, .full) }
        #expect(standing(after(puppets + honest)) - standing(after(honest)) == Self.quarter)
        let little = claim(1_000, cluster: 1_000, .full)
        #expect(standing(after(puppets + [little])) - 10_000 == 5_384)
        // The same version twice is once.
        #expect(after([claim(1, .feedback), claim(1, .feedback, day: 2)]).lots.count == 1)
    }

    /// A quarter of B of a small group.
    private static let quarter: Int64 = 10_000

    @Test("clicking: a word on whatever an authority says, each month for a year, lifts nobody above T1")
    func clicking() {
        let clicks = (0..<12).flatMap { epoch in
            (1...100).map { place in
                let item = UInt64(100 * epoch + place)
                return claim(item, .feedback, cluster: item, .full, day: 30 * epoch + 1)
            }
        }
        let account = after(clicks, epochs: 12)
        #expect(standing(account) == Self.quarter)
        #expect(account.standing(on: account.booked, Self.terms).remaining.count > 1_000_000)
        #expect(account.tier.tier == .basic)
    }

    @Test("rings: of three nothing counts with nothing beside it, of any size no more praise than a quarter of B")
    func largerRings() {
        func ring(of members: Int, besides honest: [Claim] = []) -> Int64 {
            let friends = (1..<members).map { LedgerSamples.name("friend-\($0)") }
            let praise = (1...60).map { place in
                claim(
                    UInt64(place),
                    .feedback,
                    cluster: UInt64(place),
                    from: .group(friends[place % friends.count]),
                    .full
                )
            }
            return standing(after(praise + honest))
        }
        #expect(ring(of: 3) == 0)
        #expect(ring(of: 4) == Self.quarter && ring(of: 12) == Self.quarter)
        let honest = claim(999, .accepted, cluster: 999, .full)
        #expect(ring(of: 3, besides: [honest]) - 10_000 == Self.quarter)
    }

    @Test("one more word never lowers standing, whoever it is given to and whatever else there is")
    func moreWords() {
        var random = SplitMix64(seed: 3)
        for seed in 0..<500 {
            let count = UInt64.random(in: 1...30, using: &random)
            let claims = (1...count).map { item in
                let friend = LedgerSamples.name("friend-\(Int.random(in: 1...3, using: &random))")
                return claim(
                    item,
                    [.feedback, .feedback, .answer, .accepted].randomElement(using: &random) ?? .feedback,
                    cluster: item,
                    from: Bool.random(using: &random) ? .authority(Self.customs) : .group(friend),
                    .full,
                    day: Int.random(in: 1...20, using: &random)
                )
            }
            let word = claim(100, .feedback, cluster: 100, from: .group(LedgerSamples.name("friend-1")), .full, day: 0)
            #expect(standing(after(claims + [word])) >= standing(after(claims)), "seed \(seed)")
        }
    }

    @Test("tip farming: tips on ever other subjects are held by triage, record and the vouchers' cap")
    func farming() {
        let tips = (1...200).map { claim($0, cluster: $0) }
        let accepted = after(tips)
        #expect(accepted.issues.map(\.count) == [10])
        // What is taken back takes the vouchers with it that the rest is no longer enough for.
        let most = (1...195).map { ClawBack(LedgerSamples.id($0), of: Self.attacker, on: 40, .error) }
        let left = after(tips, epochs: 2, backs: most)
        #expect(left.issues == accepted.issues && left.unearned(.standard).map(\.count) == [8])
        #expect(accepted.unearned(.standard).isEmpty)
        // One in five is found to be wrong: what is left of them goes, and the rest is worth less from then on.
        let backs = (1...40).map { ClawBack(LedgerSamples.id($0), of: Self.attacker, on: 20, .error) }
        let caught = after(tips, backs: backs)
        #expect(caught.record == TrackRecord(confirmed: 0, refuted: 40))
        #expect(standing(caught) * 100 / standing(accepted) == 43)
        // Retracting what was accepted earns one word of error for a cluster, and nothing where nobody accepted.
        let retracted = ClawBack(retracting: LedgerSamples.id(1), of: Self.attacker, submitted: 1, on: 5, Self.terms)
        let word = claim(1, .ownError, .full, day: 5)
        #expect(standing(after([claim(1), word], backs: [retracted])) == 1_000)
        #expect(standing(after([word], backs: [retracted])) == 0)
        // However many are taken back in an epoch, one of the words is paid for.
        let all =
            (1...20).map { claim($0, cluster: $0) } + (1...20).map { claim($0, .ownError, cluster: $0, .full, day: 5) }
        let back = (1...20).map {
            ClawBack(retracting: LedgerSamples.id($0), of: Self.attacker, submitted: 1, on: 5, Self.terms)
        }
        #expect(standing(after(all, epochs: 3, backs: back)) < 1_000)
        #expect(after(all, epochs: 3, backs: back).lots.count == 1)
    }

    @Test("back-scratching: two that answer each other all day are held by the line and the counterpart's share")
    func backScratching() throws {
        let answers = (1...100).map { claim($0, .answer, cluster: $0, from: .group(Self.friend), .full) }
        #expect(standing(after(answers)) == 0)
        var book = LedgerBook<LineAccount>(Self.terms)
        var asked = 0
        for item in UInt64(1)...100 {
            guard let request = LineRequest(LedgerSamples.id(item), by: Self.attacker, of: Self.friend, .simple) else {
                continue
            }
            do throws(EntryRefusal) {
                let entry = request.asked(on: 0, Self.terms)
                try book.post(entry)
                try book.post(request.answered(entry, on: 1))
                asked += 1
            } catch {
                #expect(error == .below)
            }
        }
        #expect(asked == 20)
    }

    @Test("bait: a false report that others confirm costs its author twice, and them no more than their lot")
    func bait() {
        let bait = claim(1, .accepted, .full)
        let confirmed = claim(1, .corroborated, from: .group(Self.friend), .full, day: 2)
        let found = ClawBack(LedgerSamples.id(1), of: Self.attacker, on: 40, .badFaith(LedgerSamples.panel))
        let account = after([bait, confirmed], epochs: 2, backs: [found])
        let before = (10_000 + 15_000) as Int64
        #expect(account.penalties.map(\.amount.count) == [2 * before])
        #expect(standing(account) < -2 * before * 9 / 10)
        #expect(account.frozen(on: 129, .standard) == 130)
        #expect(account.frozen(on: 130, .standard) == nil)
        var victim = GroupAccount(Self.friend, joined: -400, size: .small)
        let theirs = claim(1, .corroborating, to: Self.friend, from: .group(Self.attacker), .full, day: 2)
        _ = victim.close(Epoch(first: Self.terms), [theirs], .standard)
        _ = victim.clawBack(found, Self.terms)
        #expect(victim.record == TrackRecord())
        #expect(victim.penalties.isEmpty)
        #expect(victim.standing(on: 40, Self.terms).total == .zero)
    }

    @Test("bait that is taken back in time is fined all the same once it is found, and counts against once")
    func retractedBait() {
        let item: ID<LedgerItem> = LedgerSamples.id(1)
        let backs = [
            ClawBack(item, of: Self.attacker, on: 5, .error),
            ClawBack(item, of: Self.attacker, on: 40, .badFaith(LedgerSamples.panel)),
            ClawBack(item, of: Self.attacker, on: 41, .badFaith(LedgerSamples.panel)),
        ]
        let account = after([claim(1, .accepted, .full)], epochs: 2, backs: backs)
        #expect(account.penalties.map(\.amount.count) == [20_000])
        #expect(account.lots.isEmpty && account.record == TrackRecord(confirmed: 0, refuted: 1))
        #expect(account.frozen(on: 129, .standard) == 130)
        // What it owes to another's report that was taken back, it is not fined for.
        let (bait, confirmed) = (claim(1, .accepted, .full), claim(1, .corroborated, from: .group(Self.friend), .full))
        let undone = ClawBack(item, of: Self.attacker, on: 32, .retraction, from: .group(Self.friend))
        let less = after([bait, confirmed], epochs: 2, backs: [undone, backs[1]])
        #expect(less.penalties.map(\.amount.count) == [20_000])
    }

    @Test("a panel is two people of no party, each with a reason")
    func panel() throws {
        typealias Vote = PanelDecision.Vote
        let ann = Vote(by: LedgerSamples.name("ann"), of: Self.customs, because: "made up")
        let ben = Vote(by: LedgerSamples.name("ben"), of: Self.friend, because: "made up")
        let mute = Vote(by: LedgerSamples.name("ben"), of: Self.friend, because: " . ")
        #expect(throws: PanelDecision.Refusal.people) { try PanelDecision([ann], about: []) }
        #expect(throws: PanelDecision.Refusal.people) { try PanelDecision([ann, ann], about: []) }
        #expect(throws: PanelDecision.Refusal.partial) { try PanelDecision([ann, ben], about: [Self.friend]) }
        #expect(throws: PanelDecision.Refusal.reason) { try PanelDecision([ann, mute], about: []) }
        #expect(try PanelDecision([ann, ben], about: [Self.attacker]).votes.count == 2)
    }
}

import Exchange
import TestSupport
import Testing

@Suite("The terms of a ledger, epoch by epoch")
struct TermsHistoryTests {
    private static let seeds = UInt64(0)..<300
    private static let now = LedgerSamples.start

    private static func version(_ number: Int, from epoch: Int, _ figures: [String: Int]) throws -> TermsVersion {
        TermsVersion(number: number, epoch: epoch, proposed: now, try ReciprocityTerms(figures))
    }

    @Test("count from their epoch on, by numbers and by days")
    func stages() throws {
        let dearer = try Self.version(1, from: 3, ["earning.seizure": 50_000])
        let slower = try Self.version(3, from: 5, ["decay.half_life_days": 360])
        let ended = TermsVersion(number: 2, epoch: 4, proposed: Self.now, ended: Self.now, .generous)
        let history = TermsHistory([slower, ended, dearer])
        #expect((1...6).map { history.stage(in: $0).version } == [0, 0, 1, 1, 3, 3])
        #expect(
            [-5, 0, 59, 60, 119, 120].map { history[day: $0][.seizure] } == [40, 40, 40, 50, 50, 40].map { $0 * 1_000 }
        )
        #expect(history.versions.map(\.number) == [1, 2, 3] && history.opening(of: 3) == 60)
        #expect(
            history.stages(from: 1).map(\.version) == [0, 1, 3] && history.stages(from: 4).map(\.version) == [1, 3]
        )
        #expect(history.announced(from: 4)?.number == 3 && history.announced(from: 6) == nil)
        // From the first epoch on, also its days.
        let fortnights = TermsHistory([try Self.version(1, from: 1, ["epoch.days": 14])])
        #expect(fortnights.epoch(on: 27) == 2 && fortnights.opening(of: 3) == 28)
    }

    @Test(
        "refuse what is no ledger's, and what numbers the days of one that began",
        arguments: [
            (["requests.line": 30], 1, "requests.line: holds between groups"),
            (["requests.moderate": 4], 1, "requests.moderate: holds between groups"),
            (["tier.basic.history_days": 300], 1, "tier.basic.history_days: is the exchange's"),
            (["tier.anchor.requests_per_month": 121], 2, "tier.anchor.requests_per_month: is the exchange's"),
            (["tier.restricted.delay_hours": 12], 2, "tier.restricted.delay_hours: is the exchange's"),
            (["epoch.days": 14], 2, "epoch.days: is 14, but the ledger has begun and is numbered by 30 days"),
            (["cluster.window_days": 60], 2, "cluster.window_days: is 60, but the ledger has begun"),
            ([:], 1, "terms: are those that count already; change a figure"),
            ([:], 4, "terms: are those that count already; change a figure"),
        ]
    )
    func refused(figures: [String: Int], from epoch: Int, message: String) throws {
        let terms = try ReciprocityTerms(figures)
        #expect {
            _ = try TermsHistory.standard.proposal(of: terms, from: epoch, at: Self.now)
        } throws: {
            "\($0)".hasPrefix(message)
        }
    }

    @Test("every figure of a ledger can be proposed for one, and those alone")
    func scopes() throws {
        let limits = Set(Term.allCases.filter { $0.scope != .ledger }.map(\.rawValue))
        #expect(limits.count == 18 && limits.allSatisfy { $0.hasPrefix("tier.") || $0.hasPrefix("requests.") })
        var random = SplitMix64(seed: 1)
        for _ in 0..<200 {
            let terms = Self.terms(using: &random)
            guard terms != .standard else { continue }
            #expect(try TermsHistory.standard.proposal(of: terms, from: 3, at: Self.now)?.epoch == 3)
        }
    }

    @Test("a proposal takes the place of the one before it, and the same again is none")
    func proposals() throws {
        let (first, second) = (try ReciprocityTerms(["epoch.days": 14]), try ReciprocityTerms(["tier.grace_days": 10]))
        let one = try #require(try TermsHistory.standard.proposal(of: first, from: 1, at: Self.now))
        var history = TermsHistory([one])
        #expect(one.number == 1 && one.epoch == 1)
        #expect(try history.proposal(of: first, from: 1, at: Self.now) == nil)
        #expect(try history.proposal(of: second, from: 1, at: Self.now)?.number == 2)
        #expect {
            _ = try history.proposal(of: .standard, from: 1, at: Self.now)
        } throws: {
            "\($0)".contains("withdraw what is proposed")
        }
        // Once it began its days are 14, and going back to the defaults would change them.
        #expect(throws: TermsFault.self) { _ = try history.proposal(of: second, from: 2, at: Self.now) }
        let both = try ReciprocityTerms(["epoch.days": 14, "tier.grace_days": 10])
        #expect(try history.proposal(of: both, from: 2, at: Self.now)?.epoch == 2)
        history = TermsHistory(
            try (1...TermsHistory.versionsMax).map { try Self.version($0, from: $0, ["tier.grace_days": $0 % 700]) }
        )
        let last = TermsHistory.versionsMax + 1
        let other = try ReciprocityTerms(["tier.grace_days": 701])
        #expect {
            _ = try history.proposal(of: other, from: last, at: Self.now)
        } throws: {
            "\($0)".hasPrefix("terms: have 1000 versions")
        }
    }

    @Test("one version of the defaults posts what none does", arguments: seeds)
    func one(seed: UInt64) {
        let world = LedgerWorld(seed: seed)
        let defaults = TermsVersion(number: 1, epoch: 1, proposed: Self.now, .standard)
        let (none, one) = (LedgerRun(world), LedgerRun(world, under: TermsHistory([defaults])))
        #expect(none.book.entries == one.book.entries && none.closes == one.closes && none.accounts == one.accounts)
    }

    @Test("a change at a close changes nothing before it, and much after it")
    func changes() {
        var changed = 0
        for seed in Self.seeds {
            var random = SplitMix64(seed: seed)
            let world = LedgerWorld(seed: seed)
            let epoch = Int.random(in: 2...4, using: &random)
            let version = TermsVersion(number: 1, epoch: epoch, proposed: Self.now, Self.terms(using: &random))
            let history = TermsHistory([version])
            let (before, after) = (LedgerRun(world), LedgerRun(world, under: history, .much(seed)))
            #expect(after.faults.isEmpty, "world \(seed)")
            let opens = history.opening(of: epoch)
            for group in world.groups {
                let known = before.closes[group.name, default: []].prefix(epoch - 1)
                #expect(known == after.closes[group.name, default: []].prefix(epoch - 1), "world \(seed)")
            }
            func lots(_ run: LedgerRun, before day: Int) -> [Lot] {
                world.groups.flatMap { run.accounts[$0.name]?.lots ?? [] }.filter { $0.day <= day }
            }
            func brought(_ run: LedgerRun) -> [Int64] { lots(run, before: opens).map(\.worth.count) }
            #expect(brought(before) == brought(after), "world \(seed)")
            if before.closes != after.closes { changed += 1 }
        }
        #expect(changed > 150)
    }

    @Test("what closed stays as it was posted, whatever is proposed and withdrawn later", arguments: seeds)
    func replayed(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let world = LedgerWorld(seed: seed)
        let group = world.groups[0]
        let events =
            world.claims.map { EnteredEvent(epoch: $0.day / 30 + 1, event: .claim($0)) }
            + world.clawBacks.map { EnteredEvent(epoch: $0.day / 30 + 1, event: .takenBack($0)) }
        var versions: [TermsVersion] = []
        var kept: [[LedgerEntry<CreditAccount>]] = []
        for number in 1...9 {
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let history = TermsHistory(versions)
                let next = number + 1
                let announced = history.announced(from: next)
                var new: TermsVersion?
                if Bool.random(using: &random) {
                    new = try? history.proposal(of: Self.terms(using: &random), from: next, at: Self.now)
                    if new == nil { continue }
                }
                versions = versions.map { $0 == announced ? Self.ended($0) : $0 } + (new.map { [$0] } ?? [])
            }
            let history = TermsHistory(versions)
            var account = GroupAccount(group.name, joined: group.joined, size: group.size)
            var epoch = Epoch(first: history[epoch: 1])
            let posted = (1...number).map { _ in
                defer { epoch = epoch.next(history[epoch: epoch.number + 1]) }
                return account.close(epoch, entered: events.filter { $0.epoch <= number }, history)
            }
            #expect(Array(posted.dropLast()) == kept)
            kept = posted
        }
    }

    @Test("a claim earns by the terms of its event, however long it was under an embargo")
    func embargo() throws {
        let history = TermsHistory([
            try Self.version(1, from: 2, ["earning.seizure": 80_000, "decay.half_life_days": 30])
        ])
        func earned(on day: Int) throws -> Lot {
            let group = LedgerSamples.name("g")
            var account = GroupAccount(group, joined: 0, size: .small)
            let claim = Claim(
                Claim.Key(item: LedgerSamples.id(1), event: .seizure, group: group),
                cluster: LedgerSamples.id(1),
                window: 0,
                from: .authority(LedgerSamples.name("customs")),
                .full,
                day: day,
                shows: 65
            )
            for number in 1...3 {
                let opens = history.opening(of: number)
                _ = account.close(Epoch(number: number, opens: opens, closes: opens + 30), [claim], history)
            }
            return try #require(account.lots.first)
        }
        // rho of one that came true is 600: 40 credits, or 80, in full times 1.1.
        #expect(try earned(on: 29).worth.count == 44_000 && earned(on: 29).halfLifeDays == 180)
        #expect(try earned(on: 30).worth.count == 88_000 && earned(on: 30).halfLifeDays == 30)
        #expect(try earned(on: 29).epoch == 3 && earned(on: 30).epoch == 3)
    }

    @Test("a right to corroborate is frozen for as long as the terms of the decision say")
    func frozen() throws {
        let history = TermsHistory([try Self.version(1, from: 2, ["limits.freeze_days": 10])])
        func until(_ day: Int) -> Int? {
            let back = ClawBack(
                LedgerSamples.id(1),
                of: LedgerSamples.name("g"),
                on: day,
                .badFaith(LedgerSamples.panel)
            )
            return [EnteredEvent(epoch: 1, event: .takenBack(back))].frozen(on: day, history)
        }
        #expect(until(29) == 119 && until(30) == 40)
    }

    @Test("tiers of whom a ledger does not know go by the terms of each close")
    func idle() throws {
        let history = TermsHistory([try Self.version(1, from: 3, ["tier.demotion_epochs": 1])])
        // Low once by the defaults, then the new terms let it fall at once.
        #expect(TierState.idle(after: 1, joined: -400, history) == TierState(.basic, low: 1))
        let strict = TermsHistory([try Self.version(1, from: 1, ["tier.demotion_epochs": 1])])
        #expect(TierState.idle(after: 1, joined: -400, strict).tier == .restricted)
        let mild = TermsHistory([try Self.version(1, from: 2, ["tier.demotion_epochs": 12])])
        #expect(TierState.idle(after: 9, joined: -400, mild).tier == .basic)
        #expect(TierState.idle(after: 9, joined: -400, history).tier == .restricted)
    }

    @Test("a table of tiers says of whom no ledger knows what closes of nothing would", arguments: UInt64(0)..<200)
    func sunk(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var versions: [TermsVersion] = []
        for number in 1...4 {
            let figures = [
                "tier.grace_days": Int.random(in: 0...300, using: &random),
                "tier.demotion_epochs": Int.random(in: 1...4, using: &random),
                "limits.feedback_share": Int.random(in: 0...1_000, using: &random),
                "tier.demotion_share": [0, 800].randomElement(using: &random) ?? 0,
            ]
            versions.append(try Self.version(number, from: number * Int.random(in: 1...4, using: &random), figures))
        }
        let history = TermsHistory(versions)
        let closes = Int.random(in: 0...14, using: &random)
        let days = PoolDays(start: Self.now)
        let ledger = TierTable.Ledger(days: days, closes: closes, history)
        for joined in -800...(history.opening(of: closes + 1) + 40) {
            let tier = ledger.tier(of: Samples.name("swift"), joined: days.start(of: joined))
            #expect(tier == TierState.idle(after: closes, joined: joined, history).tier, "joined on day \(joined)")
        }
    }

    private static func ended(_ version: TermsVersion) -> TermsVersion {
        TermsVersion(number: version.number, epoch: version.epoch, proposed: now, ended: now, version.terms)
    }

    /// Some figures of a ledger's, those that fit one another.
    static func terms(using random: inout SplitMix64) -> ReciprocityTerms {
        let own = Term.allCases.filter { $0.scope == .ledger && !$0.numbersDays }
        while true {
            var figures: [String: Int] = [:]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                guard let term = own.randomElement(using: &random) else { continue }
                figures[term.rawValue] = Int.random(in: term.range, using: &random)
            }
            if let terms = try? ReciprocityTerms(figures) { return terms }  // Those that do not fit are drawn again.
        }
    }
}

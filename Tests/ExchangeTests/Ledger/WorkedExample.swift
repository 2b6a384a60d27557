import Exchange

/// What happens in RECIPROCITY's worked example.
struct WorkedExample {
    static let forwarder = LedgerSamples.name("forwarder")
    static let bank = LedgerSamples.name("bank")
    static let carrier = LedgerSamples.name("carrier")
    static let customs = LedgerSamples.name("customs")

    /// What a group has on a day.
    struct Day {
        let day: Int
        let standing: Amount<MilliCredit>
        let share: Int
        let tier: String
    }

    /// What it comes to.
    struct World {
        var forwarder: GroupAccount
        var bank: GroupAccount
        var book: LedgerBook<CreditAccount>
        var days: [Day] = []
    }

    let terms = ReciprocityTerms.standard
    let tip = Self.quality(credibility: 500, novelty: 1_000, hours: 6)
    let confirmed = Self.quality(credibility: 1_000, novelty: 1_000, hours: 6)
    let bank = Self.quality(credibility: 1_000, novelty: 600, hours: 20)
    let second = Self.quality(credibility: 500, novelty: 600, hours: 30)
    let answer = Self.quality(credibility: 750, novelty: 1_000, hours: 2)

    private static func quality(credibility: Int, novelty: Int, hours: Int64) -> Quality {
        let seen = LedgerSamples.start
        return Quality(
            credibility: credibility,
            relevance: 1_000,
            novelty: novelty,
            timeliness: Quality.timeliness(
                seen: seen,
                submitted: seen.advanced(by: .seconds(hours * 3_600)),
                .standard
            )
        )
    }

    private func claim(
        _ item: UInt64,
        _ event: EarningEvent,
        _ quality: Quality,
        of group: Name = Self.forwarder,
        from counterpart: Claim.Counterpart = .authority(Self.customs),
        office: Name? = Self.customs,
        submitted: Int,
        day: Int,
        shows: Int? = nil
    ) -> Claim {
        Claim(
            Claim.Key(item: LedgerSamples.id(item), event: event, group: group),
            cluster: LedgerSamples.id(item),
            window: Claim.window(submitted: submitted, terms),
            from: counterpart,
            office: office,
            quality,
            day: day,
            shows: shows ?? day
        )
    }

    /// All claims of the example.
    var claims: [Claim] {
        var claims = [
            claim(1, .accepted, tip, submitted: 0, day: 0),
            claim(1, .corroborated, confirmed, from: .group(Self.bank), submitted: 0, day: 3),
            claim(1, .corroborating, bank, of: Self.bank, from: .group(Self.forwarder), submitted: 0, day: 3),
            claim(1, .seizure, confirmed, submitted: 0, day: 5, shows: 40),
            claim(2, .accepted, second, submitted: 31, day: 31),
        ]
        for place in 0..<UInt64(13) {
            claims.append(
                claim(
                    10 + place,
                    place < 4 ? .answer : .feedback,
                    place < 4 ? answer : .full,
                    from: place < 4 ? .group(place % 2 == 0 ? Self.bank : Self.carrier) : .authority(Self.customs),
                    office: nil,
                    submitted: 61,
                    day: 70 + Int(place)
                )
            )
        }
        return claims
    }

    /// Closes three epochs, and takes the second report back on day 130.
    func run() throws -> World {
        var world = World(
            forwarder: GroupAccount(Self.forwarder, joined: 0, size: .medium),
            bank: GroupAccount(Self.bank, joined: -400, size: .large),
            book: LedgerBook(terms)
        )
        var epoch = Epoch(first: terms)
        for _ in 1...3 {
            let entries = world.forwarder.close(epoch, claims, .standard) + world.bank.close(epoch, claims, .standard)
            for entry in entries { try world.book.post(entry) }
            world.days.append(day(epoch.closes, world.forwarder))
            epoch = epoch.next(terms)
        }
        world.days.append(day(130, world.forwarder))
        let error = ClawBack(LedgerSamples.id(2), of: Self.forwarder, on: 130, .error)
        for entry in world.forwarder.clawBack(error, terms) + world.bank.carry(to: 130) { try world.book.post(entry) }
        world.days.append(day(130, world.forwarder))
        return world
    }

    private func day(_ day: Int, _ account: GroupAccount) -> Day {
        let standing = account.standing(on: day, terms)
        return Day(
            day: day,
            standing: standing.total,
            share: standing.share(account.size, terms),
            tier: account.tier.tier.code
        )
    }
}

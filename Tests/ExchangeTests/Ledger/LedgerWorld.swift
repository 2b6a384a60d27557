import Exchange
import TestSupport

/// Some groups that report, corroborate, answer and take back over some hundred days: all of it from one seed.
struct LedgerWorld {
    struct Report {
        let item: ID<LedgerItem>
        let group: Name
        let office: Name
        let cluster: ID<SubjectCluster>
        let quality: Quality
        let submitted: Int
    }

    static let terms = ReciprocityTerms.standard
    static let offices = ["customs", "police"].map(LedgerSamples.name)

    let seed: UInt64
    let days: Int
    let groups: [SimpleBooks.Group]
    private(set) var reports: [Report] = []
    var claims: [Claim] = []
    var clawBacks: [ClawBack] = []
    private var random: SplitMix64
    private var items: UInt64 = 0

    init(seed: UInt64) {
        self.seed = seed
        var random = SplitMix64(seed: seed)
        days = 30 * Int.random(in: 3...9, using: &random) + Int.random(in: 0..<30, using: &random)
        groups = (0..<Int.random(in: 2...5, using: &random)).map { place in
            SimpleBooks.Group(
                LedgerSamples.name("g\(place)"),
                joined: Int.random(in: -200...60, using: &random),
                size: SizeClass.allCases[place % 2]
            )
        }
        self.random = random
        for _ in 0..<Int.random(in: 4...25, using: &self.random) { addReport() }
        for _ in 0..<Int.random(in: 0...30, using: &self.random) { addService() }
        // Now and then somebody has a word on everything that it was given.
        if chance(0.2) { addWords() }
    }

    private mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func quality() -> Quality {
        Quality(
            credibility: [0, 250, 500, 750, 1_000][number(0...4)],
            relevance: chance(0.5) ? 1_000 : 300,
            novelty: number(0...1_000),
            timeliness: number(0...1_000)
        )
    }

    private mutating func group() -> SimpleBooks.Group { groups[number(0...groups.count - 1)] }

    /// Until when it stays hidden.
    private mutating func shows(_ day: Int) -> Int? {
        guard chance(0.4) else { return day }
        return chance(0.1) ? nil : day + number(1...80)
    }

    private mutating func add(
        _ event: EarningEvent,
        _ report: Report,
        to group: Name? = nil,
        from counterpart: Claim.Counterpart? = nil,
        _ quality: Quality? = nil,
        day: Int,
        shows: Int?
    ) {
        claims.append(
            Claim(
                Claim.Key(item: report.item, event: event, group: group ?? report.group),
                cluster: report.cluster,
                window: Claim.window(submitted: report.submitted, Self.terms),
                from: counterpart ?? .authority(report.office),
                office: report.office,
                quality ?? report.quality,
                day: day,
                shows: shows
            )
        )
    }

    private mutating func addReport() {
        items += 1
        let report = Report(
            item: LedgerSamples.id(items),
            group: group().name,
            office: Self.offices[number(0...1)],
            cluster: LedgerSamples.id(UInt64(number(1...6))),
            quality: quality(),
            submitted: number(0...days)
        )
        reports.append(report)
        let decided = chance(0.8) ? report.submitted + number(0...40) : nil
        let vests = OwedFeedback.vestingDay(submitted: report.submitted, decided: decided, Self.terms)
        if let day = vests ?? (chance(0.8) ? decided : nil) { add(.accepted, report, day: day, shows: day) }
        if groups.count > 1, chance(0.4),
            let other = groups.filter({ $0.name != report.group }).randomElement(using: &random)
        {
            let day = report.submitted + number(0...20)
            add(.corroborated, report, from: .group(other.name), quality(), day: day, shows: day)
            add(.corroborating, report, to: other.name, from: .group(report.group), quality(), day: day, shows: day)
        }
        let outcomes: [EarningEvent] = [
            .investigation, .seizure, .arrest, .safeguarded, .charge, .restraint, .conviction,
        ]
        while chance(0.3) {
            let day = report.submitted + number(1...90)
            add(outcomes[number(0...6)], report, quality(), day: day, shows: shows(day))
        }
        if chance(0.25) { takeBack(report) }
    }

    private mutating func takeBack(_ report: Report) {
        let day = report.submitted + number(0...(chance(0.4) ? 7 : 120))
        if chance(0.4) {
            let back = ClawBack(
                retracting: report.item,
                of: report.group,
                submitted: report.submitted,
                on: day,
                Self.terms
            )
            clawBacks.append(back)
            if back.cause == .retraction { add(.ownError, report, .full, day: day, shows: day) }
        } else if chance(0.6) {
            clawBacks.append(ClawBack(report.item, of: report.group, on: day, .error))
        } else {
            clawBacks.append(ClawBack(report.item, of: report.group, on: day, .badFaith(LedgerSamples.panel)))
        }
    }

    private mutating func addWords() {
        let to = group()
        let day = number(0...days)
        for _ in 0..<number(11...25) {
            items += 1
            let advisory = Report(
                item: LedgerSamples.id(items),
                group: to.name,
                office: Self.offices[0],
                cluster: LedgerSamples.id(1_000 + items),
                quality: .full,
                submitted: day
            )
            let friends = groups.filter { $0.name != to.name }
            let counterpart =
                chance(0.5) ? friends.randomElement(using: &random).map { Claim.Counterpart.group($0.name) } : nil
            add(.feedback, advisory, from: counterpart, day: day, shows: day + 1)
        }
    }

    private mutating func addService() {
        items += 1
        let from = group()
        let to = group()
        let day = number(0...days)
        let report = Report(
            item: LedgerSamples.id(items),
            group: to.name,
            office: Self.offices[0],
            cluster: LedgerSamples.id(UInt64(number(7...30))),
            quality: quality(),
            submitted: day
        )
        let events: [EarningEvent] = [.answer, .nilAnswer, .feedback]
        let event = events[number(0...2)]
        let counterpart: Claim.Counterpart =
            from.name == to.name ? .authority(Self.offices[1]) : .group(from.name)
        add(event, report, from: counterpart, event == .feedback ? .full : nil, day: day, shows: day)
        // Another member of the group answers the same request.
        if event == .answer, chance(0.2) { add(.nilAnswer, report, from: counterpart, day: day + 1, shows: day + 1) }
    }
}

extension SimpleBooks {
    /// Counts a world to its end, or to a day.
    init(_ world: LedgerWorld, _ figures: SimpleFigures = SimpleFigures(), to end: Int? = nil) {
        self.init(world.groups, world.claims, world.clawBacks, figures, to: end ?? world.days)
    }
}

import Exchange
import Foundation

/// What reports and their fates are to be credited for, as simply as it can be said.
///
/// It is written apart from the code that it is compared with. It knows owners and no members, so that who of an owner
/// reported cannot matter (I9).
struct SimpleReports {
    /// A report.
    struct Told {
        let id: ID<Report>
        let group: String
        let container: Int
        let place: String?
        let submitted: Timestamp
        let secondsSeen: Int64
        let isWanted: Bool
        let isCommitted: Bool
        var isDecided = false
        /// C once the ledger has it.
        var credibility: Int?
        var novelty = 0
        var hidden: [Timestamp] = []
        /// From when on it is told to be mistaken.
        var mistaken: [Timestamp] = []
        var isCondemned = false
    }

    /// Two that were found to be about one thing.
    struct Pair {
        let first: ID<Report>
        let second: ID<Report>
        let before: Int
        var counts: Bool
    }

    private(set) var reports: [Told] = []
    private(set) var pairs: [Pair] = []
    private(set) var looked: [ID<Report>: ID<Report>] = [:]
    private(set) var claims: [Claim] = []
    private(set) var clawBacks: [ClawBack] = []
    private var frozen: [String: Int] = [:]
    private let panel: PanelDecision
    private let wantedUntil: Int

    /// - Parameters:
    ///   - panel: who finds bad faith.
    ///   - day: the day from which on nothing more is wanted.
    init(panel: PanelDecision, wantedUntil day: Int) {
        (self.panel, wantedUntil) = (panel, day)
    }

    /// The day of an instant: the first report begins day 0.
    func day(_ now: Timestamp) -> Int {
        guard let start = reports.first?.submitted else { return 0 }
        return Int((now.nanoseconds - start.nanoseconds) / 86_400_000_000_000)
    }

    private func place(of id: ID<Report>) -> Int { reports.firstIndex { $0.id == id } ?? 0 }
    func report(_ id: ID<Report>) -> Told { reports[place(of: id)] }

    mutating func submit(_ told: Told) { reports.append(told) }

    // MARK: Credit

    private func quality(_ told: Told) -> Quality {
        let day = day(told.submitted)
        return Quality(
            credibility: told.credibility ?? 0,
            relevance: told.isWanted && day < wantedUntil ? 1_000 : 300,
            novelty: told.novelty,
            timeliness: Int(1_000 * pow(2, -Double(told.secondsSeen) / (48 * 3_600)) + 1e-9)
        )
    }

    /// How much of what one tells the other told: a number counts four times what a place does.
    private func novelty(of told: Told) -> Int {
        let others = reports.filter {
            $0.credibility != nil && $0.group != told.group && $0.container == told.container
                && $0.submitted < told.submitted
        }
        let greatest = others.map { other in
            told.place == nil ? 1_000 : 1_000 * (4 + (other.place == told.place ? 1 : 0)) / 5
        }
        return 1_000 - (greatest.max() ?? 0)
    }

    private mutating func claim(
        _ event: EarningEvent,
        _ told: Told,
        from other: String? = nil,
        _ quality: Quality? = nil,
        day: Int,
        shows: Int? = nil
    ) throws {
        // All that an owner tells of one box is one matter.
        let first = reports.first { $0.group == told.group && $0.container == told.container }?.id ?? told.id
        claims.append(
            Claim(
                Claim.Key(item: ID(told.id.uuid), event: event, group: try Self.name(told.group)),
                cluster: ID(first.uuid),
                window: self.day(told.submitted) / 30,
                from: try other.map { .group(try Self.name($0)) } ?? .authority(try Self.name("customs")),
                office: try Self.name("customs"),
                quality ?? self.quality(told),
                day: day,
                shows: shows ?? day
            )
        )
    }

    private static func name(_ text: String) throws -> Name { try TestExchange.name(text) }

    private mutating func count(_ id: ID<Report>, _ credibility: Int, on day: Int) throws {
        let place = place(of: id)
        reports[place].novelty = novelty(of: reports[place])
        reports[place].credibility = credibility
        try claim(.accepted, reports[place], day: day)
    }

    // MARK: What becomes of them

    /// Silence accepts what nobody decided on, on the day on which it does.
    mutating func vest(_ id: ID<Report>, at now: Timestamp) throws {
        let vests = day(report(id).submitted) + 180
        guard !report(id).isDecided, vests <= day(now) else { return }
        reports[place(of: id)].isDecided = true
        try count(id, 500, on: vests)
    }

    /// The calendar passes.
    mutating func pass(at now: Timestamp) throws {
        for told in reports.sorted(by: { $0.submitted < $1.submitted }) { try vest(told.id, at: now) }
    }

    mutating func decide(_ id: ID<Report>, accepted credibility: Int??, at now: Timestamp) throws {
        try vest(id, at: now)
        reports[place(of: id)].isDecided = true
        guard let credibility else { return }
        guard let known = report(id).credibility else { return try count(id, credibility ?? 500, on: day(now)) }
        reports[place(of: id)].credibility = max(known, credibility ?? 0)
    }

    mutating func retract(_ id: ID<Report>, at now: Timestamp) throws {
        try decide(id, accepted: nil, at: now)
        let (told, today) = (report(id), day(now))
        guard told.credibility != nil else { return }
        let isInTime = today - day(told.submitted) <= 7
        try takeBack(told, on: today, isInTime ? .retraction : .error)
        if isInTime, !told.mistaken.contains(where: { $0 <= now }) { try claim(.ownError, told, .full, day: today) }
    }

    mutating func condemn(_ id: ID<Report>, at now: Timestamp) throws {
        try vest(id, at: now)
        reports[place(of: id)].isCondemned = true
        let (told, today) = (report(id), day(now))
        guard told.credibility != nil else { return }
        try takeBack(told, on: today, .badFaith(panel))
        frozen[told.group] = max(frozen[told.group] ?? 0, today + 90)
    }

    mutating func conclude(_ event: EarningEvent?, on id: ID<Report>, embargo: Timestamp?, at now: Timestamp) throws {
        try vest(id, at: now)
        if event == nil { reports[place(of: id)].mistaken.append(embargo ?? now) }
        let told = report(id)
        guard told.credibility != nil, !told.isCondemned else { return }
        let shows = embargo.map { day($0) + 1 }
        if let event { return try claim(event, told, day: day(now), shows: shows) }
        // Nothing but mistaken identity is said otherwise.
        if let embargo { reports[place(of: id)].hidden.append(embargo) }
        try takeBack(told, on: shows ?? day(now), .error, isShown: embargo == nil)
    }

    private mutating func takeBack(_ told: Told, on day: Int, _ cause: ClawBack.Cause, isShown: Bool = true) throws {
        clawBacks.append(ClawBack(ID(told.id.uuid), of: try Self.name(told.group), on: day, cause))
        try part(told.id, on: day, isShown: isShown)
    }

    /// What others had of a report that was taken back goes with it.
    private mutating func part(_ id: ID<Report>, on day: Int, isShown: Bool) throws {
        for place in pairs.indices where pairs[place].counts && [pairs[place].first, pairs[place].second].contains(id) {
            let pair = pairs[place]
            let isFirst = pair.first == id
            try part(report(isFirst ? pair.second : pair.first), because: report(id), on: day)
            guard isShown else { continue }
            pairs[place].counts = false
            if !isFirst, !pairs.contains(where: { $0.counts && $0.first == pair.first }) {
                reports[self.place(of: pair.first)].credibility = pair.before
            }
        }
    }

    private mutating func part(_ other: Told, because own: Told, on day: Int) throws {
        clawBacks.append(
            ClawBack(
                ID(other.id.uuid),
                of: try Self.name(other.group),
                on: day,
                .retraction,
                from: .group(try Self.name(own.group))
            )
        )
    }

    // MARK: Corroboration

    /// What is found of two: nil where it counts.
    func finding(_ first: ID<Report>, by second: ID<Report>, at now: Timestamp) -> Independence.Refusal? {
        let (earlier, later) = (report(first), report(second))
        if earlier.group == later.group { return .sameGroup }
        if day(now) < frozen[later.group] ?? 0 { return .frozen }
        if !later.isCommitted { return .uncommitted }
        return later.place == nil || later.place == earlier.place ? .nothingNew : nil
    }

    /// Whether it will count, as far as the ledger has both.
    func counts(_ first: ID<Report>, by second: ID<Report>, at now: Timestamp) -> Bool {
        report(first).credibility != nil && report(second).credibility != nil && looked[second] == nil
            && finding(first, by: second, at: now) == nil
    }

    mutating func corroborate(_ first: ID<Report>, by second: ID<Report>, at now: Timestamp) throws {
        guard looked[second] == nil else { return }
        looked[second] = first
        guard finding(first, by: second, at: now) == nil else { return }
        let known = pairs.filter { $0.counts && $0.first == first }.map(\.before).min()
        pairs.append(
            Pair(first: first, second: second, before: known ?? report(first).credibility ?? 0, counts: true)
        )
        reports[place(of: first)].credibility = 1_000
        var later = report(second)
        later.credibility = 1_000
        let today = day(now)
        try claim(.corroborated, report(first), from: later.group, day: today)
        try claim(.corroborating, later, from: report(first).group, day: today)
        // What an embargo says of either takes it from the other, too.
        for id in [first, second] {
            for embargo in report(id).hidden {
                try part(report(id == first ? second : first), because: report(id), on: day(embargo) + 1)
            }
        }
    }
}

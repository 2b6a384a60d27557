/// Why something is delivered at once, whatever anybody's standing is.
public enum Exemption: String, CaseIterable, Sendable, Codable {
    case safety
    case officialList = "official-list"
    case compulsoryRequest = "compulsory-request"
    case recall, amendment, correction, dispute
    /// It hits the member's own exposure.
    case ownExposure = "own-exposure"
    /// A public authority asks: it is given to, and what it gives is not counted.
    case authority
}

/// What neither tier, quota nor delay has a word in: it has no function that takes one.
public struct Exempt: Hashable, Sendable {
    /// Why.
    public let reason: Exemption

    /// Takes the reason.
    public init(_ reason: Exemption) {
        self.reason = reason
    }
}

/// What a tier may put off or count: of what a member may see and do already.
public struct Discretionary: Hashable, Sendable {
    /// What is counted.
    public enum Quota: String, CaseIterable, Sendable, Codable {
        /// Screenings, by the day.
        case screenings
        /// Requests, by the month.
        case requests
    }

    /// Discretionary, and nothing else.
    public init() {}

    /// When it may be delivered, at the earliest.
    public func due(released: Timestamp, to tier: Tier, _ terms: ReciprocityTerms) -> Timestamp {
        released.advanced(by: delay(to: tier, terms))
    }

    /// By how much later a tier is given it.
    func delay(to tier: Tier, _ terms: ReciprocityTerms) -> Duration {
        .seconds(tier.delay.map { Int64(terms[$0]) * 3_600 } ?? 0)
    }

    /// How far back it may be read.
    public func history(of tier: Tier, at now: Timestamp, _ terms: ReciprocityTerms) -> Timestamp {
        now.advanced(by: .seconds(-Int64(terms[tier.history]) * 86_400))
    }

    /// What is left of a quota.
    /// - Parameter used: how often it was used since `Allowance.began`.
    public func allowance(
        _ quota: Quota,
        of tier: Tier,
        used: Int,
        at now: Timestamp,
        _ terms: ReciprocityTerms
    ) -> Allowance {
        Allowance(quota, of: tier, limit: terms[quota.limit(of: tier)], used: used, at: now)
    }
}

/// When something may be delivered, and whether it is counted: it is one or the other by what it is.
public enum Timing: Hashable, Sendable {
    case exempt(Exempt)
    case discretionary(Discretionary)

    /// What a screening is: of official lists alone it is nobody's to put off.
    /// - Parameter pools: the kinds of the pools that it looks at.
    public init(screening pools: some Sequence<PoolKind>, by kind: MemberKind) {
        self = pools.allSatisfy { $0 == .officialList } ? .exempt(Exempt(.officialList)) : kind.timing
    }

    /// What a request between two members is: where one of them is an authority, neither owes the other for it, and who
    /// asks by force of law is one.
    public init(requestOf responder: MemberKind, by asker: MemberKind) {
        self = asker.isAuthority ? asker.timing : responder.timing
    }

    /// What something released under a label in a pool of some kind is to a reader.
    public init(_ label: Label, in pool: PoolKind, to member: Member) {
        let reason: Exemption? =
            if pool == .officialList {
                .officialList
            } else if label.release?.member == member.id {
                .ownExposure
            } else if let terms = label.terms {
                if terms.rendition == .stub {
                    .recall
                } else if terms.affected != nil {
                    .safety
                } else if terms.isDisputed {
                    .dispute
                } else if terms.originator == member.id {
                    .ownExposure
                } else {
                    nil
                }
            } else {
                nil
            }
        self = reason.map { .exempt(Exempt($0)) } ?? member.kind.timing
    }
}

extension MemberKind {
    /// Whether what members of the kind take is counted.
    public var timing: Timing { isAuthority ? .exempt(Exempt(.authority)) : .discretionary(Discretionary()) }
}

/// What is left of a quota, and when it is whole again.
public struct Allowance: Hashable, Sendable {
    /// Of which quota.
    public let quota: Discretionary.Quota
    /// The tier that gives so much.
    public let tier: Tier
    /// How much there is in all.
    public let limit: Int
    /// How much of it is left; 0 where the next is refused.
    public let left: Int
    /// When it is whole again: the next day, or the next month, in UTC.
    public let renews: Timestamp
    /// For how long it lasts.
    public let window: Duration

    init(_ quota: Discretionary.Quota, of tier: Tier, limit: Int, used: Int, at now: Timestamp) {
        let period = Self.period(of: quota, at: now)
        self.init(
            quota: quota,
            tier: tier,
            limit: limit,
            left: max(0, limit - used),
            renews: period.end,
            window: .nanoseconds(period.end.nanoseconds - period.start.nanoseconds)
        )
    }

    private init(
        quota: Discretionary.Quota,
        tier: Tier,
        limit: Int,
        left: Int,
        renews: Timestamp,
        window: Duration
    ) {
        (self.quota, self.tier, self.limit, self.left) = (quota, tier, limit, left)
        (self.renews, self.window) = (renews, window)
    }

    /// The same once so much more is used; nil where that is more than is left.
    public func less(_ count: Int) -> Allowance? {
        guard count <= left else { return nil }
        return Allowance(
            quota: quota,
            tier: tier,
            limit: limit,
            left: left - count,
            renews: renews,
            window: window
        )
    }

    /// From when on use counts at an instant.
    public static func began(_ quota: Discretionary.Quota, at now: Timestamp) -> Timestamp {
        period(of: quota, at: now).start
    }

    private static func period(of quota: Discretionary.Quota, at now: Timestamp) -> (start: Timestamp, end: Timestamp) {
        let (year, month, day) = now.calendarDay
        let first = Timestamp.days(year: year, month: month, day: quota == .requests ? 1 : day)
        let count = quota == .requests ? Timestamp.days(in: month, of: year) : 1
        let start = Timestamp(nanoseconds: first * 86_400_000_000_000)
        return (start, start.advanced(by: .seconds(count * 86_400)))
    }
}

extension Discretionary.Quota {
    func limit(of tier: Tier) -> Term {
        switch (self, tier) {
        case (.screenings, .restricted): .restrictedScreenings
        case (.screenings, .basic): .basicScreenings
        case (.screenings, .contributing): .contributingScreenings
        case (.screenings, .anchor): .anchorScreenings
        case (.requests, .restricted): .restrictedRequests
        case (.requests, .basic): .basicRequests
        case (.requests, .contributing): .contributingRequests
        case (.requests, .anchor): .anchorRequests
        }
    }
}

extension Tier {
    var delay: Term? {
        switch self {
        case .restricted: .restrictedDelay
        case .basic: .basicDelay
        case .contributing, .anchor: nil
        }
    }

    var history: Term {
        switch self {
        case .restricted: .restrictedHistory
        case .basic: .basicHistory
        case .contributing: .contributingHistory
        case .anchor: .anchorHistory
        }
    }
}

public import Exchange
import Store

/// What ownership groups may take out of the exchange by their tiers, and what is left of it.
///
/// What is used is counted in the transaction that gives it, so that it never exceeds the limit, however many nodes and
/// members of a group ask at once, and whatever is cut off.
public struct QuotaBook: Sendable {
    /// What a caller may take.
    public struct Share: Hashable, Sendable {
        /// What is left of each quota.
        public let allowances: [Allowance]
        /// How far back it is told of advisories when it screens.
        public let history: Timestamp
        /// Up to when what was released is given to it; nil where all of it is.
        public let given: Timestamp?
    }

    private let live: LiveState
    private let database: any Database
    private let terms: ReciprocityTerms
    private let clock: @Sendable () -> Timestamp

    init(
        _ live: LiveState,
        _ database: any Database,
        _ terms: ReciprocityTerms,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.live = live
        self.database = database
        self.terms = terms
        self.clock = clock
    }

    /// What the caller's group may take; nil for a caller of whom nothing is counted.
    public func share(of session: Session) async throws -> Share? {
        try session.reader.checkBusiness(evenSuspended: true)
        guard case .discretionary(let taking) = session.member.kind.timing else { return nil }
        let now = clock()
        let tier = tier(of: session.member.group)
        return try await database.read { connection in
            Share(
                allowances: try Discretionary.Quota.allCases.map {
                    try allowance($0, of: tier, by: session.member.group, taking, at: now, connection)
                },
                history: taking.history(of: tier, at: now, terms),
                given: session.member.given
            )
        }
    }

    /// From when on a caller is told of what may be put off.
    func history(of taking: Discretionary, for session: Session, at now: Timestamp) -> Timestamp {
        taking.history(of: tier(of: session.member.group), at: now, terms)
    }

    /// A group's tier, as of the last closes.
    func tier(of group: Name) -> Tier { live.tier(of: group) }

    /// What is left to a caller before it takes anything.
    func allowance(
        _ quota: Discretionary.Quota,
        _ taking: Discretionary,
        for session: Session,
        at now: Timestamp
    ) async throws -> Allowance {
        let tier = tier(of: session.member.group)
        return try await database.read { connection in
            try allowance(quota, of: tier, by: session.member.group, taking, at: now, connection)
        }
    }

    /// What is left to a group once it took so much.
    /// - Throws: `AdvisoryFault.overQuota` where that is more than is left.
    func left(
        after count: Int,
        of quota: Discretionary.Quota,
        _ taking: Discretionary,
        by group: Name,
        in transaction: Transaction
    ) throws -> Allowance {
        let tier = tier(of: group)
        let connection = transaction.connection
        let held = try allowance(quota, of: tier, by: group, taking, at: transaction.now, connection)
        guard let left = held.less(count) else { throw AdvisoryFault.overQuota(held, asked: count) }
        return left
    }

    private func allowance(
        _ quota: Discretionary.Quota,
        of tier: Tier,
        by group: Name,
        _ taking: Discretionary,
        at now: Timestamp,
        _ connection: any SQLConnection
    ) throws -> Allowance {
        let used = try StandingRows.used(quota, by: group, since: Allowance.began(quota, at: now), connection)
        return taking.allowance(quota, of: tier, used: used, at: now, terms)
    }
}

/// How much later what is released reaches some, by the tier of their ownership group.
///
/// What a member is given is written down with it as an instant, up to which all that was released is given
/// (`Member.given`). This says what that instant is to become.
public struct Delays: Sendable {
    /// What is released within one step of the clock is given at once: what a member brings in that time has one label,
    /// and whoever is put off is brought what is due once in that time, and not with every release of others.
    public static let step = Duration.seconds(3_600)
    /// By how much the clocks of two nodes may differ, so that what one gave nobody takes back.
    static let skew = Duration.seconds(60)

    private let terms: ReciprocityTerms

    /// Takes the terms that have the delays.
    public init(_ terms: ReciprocityTerms) {
        self.terms = terms
    }

    /// Whether anybody is put off.
    public var areAny: Bool { Term.delays.contains { terms[$0] > 0 } }

    /// From when delays count of what is released first now in a pool: the end of the step; nil where nobody is put
    /// off, as of lists and inboxes.
    public func count(from now: Timestamp, in pool: PoolKind) -> Timestamp? {
        areAny && pool.isRecallable ? Self.end(ofStepAt: now) : nil
    }

    /// How a member stands to delays.
    public struct Case: Sendable {
        /// The member, with what it is given.
        public let member: Member
        /// The tier of its group.
        public let tier: Tier
        /// Whether another exchange reads as it: what goes to those is no tier's.
        public let isPeer: Bool
        /// Whether it was given nothing since it joined.
        public let isNew: Bool

        /// Puts it together from its parts.
        public init(member: Member, tier: Tier, isPeer: Bool, isNew: Bool) {
            self.member = member
            self.tier = tier
            self.isPeer = isPeer
            self.isNew = isNew
        }
    }

    /// By how much later a member is given what is released; zero for not at all.
    public func delay(to member: Member, of tier: Tier) -> Duration {
        switch member.kind.timing {
        case .exempt: .zero
        case .discretionary(let taking): taking.delay(to: tier, terms)
        }
    }

    /// Up to when what was released is given to a member now; nil where all of it is.
    ///
    /// It never goes back. Who was given all until now keeps that, whatever becomes of its tier: so the present step is
    /// given to its end, by whatever clock.
    public func given(to one: Case, at now: Timestamp) -> Timestamp? {
        let delay = delay(to: one.member, of: one.tier)
        guard delay > .zero, !one.isPeer else { return nil }
        let due = Self.start(ofStepAt: now.advanced(by: .zero - delay))
        let end = Self.end(ofStepAt: now.advanced(by: Self.skew))
        return max(one.member.given ?? (one.isNew ? due : end), due)
    }

    private static func start(ofStepAt now: Timestamp) -> Timestamp {
        let step = step.components.seconds * 1_000_000_000
        let rest = now.nanoseconds % step
        return Timestamp(nanoseconds: now.nanoseconds - (rest < 0 ? rest + step : rest))
    }

    /// The instant after `now` at which the next step begins.
    private static func end(ofStepAt now: Timestamp) -> Timestamp { start(ofStepAt: now).advanced(by: step) }
}

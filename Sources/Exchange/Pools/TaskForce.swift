/// What makes a pool a task force: who leads it, and what becomes of what was brought to it once it has ended.
public struct TaskForce: Hashable, Sendable {
    /// The member that decides what those who join late see of what was before.
    public var lead: ID<Member>
    /// What becomes of a contribution about which its owner chose nothing.
    public var closing: Disposal

    /// Puts it together from its parts.
    public init(lead: ID<Member>, closing: Disposal) {
        self.lead = lead
        self.closing = closing
    }
}

/// What becomes of a contribution to a task force once that has ended.
public enum Disposal: String, CaseIterable, Sendable, Codable {
    /// It is taken out of the pool, and its owner has it.
    case giveBack = "return"
    /// It stays, and nobody but its owner reads it.
    case keep
    /// Content and salt are erased; the journal keeps the commitment.
    case destroy
}

/// From when on a member takes part in a task force.
public struct Joining: Hashable, Sendable {
    /// The cohort that it came with: it sees what was released since then.
    ///
    /// 0 where it sees all.
    public var cohort: Int
    /// The advisories of before that the lead released to it.
    public var released: Set<ID<Advisory>>

    /// Puts it together from its parts.
    public init(cohort: Int = 0, released: Set<ID<Advisory>> = []) {
        self.cohort = cohort
        self.released = released
    }

    /// Whether what bears a label was released since, or was released to it.
    public func admits(_ label: Label) -> Bool {
        label.cohort >= cohort || label.terms.map { released.contains($0.advisory) } ?? false
    }
}

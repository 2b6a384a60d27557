/// What this exchange agreed on with another: which pools are shared, and under which terms.
///
/// It says what this exchange gives and takes; what the other gives and takes is in the agreement that it has itself.
public struct Agreement: Hashable, Sendable, Codable {
    /// Which way objects go.
    public enum Direction: String, CaseIterable, Sendable, Codable {
        case gives
        case takes
        case both
    }

    /// A pool here, and the pool there that stands for it.
    public struct SharedPool: Hashable, Sendable, Codable {
        /// The pool of this exchange.
        public let ours: ID<Pool>
        /// The name of the other's.
        public let theirs: Name
        /// Which way objects go between the two.
        public let direction: Direction

        /// Puts it together from its parts.
        public init(ours: ID<Pool>, theirs: Name, direction: Direction) {
            self.ours = ours
            self.theirs = theirs
            self.direction = direction
        }
    }

    /// The pools that are shared; in each direction a pool stands for one of the other's at the most.
    public let pools: [SharedPool]
    /// What has a stricter marking is not given, and not taken.
    public let ceiling: TLP
    /// What is given is given under this marking at the least.
    public let floor: TLP
    /// Whether the other may pass on what it is given.
    public let onward: Bool

    /// Puts it together from its parts.
    public init(pools: [SharedPool], ceiling: TLP, floor: TLP = .clear, onward: Bool) {
        self.pools = pools
        self.ceiling = ceiling
        self.floor = floor
        self.onward = onward
    }

    /// The pool there that stands for one here, of what is given.
    public func outgoing(_ pool: ID<Pool>) -> Name? {
        pools.first { $0.ours == pool && $0.direction != .takes }?.theirs
    }

    /// The pool here that stands for one there, of what is taken.
    public func incoming(_ pool: Name) -> ID<Pool>? {
        pools.first { $0.theirs == pool && $0.direction != .gives }?.ours
    }

    /// Whether what came from a peer is taken into a pool here.
    ///
    /// What takes back is always taken. A correction no stricter than what was taken from the same peer is taken whole,
    /// whatever was agreed on since; where it may not be taken whole, or came without its objects, what is held or
    /// comes late no longer counts.
    public static func intake(
        of signed: SignedRelease,
        isNotice: Bool,
        from peer: ID<Peer>,
        pool: Name,
        under agreement: Agreement?,
        holding copy: FederatedCopy
    ) -> Intake {
        let marking = signed.terms.marking
        if signed.release.purpose.isEnd { return .whole }
        if isNotice { return .notice }
        let isCorrection = signed.release.number > 1
        if isCorrection, let before = copy.taken[peer], marking <= before { return .whole }
        let isShared = agreement?.incoming(pool) != nil
        if isShared, let agreement, marking <= agreement.ceiling { return .whole }
        if isCorrection { return .notice }
        return .refused(isShared ? .tooStrict : .poolNotShared)
    }
}

/// What becomes of something that came from another exchange.
public enum Intake: Hashable, Sendable {
    case whole
    /// What is held no longer counts, and what came is not kept.
    case notice
    case refused(PassageRefusal)
}

/// Why something does not go to another exchange.
public enum PassageRefusal: String, Error, CaseIterable, Sendable {
    /// The other released it, or it passed through the other: it has it.
    case cameFromThere = "it came from there"
    /// It has as many hops as it may have.
    case tooFar = "it went as far as it may"
    /// It was given there under terms that allow as much.
    case given = "it was given before"
    /// Nothing was agreed on, or not this pool in this direction.
    case poolNotShared = "the pool is not shared"
    /// Its marking is stricter than what was agreed on.
    case tooStrict = "its marking is stricter than was agreed on"
    /// Who gave it did not allow it to be passed on.
    case notOnward = "it may not be passed on"
    /// What is taken back was never given there.
    case neverGiven = "it was never given there"
}

/// Whether something goes to another exchange, and how.
public enum Passage: Hashable, Sendable {
    case forward(PassageTerms)
    /// It goes without its objects: the other learns that the copy that it holds no longer counts, and nothing more.
    case notice(PassageTerms)
    case refuse(PassageRefusal)

    /// Decides on what came one way, for one peer.
    ///
    /// A correction no stricter than what was given goes wherever a copy went, under the terms of then, whatever was
    /// agreed on since; one that may not go whole goes there as a notice. What takes back goes to all that were given
    /// something. May be asked again after what it said was done: where a peer has copies under terms of which neither
    /// covers the other, each is followed.
    /// - Parameter isNotice: whether it came without its objects.
    public static func decide(
        _ signed: SignedRelease,
        isNotice: Bool,
        in pool: ID<Pool>,
        to peer: ID<Peer>,
        under agreement: Agreement?,
        grants: [Grant]
    ) -> Passage {
        let release = signed.release
        guard release.exchange != peer, !signed.passed(peer) else { return .refuse(.cameFromThere) }
        guard signed.custody.count < SignedRelease.hopsMax else { return .refuse(.tooFar) }
        let terms = signed.terms
        let newer = grants.filter { $0.number >= release.number }
        if release.purpose.isEnd {
            guard !grants.isEmpty else { return .refuse(.neverGiven) }
            return newer.isEmpty ? .forward(PassageTerms(marking: terms.marking, onward: true)) : .refuse(.given)
        }
        let older = grants.filter { $0.number < release.number }
        guard terms.onward || !older.isEmpty else { return .refuse(.notOnward) }
        var ways = older.filter { terms.marking <= $0.had && !$0.isNotice }.map(\.terms)
        if let agreed = agreed(terms, in: pool, under: agreement) { ways.append(agreed) }
        if isNotice || !terms.onward { ways = [] }
        if !ways.isEmpty {
            let news = ways.sorted { ($0.marking, $0.onward ? 0 : 1) < ($1.marking, $1.onward ? 0 : 1) }.first { way in
                !newer.contains { !$0.isNotice && $0.terms.covers(way) }
            }
            return news.map { .forward($0) } ?? .refuse(.given)
        }
        guard newer.isEmpty else { return .refuse(.given) }
        if !older.isEmpty { return .notice(terms) }
        if isNotice { return .refuse(.neverGiven) }
        return .refuse(agreement?.outgoing(pool) == nil ? .poolNotShared : .tooStrict)
    }

    private static func agreed(
        _ terms: PassageTerms,
        in pool: ID<Pool>,
        under agreement: Agreement?
    ) -> PassageTerms? {
        guard let agreement, agreement.outgoing(pool) != nil, terms.marking <= agreement.ceiling else { return nil }
        return PassageTerms(marking: max(terms.marking, agreement.floor), onward: agreement.onward)
    }
}

/// That something was given to a peer: kept before it leaves, since from then on the peer may have it.
///
/// While nobody knows whether it arrived the same is sent again, as it was.
public struct Grant: Hashable, Sendable, Codable {
    /// The entry of the journal that it follows from.
    public let entry: Tick
    /// When it was given first.
    public let given: Tick
    /// The number of the release.
    public let number: Int
    /// The marking that this exchange had it under.
    public let had: TLP
    /// The terms under which it was given.
    public let terms: PassageTerms
    /// Whether it went without its objects.
    public let isNotice: Bool

    /// Puts it together from its parts.
    public init(entry: Tick, given: Tick, number: Int, had: TLP, terms: PassageTerms, isNotice: Bool) {
        self.entry = entry
        self.given = given
        self.number = number
        self.had = had
        self.terms = terms
        self.isNotice = isNotice
    }
}

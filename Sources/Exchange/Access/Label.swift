/// The interned access label of a rendition: everything that the access decision needs to know about it, nothing else.
public struct Label: Hashable, Sendable {
    /// The pool that it was brought to.
    public let pool: ID<Pool>
    /// Its marking: its own, or the default of the pool.
    public let marking: TLP
    /// Who alone may read it: nil where the whole readership of the pool may.
    public let scope: Scope?
    /// What an advisory's rendition says beside; nil for an object that came as plain STIX.
    public let terms: Terms?
    /// Of an object that came from a source: the legal gateway that it is passed on by; nil where none is asked for.
    public let passage: Passage?
    /// Of a task force: how often a member had joined when it was released; 0 in any other pool.
    public let cohort: Int
    /// From when delays by tier count; nil for what is put off for nobody.
    public var release: Release?

    /// From when delays by tier count (row 14), and who is never delayed.
    public struct Release: Hashable, Sendable {
        /// When it was released first, rounded up to whole steps (`Delays.step`).
        public let at: Timestamp
        /// The member that brought it.
        public let member: ID<Member>

        /// Puts it together from its parts.
        public init(at: Timestamp, member: ID<Member>) {
            self.at = at
            self.member = member
        }
    }

    /// A readership narrower than the pool's.
    public struct Scope: Hashable, Sendable {
        /// The member that brought it: an originator keeps sight of what it addressed to others.
        public let originator: ID<Member>
        /// The principal that brought it, kept for TLP:RED only, which is for named persons.
        public let author: ID<Principal>?
        /// Identity ids of the addressed members and principals, sorted.
        public let addressees: [STIXID]

        /// Puts it together from its parts.
        public init(originator: ID<Member>, author: ID<Principal>?, addressees: [STIXID]) {
            self.originator = originator
            self.author = author
            self.addressees = addressees
        }
    }

    /// The legal gateway that plain STIX is passed on by, and from whom.
    public struct Passage: Hashable, Sendable {
        /// The gateway's name.
        public let gateway: Name
        /// The member that brought it.
        public let originator: ID<Member>
        /// What the gateway asks of that member, as it was then.
        public let origin: GatewayParty

        /// Puts it together from its parts.
        public init(gateway: Name, originator: ID<Member>, origin: GatewayParty) {
            self.gateway = gateway
            self.originator = originator
            self.origin = origin
        }
    }

    /// Puts it together from its parts.
    public init(
        pool: ID<Pool>,
        marking: TLP,
        scope: Scope?,
        terms: Terms? = nil,
        passage: Passage? = nil,
        cohort: Int = 0
    ) {
        self.pool = pool
        self.marking = marking
        self.scope = scope
        self.terms = terms
        self.passage = passage
        self.cohort = cohort
    }

    /// The label of an object that `author` brings to `pool`.
    /// - Parameters:
    ///   - confidants: the members that alone may read it beside the author's; nil for whom it says itself.
    ///   - passage: the legal gateway that it is passed on by, where one is asked for.
    public init(
        of object: STIXObject,
        in pool: Pool,
        from author: Principal,
        onlyTo confidants: [STIXID]? = nil,
        by passage: Passage? = nil
    ) {
        let stated = object.marking ?? pool.terms.defaultMarking
        let marking = confidants == nil ? stated : max(stated, .amberStrict)
        self.init(
            pool: pool.id,
            marking: marking,
            scope: Scope(marking, from: author, to: confidants ?? object.addressees),
            passage: passage,
            cohort: pool.cohort
        )
    }
}

extension Label.Scope {
    /// The readership that a marking narrows the pool's to; nil where it does not.
    public init?(_ marking: TLP, from author: Principal, to addressees: [STIXID]) {
        let isNarrow =
            switch marking {
            case .red, .amberStrict: true
            case .amber, .green, .clear: !addressees.isEmpty
            }
        guard isNarrow else { return nil }
        self.init(
            originator: author.member,
            author: marking == .red ? author.id : nil,
            addressees: addressees.sorted()
        )
    }
}

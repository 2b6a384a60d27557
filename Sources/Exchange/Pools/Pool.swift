/// Which members a pool's terms let read, or write.
public enum Audience: String, CaseIterable, Sendable, Codable {
    /// Every member of the exchange.
    case everyone
    /// Customs, police, financial intelligence units and regulators.
    case authorities
    /// The members enrolled with that right, and nobody else.
    case enrolled
    /// Nobody: a pool that is closed to writers.
    case nobody
}

/// What a pool is for.
public enum PoolKind: String, CaseIterable, Sendable, Codable {
    /// Members share advisories and reports.
    case sharing
    /// A read-only copy of a public list, never mixed with advisories.
    case officialList = "official-list"
    /// Where members report to one authority: what is written becomes its reports, and nobody reads it here.
    case inbox

    /// Whether what is in it may have to be called back from those that hold it; a public list is everybody's.
    public var isRecallable: Bool {
        switch self {
        case .sharing: true
        case .officialList, .inbox: false
        }
    }
}

/// What one member was given in one pool, beside what the terms give to all.
public struct Enrolment: Hashable, Sendable {
    /// Whether it may read.
    public var reads: Bool
    /// Whether it may write.
    public var writes: Bool
    /// Of a task force: from when on it takes part.
    public var joining: Joining

    /// Whether it may do anything there; who left a task force may not.
    public var takesPart: Bool { reads || writes }

    /// Puts it together from its parts.
    public init(reads: Bool, writes: Bool, joining: Joining = Joining()) {
        self.reads = reads
        self.writes = writes
        self.joining = joining
    }
}

/// Whether what is written to a pool is released at once.
public enum ReleaseRule: String, CaseIterable, Sendable, Codable {
    case direct
    /// Another principal of the author's member, with the role approver, releases it.
    case secondPerson = "second-person"
}

/// The terms of a pool: all that an operator may change.
public struct PoolTerms: Hashable, Sendable {
    /// What people call it.
    public var title: String
    /// What it is for, in a sentence or two.
    public var about: String
    /// Who may read.
    public var reading: Audience
    /// Who may write.
    public var writing: Audience
    /// Whether release needs a second person.
    public var release: ReleaseRule
    /// The strictest marking that may be written.
    public var ceiling: TLP
    /// The marking of an object that has none.
    public var defaultMarking: TLP
    /// Whether it may be used at present.
    public var standing: Standing
    /// When it ends by itself, as a task force does; nil where it does not.
    public var ends: Timestamp?
    /// What makes it a task force; nil for any other pool.
    public var force: TaskForce?

    /// Puts it together from its parts.
    public init(
        title: String,
        about: String = "",
        reading: Audience,
        writing: Audience,
        release: ReleaseRule = .direct,
        ceiling: TLP = .red,
        defaultMarking: TLP = .amber,
        standing: Standing = .active,
        ends: Timestamp? = nil,
        force: TaskForce? = nil
    ) {
        self.title = title
        self.about = about
        self.reading = reading
        self.writing = writing
        self.release = release
        self.ceiling = ceiling
        self.defaultMarking = defaultMarking
        self.standing = standing
        self.ends = ends
        self.force = force
    }
}

/// A sharing group with its own terms.
///
/// Every pool is one TAXII collection: `id` is the collection's, `name` its alias.
public struct Pool: Hashable, Sendable {
    /// Its id.
    public let id: ID<Pool>
    /// The tick at which it was made: its key in the store.
    public let number: Int64
    /// Its unique name.
    public let name: Name
    /// What kind it is.
    public let kind: PoolKind
    /// What an operator may change.
    public var terms: PoolTerms
    /// The members with rights of their own.
    public var enrolled: [ID<Member>: Enrolment]
    /// Of a task force: how often a member joined.
    ///
    /// What is released now is for those that joined until now.
    public var cohort: Int

    /// Puts it together from its parts.
    public init(
        id: ID<Pool>,
        number: Int64,
        name: Name,
        kind: PoolKind,
        terms: PoolTerms,
        enrolled: [ID<Member>: Enrolment] = [:],
        cohort: Int = 0
    ) {
        self.id = id
        self.number = number
        self.name = name
        self.kind = kind
        self.terms = terms
        self.enrolled = enrolled
        self.cohort = cohort
    }

    /// Whether it has ended by itself: then it does not exist for anybody.
    public func hasEnded(at now: Timestamp) -> Bool { terms.ends.map { $0 <= now } ?? false }

    /// Whether the terms let `member` read.
    ///
    /// A suspended pool is read by nobody. A suspended member reads as far as the access table lets it.
    public func isRead(by member: Member) -> Bool {
        terms.standing == .active && admits(member, terms.reading, enrolled[member.id]?.reads)
    }

    /// Whether the terms let `member` write.
    ///
    /// A suspended pool is written by nobody, and a suspended member writes nowhere.
    public func isWritten(by member: Member) -> Bool {
        terms.standing == .active && member.standing == .active
            && admits(member, terms.writing, enrolled[member.id]?.writes)
    }

    /// The authority whose inbox it is: the member that is enrolled to read; nil where there is none.
    public var owner: ID<Member>? {
        switch kind {
        case .inbox: enrolled.first { $0.value.reads }?.key
        case .sharing, .officialList: nil
        }
    }

    private func admits(_ member: Member, _ audience: Audience, _ enrolment: Bool?) -> Bool {
        switch audience {
        case .everyone: true
        case .authorities: member.kind.isAuthority || enrolment == true
        case .enrolled: enrolment == true
        case .nobody: false
        }
    }
}

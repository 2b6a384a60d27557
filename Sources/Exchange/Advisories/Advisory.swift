/// An advisory: drafted, approved, released, amended and recalled.
///
/// A value with pure transitions: `after` for its originator, `disputed` and `settled` for the exchange, `elapsed` for
/// time. Written as JSON it can be read back whole.
public struct Advisory: Hashable, Sendable, Codable {
    /// Five years of 365 days: no advisory outlives them, from its first publication on.
    public static let capDays = 1_825
    /// The time after which one that names a person expires, unless the pool says otherwise.
    public static let reviewDaysUsual = 180
    /// How long a safety advisory stands on one pair of eyes.
    public static let ratificationTime = Duration.seconds(24 * 3_600)

    /// Its id.
    public let id: ID<Advisory>
    /// Where it is shared.
    public let pool: ID<Pool>
    /// Its originator.
    public let member: ID<Member>
    /// What it is about.
    public let kind: AdvisoryKind
    /// How far it has come.
    public internal(set) var stage: AdvisoryStage
    /// The version that readers see; before the first publication, the one being drafted.
    public internal(set) var version: AdvisoryVersion
    /// The version that is being drafted to take its place; nil while there is none.
    public internal(set) var amendment: AdvisoryVersion?
    /// The approvals of all versions that were published with one, in their order.
    public internal(set) var approvals: [Approval]
    /// What each published version after the first changed, and why, in their order.
    public internal(set) var changes: [ChangeNote]
    /// What the full renditions of earlier versions had and later ones no longer have; one that came back and went
    /// again stands more than once.
    public internal(set) var retired: [RetiredPart]
    /// Of the published versions that were not for whoever reads for a member: for whom, by their numbers.
    var confined: [Int: Confinement]?
    /// Why what it said is no longer here; nil while it is.
    public internal(set) var erasure: Erasure?

    /// A first draft.
    /// - Throws: `LifecycleRefusal` where the author is no publisher, or the content is not of the kind.
    public init(
        _ id: ID<Advisory>,
        in pool: ID<Pool>,
        kind: AdvisoryKind,
        _ content: AdvisoryContent,
        on terms: AdvisoryTerms,
        by author: ActingPrincipal,
        at now: Timestamp
    ) throws(LifecycleRefusal) {
        guard author.roles.contains(.publisher) else { throw .missingRole(oneOf: [.publisher]) }
        try Self.check(content, terms, as: kind)
        try Self.check(embargo: terms.embargo, at: now)
        try Self.check(review: terms, content, at: now)
        self.id = id
        self.pool = pool
        self.member = author.member
        self.kind = kind
        stage = .pending
        version = AdvisoryVersion(1, content, on: terms, by: author.attribution(at: now), change: nil)
        approvals = []
        changes = []
        retired = []
    }

    /// Where it stands.
    public var state: AdvisoryState {
        switch stage {
        case .pending:
            switch version.progress {
            case .draft: .draft
            case .graded: .graded
            case .approved, .waiting: .approved
            }
        case .discarded(let reason, _): .withdrawn(reason)
        case .published: .published
        case .restricted: .restricted
        case .expired: .expired
        case .withdrawn(let reason, _, _): .withdrawn(reason)
        case .recalled(let reason, _, _): .recalled(reason)
        }
    }

    /// What holds of it since its first publication; nil for one that was never published.
    public var release: AdvisoryRelease? {
        switch stage {
        case .pending, .discarded: nil
        case .published(let release), .restricted(let release, _), .expired(let release, _),
            .withdrawn(_, let release, _), .recalled(_, let release, _):
            release
        }
    }

    /// Whether nothing of it is left to readers but the stub of what they hold.
    public var isCalledBack: Bool {
        if case .recalled = stage { return true }
        return erasure != nil
    }

    /// Who began it.
    public var author: ID<Principal> { version.author.principal }
    /// What readers see, or will.
    public var content: AdvisoryContent { version.content }
    /// On what terms.
    public var terms: AdvisoryTerms { version.terms }
    /// Its grade as it counts; nil while it has none.
    public var grade: Grade? { version.grade }
    /// The number by which people know it; nil before its first publication.
    public var reference: AdvisoryReference? { release?.reference }

    /// The version that is being drafted, graded and approved; nil while there is none.
    public var pending: AdvisoryVersion? {
        switch stage {
        case .pending: version
        case .published, .restricted: amendment
        case .discarded, .expired, .withdrawn, .recalled: nil
        }
    }

    /// The next instant at which time alone changes it; nil when it does not.
    public var due: Timestamp? {
        switch stage {
        case .pending, .discarded, .recalled: nil
        case .published(let release), .restricted(let release, _):
            [release.ratificationEnd, release.review, release.cap, amendment?.hold?.until].compactMap { $0 }.min()
        // What nobody ratified is called back even where it expired or was withdrawn before.
        case .expired(let release, _), .withdrawn(_, let release, _): release.ratificationEnd
        }
    }

    /// As it is at `now`, after all that time alone has changed.
    public func elapsed(at now: Timestamp) -> Advisory {
        var next = self
        while let due = next.due, due <= now, let release = next.release {
            if release.ratificationEnd == due {
                next.amendment = nil
                next.stage = .recalled(.unratified, release, at: due)
            } else if next.amendment?.hold?.until == due, let awaited = next.awaited {
                next = awaited
            } else {
                next.amendment = nil
                next.stage = .expired(release, at: due)
            }
        }
        return next
    }

    /// As it will be once the embargo ends that its published amendment waits for; nil where none waits.
    public var awaited: Advisory? {
        guard let hold = amendment?.hold else { return nil }
        var next = self
        next.placeAmendment(until: hold.review, at: hold.until)
        return next
    }

    /// Refuses content and terms that are not of the kind.
    static func check(
        _ content: AdvisoryContent,
        _ terms: AdvisoryTerms,
        as kind: AdvisoryKind
    ) throws(LifecycleRefusal) {
        do throws(ContentFault) {
            try content.check(as: kind)
            try terms.check(as: kind, of: content)
        } catch {
            throw .content(error)
        }
    }

    /// Refuses an embargo that holds nothing back.
    static func check(embargo: Timestamp?, at now: Timestamp) throws(LifecycleRefusal) {
        guard let embargo, embargo <= now else { return }
        let rule = "must lie in the future; give a later time, or leave it out to have it leave once it is published"
        throw .content(ContentFault("terms.embargo", .form(rule)))
    }

    /// Refuses a review date with which it could not be published, were it now or at the end of its embargo.
    static func check(
        review terms: AdvisoryTerms,
        _ content: AdvisoryContent,
        at now: Timestamp
    ) throws(LifecycleRefusal) {
        let out = max(now, terms.embargo ?? now)
        do throws(LifecycleRefusal) {
            _ = try review(terms.review, content, out, reviewDaysUsual, cap: AdvisoryRelease.cap(from: out))
        } catch {
            throw .content(ContentFault("terms.review", .form(error.description)))
        }
    }
}

extension ActingPrincipal {
    /// Its attribution at an instant.
    func attribution(at now: Timestamp) -> Attribution { Attribution(principal, unit: unit, at: now) }
}

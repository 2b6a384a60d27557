/// What a POST changes: the versions to store, in order, and the verdict on each object of the envelope, in its order.
///
/// Pure: the same envelope against the same holdings gives the same plan. One bad object never costs the others.
public struct AcceptancePlan: Sendable {
    /// A version to store, with the owner of an id that is new to the exchange.
    public struct Release: Sendable {
        /// Its place in the envelope.
        public let place: Int
        /// What is stored.
        public let object: STIXObject
        /// Its access label.
        public let label: Label
        /// The member that owns the id from now on; nil for an id that belongs to nobody.
        public let owner: ID<Member>?
    }

    /// What is to be stored, in the order of the envelope.
    public private(set) var releases: [Release] = []
    /// What became of each object, in the order of the envelope.
    public private(set) var verdicts: [Verdict] = []

    private let author: Reader
    private let pool: Pool
    private let directory: Directory
    private let rule: ReleaseRule
    private let now: Timestamp
    private var held: [STIXID: HeldObject]

    /// - Parameters:
    ///   - author: who brings the envelope; the caller has checked that it may write to `pool`.
    ///   - rule: the pool's, or `direct` once a second person has agreed. Under `secondPerson` the releases wait.
    ///   - held: what the store holds of every id in the envelope that it knows, in all pools.
    public init(
        _ contributions: [Contribution],
        to pool: Pool,
        from author: Reader,
        held: [STIXID: HeldObject],
        directory: Directory,
        rule: ReleaseRule,
        at now: Timestamp
    ) {
        self.author = author
        self.pool = pool
        self.directory = directory
        self.rule = rule
        self.now = now
        self.held = held
        verdicts.reserveCapacity(contributions.count)
        for (place, contribution) in contributions.enumerated() {
            switch contribution {
            case .invalid(let id, let version, let reason):
                verdicts.append(.failure(id: id, version: version ?? now.text, reason: reason))
            case .object(let object):
                verdicts.append(verdict(on: object, at: place))
            }
        }
    }

    private mutating func verdict(on object: STIXObject, at place: Int) -> Verdict {
        let version = object.version?.text ?? now.text
        let label = Label(of: object, in: pool, from: author.principal)
        do throws(Refusal) {
            try checkMarking(of: object, label)
            try checkAuthorship(of: object)
            if try isNew(object) {
                release(object, at: place, label)
                if rule == .secondPerson { return .pending(id: object.id.text, version: version) }
            }
            return .success(id: object.id.text, version: version, note: note(on: object, label))
        } catch {
            return .failure(id: object.id.text, version: version, reason: error.reason)
        }
    }

    private func checkMarking(of object: STIXObject, _ label: Label) throws(Refusal) {
        if label.marking > pool.terms.ceiling {
            throw Refusal(
                "object_marking_refs: \(label.marking.label) is stricter than this collection takes; "
                    + "mark it \(pool.terms.ceiling.label) or below, or use another collection"
            )
        }
        for addressee in object.addressees where directory.member(identifiedBy: addressee) == nil {
            throw Refusal("addressees: \(addressee.text) is no member or principal here; use the identity id of one")
        }
    }

    /// An object may have no author, or one outside the exchange, but never another member of it.
    private func checkAuthorship(of object: STIXObject) throws(Refusal) {
        if let creator = object.createdBy, let member = directory.member(identifiedBy: creator),
            member != author.member.id
        {
            throw Refusal("created_by_ref: names another member; leave it out or name your own identity")
        }
        if let member = directory.member(identifiedBy: object.id), member != author.member.id {
            throw Refusal("id: stands for another member; use an id of your own")
        }
    }

    /// Whether the object is to be stored; false when this pool already has it.
    private func isNew(_ object: STIXObject) throws(Refusal) -> Bool {
        guard let held = held[object.id] else { return true }
        let known = held.versions.filter { isComparable($0, object) }
        if known.contains(where: { $0.digest == object.digest && $0.pool == pool.id }) { return false }
        if let owner = held.owner, owner != author.member.id {
            guard known.contains(where: { $0.digest == object.digest }) else {
                throw Refusal(
                    "id: belongs to the member that first brought it, who alone adds versions or revokes; "
                        + "publish a derived object with an id of your own"
                )
            }
            return true
        }
        try checkHistory(of: object, held, known)
        return true
    }

    /// An id that belongs to nobody (a cyber-observable's can be computed from its value) is compared only with what
    /// the author can see here: a refusal must not tell that somebody else holds it.
    private func isComparable(_ version: HeldVersion, _ object: STIXObject) -> Bool {
        guard object.isUnowned else { return true }
        return version.pool == pool.id && AccessPolicy.decide(author, version.label, at: now) == .permitted
    }

    private func checkHistory(of object: STIXObject, _ held: HeldObject, _ known: [HeldVersion]) throws(Refusal) {
        let instant = object.version?.instant
        for version in known where version.instant == instant && version.digest != object.digest {
            throw Refusal(
                instant == nil
                    ? "id: is held with other content, and an object without modified has no versions; use a new id"
                    : "modified: this version is held with other content; give a changed object a later modified"
            )
        }
        if let created = object.created, let first = held.created, created != first {
            throw Refusal("created: must stay \(first.text) in every version of an object")
        }
        if let instant, let end = known.compactMap({ $0.isRevoked ? $0.instant : nil }).min(), instant > end {
            throw Refusal("revoked: this object was revoked for good; publish a new object with a new id")
        }
    }

    private mutating func release(_ object: STIXObject, at place: Int, _ label: Label) {
        let owner = object.isUnowned ? nil : author.member.id
        releases.append(Release(place: place, object: object, label: label, owner: owner))
        let version = HeldVersion(
            pool: pool.id,
            label: label,
            instant: object.version?.instant,
            digest: object.digest,
            isRevoked: object.isRevoked
        )
        held[object.id, default: HeldObject(owner: owner, created: object.created, versions: [])]
            .versions.append(version)
    }

    /// What the author should know although the object is stored.
    private func note(on object: STIXObject, _ label: Label) -> String? {
        guard object.addressees.isEmpty else { return nil }
        return switch label.marking {
        case .red: "TLP:RED without addressees: only you can read it"
        case .amberStrict: "TLP:AMBER+STRICT without addressees: only your organisation can read it"
        case .amber, .green, .clear: nil
        }
    }

    private struct Refusal: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }
}

extension STIXObject {
    /// Whether the id belongs to nobody: a cyber-observable's follows from its value, and a TLP marking is the
    /// standard's own.
    public var isUnowned: Bool { isObservable || TLP.marking(id) != nil }
}

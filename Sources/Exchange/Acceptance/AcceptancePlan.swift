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
    /// What becomes of each object, in the order of the envelope.
    ///
    /// The version of one without `modified` and `created` is when it comes: see `verdicts(cameAt:)`.
    public private(set) var verdicts: [Verdict] = []

    private let author: Reader
    private let confidants: [STIXID: [STIXID]]
    private let passage: Label.Passage?
    private let given: Label?
    private let counted: Timestamp?
    private let pool: Pool
    private let directory: Directory
    private let rule: ReleaseRule
    private let now: Timestamp
    private var held: [STIXID: HeldObject]
    /// Of the objects that have no version of their own, those that are the same as a release: its place.
    private var undated: [Int: Int] = [:]
    /// The first release of each content, by its place in the envelope.
    private var places: [Content: Int] = [:]

    private struct Content: Hashable {
        let id: STIXID
        let digest: [UInt8]
    }

    /// - Parameters:
    ///   - author: who brings the envelope; the caller has checked that it may write to `pool`.
    ///   - confidants: identities of the members that alone may read single objects beside the author's.
    ///   - gateway: the legal gateway that it is passed on by; nil where none is asked for.
    ///   - label: the label of all of it; nil where each object says it by itself.
    ///   - counted: from when delays by tier count of what is new; nil where nobody is put off.
    ///   - rule: the pool's, or `direct` once a second person has agreed. Under `secondPerson` the releases wait.
    ///   - held: what the store holds of every id in the envelope that it knows, in all pools.
    public init(
        _ contributions: [Contribution],
        to pool: Pool,
        from author: Reader,
        confiding confidants: [STIXID: [STIXID]] = [:],
        by gateway: Name? = nil,
        labelled label: Label? = nil,
        delayedFrom counted: Timestamp? = nil,
        held: [STIXID: HeldObject],
        directory: Directory,
        rule: ReleaseRule,
        at now: Timestamp
    ) {
        self.author = author
        self.confidants = confidants
        given = label
        self.counted = counted
        let origin = GatewayParty(author.member)
        passage = gateway.map { Label.Passage(gateway: $0, originator: author.member.id, origin: origin) }
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

    /// The verdicts once the releases are stored.
    /// - Parameter ticks: when each release came, by its place in the envelope.
    public func verdicts(cameAt ticks: [Int: Tick]) -> [Verdict] {
        var stated = verdicts
        for (place, source) in undated {
            guard case .success(let id, _, let note) = stated[place], let tick = ticks[source] else { continue }
            stated[place] = .success(id: id, version: tick.text, note: note)
        }
        return stated
    }

    private mutating func verdict(on object: STIXObject, at place: Int) -> Verdict {
        let version = object.version?.text ?? now.text
        let label = label(of: object)
        do throws(Refusal) {
            let twin = places[Content(id: object.id, digest: object.digest)]
            if twin == nil {
                if let known = duplicate(of: object, label) {
                    return .success(id: object.id.text, version: known.version, note: note(on: object, label))
                }
                try checkMarking(of: object)
                try checkSubject(of: object)
                try checkAuthorship(of: object)
                try checkOwnership(of: object)
            }
            switch rule {
            case .direct:
                if twin == nil { release(object, at: place, label) }
                if object.version == nil { undated[place] = twin ?? place }
                return .success(id: object.id.text, version: version, note: note(on: object, label))
            case .secondPerson:
                // One that stands twice waits twice, so that each line of the status is settled.
                release(object, at: place, label)
                return .pending(id: object.id.text, version: version)
            }
        } catch {
            return .failure(id: object.id.text, version: version, reason: error.reason)
        }
    }

    private func label(of object: STIXObject) -> Label {
        if let given { return given }
        let confidants = confidants[object.id]
        var label = Label(of: object, in: pool, from: author.principal, onlyTo: confidants, by: passage)
        // An acknowledgement comes at once, like the recall that it answers.
        if confidants == nil { label.release = release(of: object) }
        return label
    }

    /// From when delays by tier count of an object: from its first version in the pool, so that who has that is given
    /// each later one at once.
    private func release(of object: STIXObject) -> Label.Release? {
        guard let counted, TLP.marking(object.id) == nil else { return nil }
        let earlier = (held[object.id]?.versions ?? []).filter { $0.pool == pool.id }.map(\.label.release?.at)
        guard !earlier.contains(nil) else { return nil }
        let first = earlier.compactMap { $0 }.min() ?? counted
        return Label.Release(at: first, member: author.member.id)
    }

    /// The version in this pool that makes the object an exact duplicate: one that the author may see, or that has the
    /// very label that the object would get.
    ///
    /// One that is there for others alone is no duplicate: the author would be told of it, and have nothing.
    private func duplicate(of object: STIXObject, _ label: Label) -> HeldVersion? {
        held[object.id]?.versions.first { version in
            version.pool == pool.id && (version.digest == object.digest || TLP.marking(object.id) != nil)
                && (version.label == label || isSeen(version))
        }
    }

    private func isSeen(_ version: HeldVersion) -> Bool {
        AccessPolicy.decide(author, version.label, at: now).isPermitted
    }

    /// Why something is not taken that is marked too strictly.
    static let tooStrict = "is stricter than this collection takes"

    private func checkMarking(of object: STIXObject) throws(Refusal) {
        let marking = object.marking ?? pool.terms.defaultMarking
        if marking > pool.terms.ceiling {
            throw Refusal(
                "object_marking_refs: \(marking.label) \(Self.tooStrict); "
                    + "mark it \(pool.terms.ceiling.label) or below, or use another collection"
            )
        }
        for addressee in object.addressees where directory.member(identifiedBy: addressee) == nil {
            throw Refusal("addressees: \(addressee.text) is no member or principal here; use the identity id of one")
        }
    }

    /// A wrong property is an error in what a member says itself; a public list is taken over as it is, with a note.
    private func checkSubject(of object: STIXObject) throws(Refusal) {
        switch pool.kind {
        case .officialList: return
        case .sharing, .inbox:
            guard let fault = object.subjectFaults.first else { return }
            throw Refusal("extensions.\(ListExtension.subject).properties.\(fault)")
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

    /// Whether the author may add this version to what is held under its id.
    private func checkOwnership(of object: STIXObject) throws(Refusal) {
        guard let held = held[object.id] else { return }
        switch object.id.ownership {
        case .nobody: return
        case .first:
            if let owner = held.owner, owner != author.member.id {
                guard held.versions.contains(where: { $0.digest == object.digest }) else { throw Refusal(Self.owned) }
                return
            }
            if let created = object.created, let first = held.created, created != first, !held.versions.isEmpty {
                throw Refusal("created: must stay \(first.text) in every version of an object")
            }
            try checkHistory(of: object, held.versions)
        case .seen:
            let known = held.versions.filter {
                $0.pool == pool.id && ($0.member == author.member.id || isSeen($0))
            }
            guard known.allSatisfy({ $0.member == author.member.id }) else { throw Refusal(Self.owned) }
            try checkHistory(of: object, known)
        }
    }

    /// What is said of an id that is another's, whatever it is of.
    public static let owned =
        "id: belongs to the member that first brought it, who alone adds versions or revokes; "
        + "publish a derived object with an id of your own"

    private func checkHistory(of object: STIXObject, _ known: [HeldVersion]) throws(Refusal) {
        let instant = object.version?.instant
        for version in known where version.instant == instant && version.digest != object.digest {
            throw Refusal(
                instant == nil
                    ? "id: is held with other content, and an object without modified has no versions; use a new id"
                    : "modified: this version is held with other content; give a changed object a later modified"
            )
        }
        if let instant, let end = known.compactMap({ $0.isRevoked ? $0.instant : nil }).min(), instant > end {
            throw Refusal("revoked: this object was revoked for good; publish a new object with a new id")
        }
    }

    private mutating func release(_ object: STIXObject, at place: Int, _ label: Label) {
        let owner = object.id.ownership == .first ? author.member.id : nil
        releases.append(Release(place: place, object: object, label: label, owner: owner))
        let version = HeldVersion(
            pool: pool.id,
            label: label,
            member: author.member.id,
            version: object.version?.text ?? now.text,
            instant: object.version?.instant,
            digest: object.digest,
            isRevoked: object.isRevoked
        )
        held[object.id, default: HeldObject(owner: owner, created: object.created, versions: [])]
            .versions.append(version)
        places[Content(id: object.id, digest: object.digest)] = place
    }

    /// What the author should know although the object is stored.
    private func note(on object: STIXObject, _ label: Label) -> String? {
        if !object.subjectFaults.isEmpty { return "to be checked: " + object.subjectFaults.joined(separator: "; ") }
        if confidants[object.id] != nil {
            let what =
                object.isDisagreement
                ? "disagrees with a recall, and so does not acknowledge it" : "acknowledges a recall"
            return "\(what): its originator alone reads it beside you"
        }
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

extension STIXID {
    /// To whom an id belongs.
    enum Ownership {
        /// To the member that first brought it: a random id, which nobody else can come to by itself.
        case first
        /// For each author, to whoever brought the versions that the author sees: an id that follows from what it names
        /// by a rule that anyone may know. A refusal about one that is hidden would tell that somebody holds it.
        case seen
        /// To nobody: a cyber-observable's, which follows from its value, and the standard's own TLP markings.
        case nobody
    }

    /// To whom this one belongs.
    var ownership: Ownership {
        if TLP.marking(self) != nil { return .nobody }
        if version == 4 { return .first }
        return STIXSchema.of(type)?.kind == .observable ? .nobody : .seen
    }
}

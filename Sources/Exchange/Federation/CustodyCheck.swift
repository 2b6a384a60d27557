/// Why a release, or how it came, is not to be trusted.
public enum CustodyFault: Error, Hashable, Sendable {
    /// Nobody that is trusted has this key.
    case keyUnknown(KeyID)
    /// The key is of another than the one who is said to have signed.
    case keyOfAnother(KeyID)
    /// The key did not count at the time at which it is said to have signed.
    case keyNotValid(KeyID, at: Timestamp)
    /// The key was revoked, and nothing shows that the signature is older.
    case keyRevoked(KeyID, Timestamp)
    /// What was signed was changed, or was never signed with this key.
    case signatureWrong(KeyID)
    /// It names no exchange that it passed through.
    case noCustody
    /// It has more hops than one release may.
    case tooFar
    /// The first hop is not of the exchange that released it.
    case originMissing
    /// A hop follows upon something else than what stands before it.
    case broken(ID<Peer>)
    /// It passed through an exchange twice.
    case twice(ID<Peer>)
    /// It was given to another exchange than the one that has the next hop.
    case givenToAnother(ID<Peer>)
    /// An exchange let it go under a looser marking than it had it.
    case wider(ID<Peer>)
    /// An exchange passed on what it was not to pass on.
    case passedOn(ID<Peer>)
    /// An exchange let it go before it had it.
    case releasedBeforeReceived(ID<Peer>)
    /// It is from later than the clocks of two exchanges may differ by.
    case fromTheFuture(Timestamp)
    /// It is not from the exchange that brought it.
    case broughtByAnother
    /// It was here before.
    case wasHere
}

extension SignedRelease {
    /// How much the clocks of two exchanges may differ by.
    public static let skewMax = Duration.seconds(12 * 3_600)

    /// Whether a key made the signature over a statement.
    public typealias SignatureCheck = @Sendable (FederationKey, _ signature: [UInt8], _ statement: [UInt8]) -> Bool

    /// All that is wrong with the signatures and with the way that it came; none for one that is to be trusted.
    /// - Parameters:
    ///   - isNotice: whether it came without its objects; what says only that a copy no longer counts may be passed on.
    ///   - now: by the clock of who asks.
    public func faults(
        isNotice: Bool = false,
        keys: KeyRing,
        at now: Timestamp,
        signatures: SignatureCheck = { $0.made($1, over: $2) }
    ) -> [CustodyFault] {
        wayFaults(isNotice, at: now) + signatureFaults(keys, signatures)
    }

    /// All that is wrong for the exchange that it arrives at; none for what may be taken.
    public func faults(
        for exchange: ID<Peer>,
        from peer: ID<Peer>,
        isNotice: Bool = false,
        keys: KeyRing,
        at now: Timestamp,
        signatures: SignatureCheck = { $0.made($1, over: $2) }
    ) -> [CustodyFault] {
        var faults = faults(isNotice: isNotice, keys: keys, at: now, signatures: signatures)
        if passed(exchange) { faults.append(.wasHere) }
        if let last = custody.last?.content {
            if last.exchange != peer { faults.append(.broughtByAnother) }
            if let to = last.to, to != exchange { faults.append(.givenToAnother(exchange)) }
        }
        return faults
    }

    // MARK: The way

    private func wayFaults(_ isNotice: Bool, at now: Timestamp) -> [CustodyFault] {
        guard let first = custody.first?.content else { return [.noCustody] }
        guard custody.count <= Self.hopsMax else { return [.tooFar] }
        var faults: [CustodyFault] = []
        if first.exchange != release.exchange { faults.append(.originMissing) }
        let latest = now.advanced(by: Self.skewMax)
        if release.released > latest { faults.append(.fromTheFuture(release.released)) }
        var seen: Set<ID<Peer>> = []
        var before = signed.digest
        var terms = PassageTerms(marking: release.marking, onward: true)
        for (place, signed) in custody.enumerated() {
            let hop = signed.content
            let isLast = place == custody.count - 1
            if hop.before != before { faults.append(.broken(hop.exchange)) }
            if !seen.insert(hop.exchange).inserted { faults.append(.twice(hop.exchange)) }
            if hop.received > hop.released { faults.append(.releasedBeforeReceived(hop.exchange)) }
            if hop.released > latest { faults.append(.fromTheFuture(hop.released)) }
            if hop.terms.marking < terms.marking { faults.append(.wider(hop.exchange)) }
            let isKept = !terms.onward && !isNotice && !release.purpose.isEnd
            if isKept, hop.to != nil || !isLast { faults.append(.passedOn(hop.exchange)) }
            if !isLast, let to = hop.to, to != custody[place + 1].content.exchange {
                faults.append(.givenToAnother(custody[place + 1].content.exchange))
            }
            before = signed.digest
            terms = PassageTerms(marking: hop.terms.marking, onward: terms.onward && hop.terms.onward)
        }
        return faults
    }

    // MARK: Signatures

    /// From the last link to the first, since a later one may show that an earlier is older than the revocation of its
    /// key.
    private func signatureFaults(_ keys: KeyRing, _ signatures: SignatureCheck) -> [CustodyFault] {
        var faults: [CustodyFault] = []
        var witnesses: [(holder: KeyHolder, had: Timestamp)] = []
        var after: Signed<Hop>?
        for link in custody.reversed() {
            if after.map({ $0.content.before != link.digest }) ?? false { witnesses = [] }
            let holder = KeyHolder.exchange(link.content.exchange)
            let fault = Self.fault(link, of: holder, at: link.content.released, keys, witnesses, signatures)
            if let fault { faults.append(fault) } else { witnesses.append((holder, link.content.received)) }
            after = link
        }
        if after.map({ $0.content.before != signed.digest }) ?? false { witnesses = [] }
        if let fault = Self.fault(signed, of: release.holder, at: release.released, keys, witnesses, signatures) {
            faults.append(fault)
        }
        return faults.reversed()
    }

    private static func fault<Content>(
        _ signed: Signed<Content>,
        of holder: KeyHolder,
        at time: Timestamp,
        _ keys: KeyRing,
        _ witnesses: [(holder: KeyHolder, had: Timestamp)],
        _ signatures: SignatureCheck
    ) -> CustodyFault? {
        guard let key = keys[signed.key] else { return .keyUnknown(signed.key) }
        guard key.holder == holder else { return .keyOfAnother(key.id) }
        guard signatures(key, signed.signature, signed.statement) else { return .signatureWrong(key.id) }
        guard key.from <= time, key.until.map({ time < $0 }) ?? true else { return .keyNotValid(key.id, at: time) }
        guard let revoked = key.revoked else { return nil }
        // Who has the key writes whatever time it likes: only what another exchange says of when it had it counts, and
        // that exchange's clock may be slow.
        let isOlder = witnesses.contains { $0.holder != holder && $0.had.advanced(by: skewMax) < revoked }
        return isOlder && time < revoked ? nil : .keyRevoked(key.id, revoked)
    }
}

/// What is wrong with an object, by the release that names it.
public enum ReleasedObjectFault: Error, Hashable, Sendable {
    /// It is not there.
    case missing(STIXID)
    /// It is there with another content.
    case changed(STIXID)
    /// Its own marking is stricter than that of the release.
    case stricter(STIXID)
}

extension Release {
    /// What is wrong with some objects, by this release; none where they are all there as they were released.
    ///
    /// A correction may come without its objects to who is told that a copy no longer counts: that is for the caller to
    /// allow.
    public func faults(in objects: [STIXObject]) -> [ReleasedObjectFault] {
        let found = Dictionary(grouping: objects, by: \.id)
        return self.objects.compactMap { entry in
            guard let versions = found[entry.id] else { return .missing(entry.id) }
            guard let object = versions.first(where: { $0.digest == entry.digest }) else {
                let isHere = versions.contains { $0.version?.text == entry.modified }
                return isHere ? .changed(entry.id) : .missing(entry.id)
            }
            return object.marking.map { $0 > marking } ?? false ? .stricter(entry.id) : nil
        }
    }
}

extension CustodyFault: CustomStringConvertible {
    /// What begins each that is about a key.
    static let signedWith = "signed with key "

    /// For people to read.
    public var description: String {
        switch self {
        case .keyUnknown(let key): "\(Self.signedWith)\(key), which is not among those that are trusted"
        case .keyOfAnother(let key): "\(Self.signedWith)\(key), which is of somebody else"
        case .keyNotValid(let key, let time): "\(Self.signedWith)\(key), which did not count at \(time)"
        case .keyRevoked(let key, let time):
            "\(Self.signedWith)\(key), which was revoked from \(time); nobody else is known to have had it before"
        case .signatureWrong(let key): "the signature is not of key \(key) over this: it was changed, or never signed"
        case .noCustody: "says of no exchange that it passed through it"
        case .tooFar: "passed through more than \(SignedRelease.hopsMax) exchanges"
        case .originMissing: "the first hop is not of the exchange that released it"
        case .broken(let exchange): "the hop of \(exchange) does not follow upon what stands before it"
        case .twice(let exchange): "passed twice through \(exchange)"
        case .givenToAnother(let exchange): "was given to another than \(exchange)"
        case .wider(let exchange): "\(exchange) let it go under a looser marking than it had it"
        case .passedOn(let exchange): "\(exchange) was not to pass it on"
        case .releasedBeforeReceived(let exchange): "\(exchange) let it go before it had it"
        case .fromTheFuture(let time): "is from \(time), which is further ahead than clocks may differ"
        case .broughtByAnother: "the last hop is not of the exchange that brought it"
        case .wasHere: "was here before"
        }
    }
}

extension ReleasedObjectFault: CustomStringConvertible {
    /// The object.
    public var id: STIXID {
        switch self {
        case .missing(let id), .changed(let id), .stricter(let id): id
        }
    }

    /// For people to read.
    public var description: String {
        switch self {
        case .missing: "is not here"
        case .changed: "is not what was signed: its content was changed"
        case .stricter: "has a stricter marking than it was released under"
        }
    }
}

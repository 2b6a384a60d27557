/// Why what an advisory said was erased.
public enum ErasureReason: String, CaseIterable, Sendable, Codable {
    /// It need not be kept any longer.
    case retention
    /// It should not have been kept, or somebody it is about may have it erased.
    case rectification
    /// A law or a court wants it.
    case legal
    /// The task force that it was shared in has ended, and that is its rule; never given by anybody.
    case closed
}

/// That what an advisory said was erased.
public struct Erasure: Hashable, Sendable, Codable {
    /// Why.
    public let reason: ErasureReason
    /// Who did it; nil where the exchange did.
    public let by: Attribution?
    /// When.
    public let at: Timestamp
}

extension Advisory {
    /// The advisory without what it said, in any of its versions: no text, no subject, and no digest of them.
    ///
    /// Its names, states and terms stay, who did what and when, and the codes of what is suspected. One that has not
    /// ended ends with it: it expires, and a draft is given up.
    /// - Parameter actor: nil where the exchange does it.
    public func erased(for reason: ErasureReason, by actor: Attribution?, at now: Timestamp) -> Advisory {
        var next = elapsed(at: now)
        switch next.stage {
        case .pending: next.stage = .discarded(.legal, at: now)
        case .published(let release), .restricted(let release, _): next.stage = .expired(release, at: now)
        case .discarded, .expired, .withdrawn, .recalled: break
        }
        next.version.erase()
        next.amendment = nil
        for place in next.approvals.indices { next.approvals[place].digest = [] }
        next.changes = []
        next.retired = []
        next.erasure = Erasure(reason: reason, by: actor, at: now)
        return next
    }

    mutating func erase(_ reason: ErasureReason, _ actor: Attribution) throws(LifecycleRefusal) {
        guard state.isFinal else { throw .notEnded(state) }
        guard erasure == nil else { throw .erased }
        guard reason != .closed else { throw .reservedReason }
        guard !version.isOwn(actor.principal) else { throw .ownWork }
        self = erased(for: reason, by: actor, at: actor.at)
    }
}

extension AdvisoryContent {
    /// The codes of it, and no word.
    var erased: AdvisoryContent {
        do throws(ContentFault) {
            return try AdvisoryContent(
                title: "Erased",
                facts: "Erased.",
                categories: Set(categories),
                severity: severity,
                action: action
            )
        } catch {
            preconditionFailure("codes that were sound are")
        }
    }
}

/// The one decision that every way out goes through: a pure function of reader, label and time.
///
/// The rows are those of docs/ACCESS.md. STOP rows in order, the first that matches ends; then every REDUCE row that
/// matches, each of which only takes away; then TIME, which alone knows of standing, and only puts off.
public enum AccessPolicy {
    /// What `reader` may have of what bears `label`.
    public static func decide(_ reader: Reader, _ label: Label, at now: Timestamp) -> Decision {
        let decision = decideTimeless(reader, label, at: now)
        return decision.isPermitted && isPutOff(label, for: reader.member) ? .hidden(by: .time) : decision
    }

    // MARK: TIME

    /// Whether the tier of a member's group puts off what bears a label (row 14).
    ///
    /// What the member is given is written down with it (`Member.given`): neither a tier nor a clock is asked here, so
    /// that nothing comes or goes but by a change of the directory, which gives what comes at ticks of its own.
    private static func isPutOff(_ label: Label, for member: Member) -> Bool {
        guard let release = label.release, let given = member.given, given < release.at else { return false }
        return switch Timing(label, in: .sharing, to: member) {
        case .exempt: false
        case .discretionary: true
        }
    }

    private static func decideTimeless(_ reader: Reader, _ label: Label, at now: Timestamp) -> Decision {
        guard reader.principal.standing == .active, reader.principal.roles.contains(.reader),
            reader.until.map({ now < $0 }) ?? true
        else { return .hidden(by: .noReader) }
        // Before the pool: one who left it, or whose pool is suspended, holds what it was given all the same.
        if let terms = label.terms, terms.rendition == .stub {
            return terms.audience.contains(reader, at: now)
                ? .permitted(by: .recalled, terms.isOwed ? [.acknowledge] : []) : .hidden(by: .recalled)
        }
        guard let span = reader.pools[label.pool] else { return .hidden(by: .scope) }
        guard span.lasts(at: now) else { return .hidden(by: .compartment) }
        guard let terms = label.terms else { return decide(reader, plain: label, at: now) }
        if let stop = stop(reader, label, terms, at: now) { return stop }
        let reduction = reduction(for: reader, label, terms, at: now)
        guard terms.rendition == reduction.rendition else { return .hidden(by: reduction.row) }
        return .permitted(by: reduction.row, reduction.obligations)
    }

    /// An object that came as plain STIX has a marking, and maybe a gateway that it is passed on by: nothing else to
    /// decide on.
    private static func decide(_ reader: Reader, plain label: Label, at now: Timestamp) -> Decision {
        guard isTimely(reader, label) else { return .hidden(by: .compartment) }
        guard reader.member.standing == .active else { return .hidden(by: .suspended) }
        guard isInScope(reader, label) else { return .denied(by: .scope) }
        guard let passage = label.passage, passage.originator != reader.member.id else {
            return .permitted(by: .open, [])
        }
        let isCovered = reader.gateways.all.contains { gateway in
            gateway.name == passage.gateway
                && gateway.covers(
                    origin: passage.origin,
                    reader: GatewayParty(reader.member),
                    mode: .published,
                    purpose: reader.purpose,
                    at: now
                )
        }
        return isCovered ? .permitted(by: .open, []) : .denied(by: .noGateway)
    }

    /// Whether it was released since the reader joined the task force, or was released to it.
    private static func isTimely(_ reader: Reader, _ label: Label) -> Bool {
        reader.joinings[label.pool]?.admits(label) ?? true
    }

    // MARK: STOP

    private static func stop(
        _ reader: Reader,
        _ label: Label,
        _ terms: Label.Terms,
        at now: Timestamp
    ) -> Decision? {
        let isOwn = terms.originator == reader.member.id
        if !isOwn, !terms.subjects.isDisjoint(with: reader.links) { return .hidden(by: .conflict) }
        if !isOwn, !isTimely(reader, label) { return .hidden(by: .compartment) }
        if !isCleared(reader, for: terms.compartment, at: now) { return .hidden(by: .compartment) }
        if !isOwn, let affected = terms.affected, affected.contains(reader.member) {
            return terms.rendition == .tearline ? .permitted(by: .safety, []) : .hidden(by: .safety)
        }
        if reader.member.standing == .suspended { return .hidden(by: .suspended) }
        if isOwn { return nil }
        if !terms.purposes.contains(reader.purpose) { return .denied(by: .purpose) }
        if !isInScope(reader, label), consent(reader, terms, at: now) == nil { return .denied(by: .scope) }
        if terms.isWeak, !reader.member.kind.isAuthority { return .denied(by: .weakGrade) }
        return nil
    }

    /// Whether a narrowed readership holds the reader.
    ///
    /// TLP:RED is for named principals: naming their organisation is not enough. The other markings are for the named
    /// organisations, and for their principals named alone.
    private static func isInScope(_ reader: Reader, _ label: Label) -> Bool {
        guard let scope = label.scope else { return true }
        let isNamed = scope.addressees.contains(reader.principal.identity)
        switch label.marking {
        case .red:
            return isNamed || scope.author == reader.principal.id
        case .amberStrict, .amber, .green, .clear:
            return isNamed || scope.originator == reader.member.id
                || scope.addressees.contains(reader.member.identity)
        }
    }

    // MARK: REDUCE

    private struct Reduction {
        var rendition = Rendition.full
        var row = AccessRow.open
        var obligations: Set<Obligation> = []

        /// Takes away all but `least`, unless less is left already.
        mutating func lower(to least: Rendition, by row: AccessRow) {
            guard least.richness < rendition.richness else { return }
            (rendition, self.row) = (least, row)
        }
    }

    private static func reduction(
        for reader: Reader,
        _ label: Label,
        _ terms: Label.Terms,
        at now: Timestamp
    ) -> Reduction {
        var left = Reduction()
        if terms.isDisputed { left.obligations.insert(.disputed) }
        if terms.originator != reader.member.id {
            let consent = consent(reader, terms, at: now)
            if !isInScope(reader, label), let consent { left.lower(to: consent.rendition, by: .scope) }
            if terms.isNominal, !hasGateway(reader, terms, at: now) { left.lower(to: .nonNominal, by: .noGateway) }
            if terms.caveats.contains(.reportDerived), reader.member.kind != .fiu {
                let uncovered = consents(reader, terms, at: now).filter(\.isOfUnit).map(\.rendition)
                left.lower(to: uncovered.max { $0.richness < $1.richness } ?? .tearline, by: .reportDerived)
            }
            if !terms.caveats.isDisjoint(with: [.originatorControlled, .noOnward]), !isAddressed(reader, label) {
                left.lower(to: consent?.rendition ?? .tearline, by: .originatorControl)
                if consent == nil { left.obligations.insert(.mayAskConsent) }
            }
            if terms.isProtected { left.lower(to: .nonNominal, by: .protectedPerson) }
        }
        // Where something else takes as much away, a consent gives no more.
        if left.row != .originatorControl { left.obligations.remove(.mayAskConsent) }
        // Of a rendition that this version has not, what is left is the next that tells less.
        while !terms.renditions.contains(left.rendition), let less = left.rendition.less { left.rendition = less }
        return left
    }

    private static func hasGateway(_ reader: Reader, _ terms: Label.Terms, at now: Timestamp) -> Bool {
        if terms.caveats.contains(.noExport), terms.origin.jurisdiction != reader.member.jurisdiction { return false }
        return reader.gateways.covering(
            origin: terms.origin,
            reader: GatewayParty(reader.member),
            mode: .published,
            purpose: reader.purpose,
            at: now
        ) != nil
    }

    private static func isAddressed(_ reader: Reader, _ label: Label) -> Bool {
        let addressees = label.scope?.addressees ?? []
        return addressees.contains(reader.principal.identity) || addressees.contains(reader.member.identity)
    }

    /// The originator's consent that gives most; a financial intelligence unit's is for what it reported alone.
    private static func consent(_ reader: Reader, _ terms: Label.Terms, at now: Timestamp) -> Consent? {
        consents(reader, terms, at: now).filter { !$0.isOfUnit }.max { $0.rendition.richness < $1.rendition.richness }
    }

    private static func consents(_ reader: Reader, _ terms: Label.Terms, at now: Timestamp) -> [Consent] {
        (reader.consents[terms.advisory] ?? []).filter {
            $0.reader == reader.member.id && $0.purpose == reader.purpose && now < $0.until
        }
    }
}

extension Rendition {
    /// How much it tells: more is more.
    public var richness: Int {
        switch self {
        case .full: 3
        case .tearline: 2
        case .nonNominal: 1
        case .stub: 0
        }
    }

    /// The next that tells less; nil where nothing is left to show.
    var less: Rendition? {
        switch self {
        case .full: .tearline
        case .tearline: .nonNominal
        case .nonNominal, .stub: nil
        }
    }
}

extension Member {
    /// The STIX identity that stands for this member.
    public var identity: STIXID { STIXID(type: "identity", uuid: id.uuid) }
}

extension Principal {
    /// The STIX identity that stands for this principal.
    public var identity: STIXID { STIXID(type: "identity", uuid: id.uuid) }
}

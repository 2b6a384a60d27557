/// The access labels of an advisory's renditions.
extension Advisory {
    /// The renditions that the version which readers see has.
    ///
    /// Of one that stands on one pair of eyes and names a person nobody has the whole before a second has read it.
    public var renditions: Set<Rendition> {
        let isLooked = release?.isRatified ?? true
        let all: Set<Rendition> = content.tearline == nil ? [.full, .nonNominal] : [.full, .tearline, .nonNominal]
        return isLooked || !content.namesPerson ? all : all.subtracting([.full])
    }

    /// The label of one rendition of the version that readers see.
    /// - Parameter cohort: of a task force: how often a member had joined when this version was released.
    public func label(
        of rendition: Rendition,
        in pool: Pool,
        originator: Member,
        author: Principal,
        isCorroborated: Bool,
        cohort: Int
    ) -> Label {
        let marking = terms.marking ?? pool.terms.defaultMarking
        var label = Label.Terms(
            id,
            originator: originator.id,
            origin: GatewayParty(originator),
            rendition,
            of: renditions
        )
        label.isNominal = content.subjects.contains { $0.kind.isNominal }
        let grade = grade ?? Grade(.unknown, .unknown)
        label.isWeak = content.namesPerson && grade.isTooWeakForIndustry(corroborated: isCorroborated)
        label.isProtected = content.shown.isEmpty && !content.subjects.isEmpty
        if case .restricted = stage { label.isDisputed = true }
        label.purposes = terms.purposes
        label.caveats = terms.caveats
        label.compartment = terms.compartment
        label.subjects = content.subjects.reduce(into: []) { $0.formUnion($1.conflictMarks) }
        label.affected = terms.affected
        return Label(
            pool: pool.id,
            marking: marking,
            scope: Label.Scope(marking, from: author, to: terms.addressees),
            terms: label,
            cohort: cohort
        )
    }

    /// The label of the stub of what some members hold: for those that are told of it, and nobody else.
    ///
    /// Nothing of the terms is in it: they may be those of a version that the holders do not know.
    public func stubLabel(in pool: Pool, originator: Member, for audience: StubAudience) -> Label {
        var label = Label.Terms(
            id,
            originator: originator.id,
            origin: GatewayParty(originator),
            .stub,
            of: [.stub]
        )
        label.holders = audience.holders
        label.recipients = audience.recipients
        label.compartment = audience.compartment
        if case .recalled = stage { label.isOwed = true }
        return Label(pool: pool.id, marking: pool.terms.defaultMarking, scope: nil, terms: label)
    }
}

extension SubjectKind {
    /// Whether it is somebody or something by name, and no method, route or country.
    var isNominal: Bool {
        switch self {
        case .person, .organisation, .group, .vessel, .aircraft, .vehicle, .container, .consignment, .address,
            .account, .document:
            true
        case .route, .method, .jurisdiction: false
        }
    }
}

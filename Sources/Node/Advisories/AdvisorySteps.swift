import Exchange

extension ActingPrincipal {
    init(_ reader: Reader) {
        self.init(
            reader.principal.id,
            of: reader.member.id,
            roles: reader.principal.roles,
            unit: reader.principal.unit
        )
    }
}

extension AdvisoryAction {
    /// The terms that it sets; nil where it sets none.
    var terms: AdvisoryTerms? {
        switch self {
        case .edit(_, let terms), .amend(_, let terms, _, _): terms
        case .grade, .confirmGrade, .approve, .publish, .publishAmendment, .review, .withdraw, .recall, .ratify,
            .erase:
            nil
        }
    }

    /// Whether it lets out something new.
    var releases: Bool {
        switch self {
        case .publish, .publishAmendment: true
        case .edit, .amend, .grade, .confirmGrade, .approve, .review, .withdraw, .recall, .ratify, .erase: false
        }
    }
}

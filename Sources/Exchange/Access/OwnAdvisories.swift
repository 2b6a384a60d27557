extension AccessPolicy {
    /// Whether what members tell one another is a principal's business: it has a role beside the operator's.
    public static func isBusiness(of principal: Principal) -> Bool {
        !principal.roles.isDisjoint(with: [.reader, .reporter, .publisher, .approver, .officer, .auditor])
    }

    /// Whether an advisory exists for a principal of its originator: one whose business it may be, and that is cleared
    /// for the compartment that it is in, or is to be brought to.
    public static func shows(_ advisory: Advisory, to reader: Reader, at now: Timestamp) -> Bool {
        let terms = [advisory.terms, advisory.amendment?.terms].compactMap { $0 }
        return advisory.member == reader.member.id && isBusiness(of: reader.principal)
            && terms.allSatisfy { isCleared(reader, for: $0.compartment, at: now) }
    }

    /// Whether a reader is cleared for a compartment; everybody is for none.
    public static func isCleared(_ reader: Reader, for compartment: Name?, at now: Timestamp) -> Bool {
        compartment.map { reader.clearances[$0]?.lasts(at: now) == true } ?? true
    }
}

/// Which members a principal is told of, so that it can address them.
public enum Acquaintance {
    /// The authorities, to which anybody may report, and the caller's own member.
    public static func authorities(for caller: Reader, _ directory: Directory) -> [Member] {
        directory.members.values.filter { $0.kind.isAuthority && $0.standing == .active || $0.id == caller.member.id }
            .sorted { $0.name < $1.name }
    }

    /// Who reads a pool, for those that publish to it and so have to know whom they tell; nil for everybody else.
    ///
    /// Who takes part in a task force is its lead's alone to know.
    public static func readers(
        of pool: Pool,
        for caller: Reader,
        _ directory: Directory,
        at now: Timestamp
    ) -> [Member]? {
        guard pool.kind == .sharing, PoolRights(pool, caller, at: now).writes,
            caller.principal.roles.contains(.publisher),
            pool.terms.force.map({ $0.lead == caller.member.id }) ?? true
        else { return nil }
        return directory.members.values.filter { pool.isRead(by: $0) }.sorted { $0.name < $1.name }
    }
}

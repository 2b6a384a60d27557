/// What one reader may do in one pool: what the pool's terms give its member, as far as its principal has the role.
public struct PoolRights: Hashable, Sendable {
    /// Whether it may read.
    public let reads: Bool
    /// Whether it may write.
    public let writes: Bool

    /// What `reader` may do in `pool` at `now`.
    public init(_ pool: Pool, _ reader: Reader, at now: Timestamp) {
        let hasEnded = pool.hasEnded(at: now)
        let roles = reader.principal.roles
        let (mayRead, mayWrite) =
            switch pool.kind {
            case .sharing: (true, roles.contains(.reporter) || roles.contains(.publisher))
            case .officialList: (true, roles.contains(.publisher))
            case .inbox: (false, pool.owner != nil && (roles.contains(.reporter) || roles.contains(.publisher)))
            }
        reads = mayRead && roles.contains(.reader) && reader.pools[pool.id] != nil && !hasEnded
        writes = mayWrite && pool.isWritten(by: reader.member) && !hasEnded
    }

    /// Whether the reader may know of the pool at all.
    public var sees: Bool { reads || writes }
}

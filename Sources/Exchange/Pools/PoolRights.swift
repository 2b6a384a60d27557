/// What one reader may do in one pool: what the pool's terms give its member, as far as its principal has the role.
public struct PoolRights: Hashable, Sendable {
    /// Whether it may read.
    public let reads: Bool
    /// Whether it may write.
    public let writes: Bool

    /// What `reader` may do in `pool` at `now`.
    public init(_ pool: Pool, _ reader: Reader, at now: Timestamp) {
        let hasEnded = pool.hasEnded(at: now)
        reads = reader.principal.roles.contains(.reader) && reader.pools[pool.id] != nil && !hasEnded
        let roles = reader.principal.roles
        let mayWrite =
            switch pool.kind {
            case .sharing: roles.contains(.reporter) || roles.contains(.publisher)
            case .officialList: roles.contains(.publisher)
            }
        writes = mayWrite && pool.isWritten(by: reader.member) && !hasEnded
    }

    /// Whether the reader may know of the pool at all.
    public var sees: Bool { reads || writes }
}

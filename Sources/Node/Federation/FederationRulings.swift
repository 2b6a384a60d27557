import Exchange
import Store

/// What became of what was released, for one peer.
extension Federation {
    /// A peer as a reader of a pool: what goes to other exchanges is no tier's.
    static func reader(
        _ peer: PeerRow,
        of pool: ID<Pool>,
        for purposes: Set<Purpose>?,
        _ directory: Directory
    ) -> Reader? {
        guard var principal = directory.principal(numbered: peer.principal),
            var member = directory.members[principal.member]
        else { return nil }
        member.given = nil
        principal.roles.insert(.reader)
        let known = directory.reader(as: principal, of: member, until: nil)
        return Reader(
            principal: principal,
            member: member,
            pools: [pool: .open],
            until: nil,
            purpose: purpose(among: purposes),
            links: known.links,
            gateways: known.gateways
        )
    }

    /// What a peer would read it for: what members mostly do, or else what it may be used for.
    private static func purpose(among purposes: Set<Purpose>?) -> Purpose {
        guard let purposes, !purposes.contains(.monitoring) else { return .monitoring }
        return purposes.min() ?? .monitoring
    }

    /// What became of a rendition of an advisory that is out.
    static func giving(
        _ ruling: AdvisoryDesk.Ruling,
        of row: AdvisoryRow,
        to peer: PeerRow,
        in pool: Pool,
        _ connection: any SQLConnection
    ) throws -> Giving {
        let isStub = ruling.rendition == .stub
        // A stub takes the place of all that were given.
        let copies = try FederatedRows.copies(ofAdvisory: row.number, connection)
            .filter { isStub || $0.rendition == ruling.rendition }
        let all = try copies.map { copy in
            try giving(copy, to: peer, isRead: ruling.decision.isPermitted, in: pool, connection)
        }
        if let best = all.min(by: { $0.rank < $1.rank }) { return best }
        if isStub { return .refused(.neverGiven) }
        return ruling.label.mayFederate ? .unsigned : .unsayable
    }

    private static func giving(
        _ row: FederatedCopyRow,
        to peer: PeerRow,
        isRead: Bool,
        in pool: Pool,
        _ connection: any SQLConnection
    ) throws -> Giving {
        guard let entry = try FederatedRows.newest(of: row, connection),
            case .arrived(let signed, let isNotice) = entry.what
        else { return .unsigned }
        let (release, grants) = (signed.release, row.copy.grants[peer.id] ?? [])
        let isEnd = release.purpose.isEnd
        let passage = Passage.decide(
            signed,
            isNotice: isNotice || !isRead,
            in: pool.id,
            to: peer.id,
            under: peer.terms.agreement,
            grants: grants
        )
        if case .refuse(let refusal) = passage, refusal != .given { return .refused(refusal) }
        let routes = try PeerRows.destinations(of: peer, connection)
        guard let destination = routes.first(where: { $0.pool == pool.number })?.destination,
            max(destination.delivery.cursor, isEnd ? destination.delivery.recalls : .zero) >= entry.tick
        else { return .waits }
        if try DestinationRows.isReturned(entry.tick, isUrgent: isEnd, of: destination, connection) { return .returned }
        guard passage == .refuse(.given) else { return .passed }
        let isWhole = grants.contains { $0.number == release.number && !$0.isNotice }
        return isWhole || isEnd ? .given : .superseded
    }
}

extension Giving {
    /// Of several renditions that one stub takes the place of, what says most: that it was given, or is to be.
    fileprivate var rank: Int {
        switch self {
        case .given: 0
        case .waits, .returned, .superseded, .passed: 1
        case .unsayable, .unsigned, .refused: 2
        }
    }
}

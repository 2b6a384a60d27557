import Exchange
import Store

/// What goes to other exchanges.
extension Federation {
    /// How many entries of the journal one look takes.
    private static let entriesMax = 100

    /// What a peer is sent next on one of its routes, the grants kept; nil where there is nothing before `through`.
    /// - Returns: the items, and up to where they reach; without items the cursor may move there all the same.
    func next(
        _ route: PeerRoute,
        after tick: Tick,
        isUrgent: Bool,
        itemsMax: Int,
        _ transaction: Transaction
    ) throws -> (items: [PushMessage.Item], through: Tick)? {
        let entries = try FederatedRows.entries(
            after: tick,
            for: route,
            isUrgent: isUrgent,
            upTo: Self.entriesMax,
            transaction.connection
        )
        guard !entries.isEmpty else { return nil }
        let directory = try live.directory(in: transaction)
        var (items, through, bytes) = ([PushMessage.Item](), tick, 0)
        for entry in entries {
            let found = try self.items(of: entry, on: route, transaction, directory)
            let size = found.reduce(0) { $0 + $1.bytes.count }
            // What belongs together goes together: a note without its objects would say that they do not count.
            let isFull = items.count + found.count > itemsMax || bytes + size > PushMessage.bytesMax
            if !items.isEmpty, isFull { break }
            items += found
            bytes += size
            through = entry.tick
        }
        return (items, through)
    }

    private func items(
        of entry: FederatedEntry,
        on route: PeerRoute,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws -> [PushMessage.Item] {
        guard var row = try FederatedRows.copy(numbered: entry.copy, transaction.connection),
            let pool = directory.pool(numbered: row.pool)
        else { return [] }
        func item(_ bytes: [UInt8]) -> PushMessage.Item {
            PushMessage.Item(tick: entry.tick, pool: pool.name, recall: nil, bytes: bytes)
        }
        switch entry.what {
        case .counted:
            guard route.peer.signs, let word = row.copy.word(to: route.peer.id),
                let object = try FederatedRows.objects(of: row, transaction.connection).first?.id
            else { return [] }
            let report = RecallReport(word, tick: entry.tick)
            let told = RecallWord(origin: row.origin, release: row.release, report: report)
            return [item(told.bytes(from: own.exchange, about: object))]
        case .arrived(let signed, let isNotice):
            guard row.copy.isNewest(signed.release) else { return [] }
            try decide(entry.tick, signed, isNotice: isNotice, route, &row, pool, transaction, directory)
            let grants = (row.copy.grants[route.peer.id] ?? []).filter { $0.entry == entry.tick }
            let objects = try FederatedRows.objects(of: row, transaction.connection)
            return try grants.flatMap { grant in
                let passed = signed.passing(
                    own.exchange,
                    to: route.peer.id,
                    under: grant.terms,
                    received: entry.tick.time,
                    released: grant.given.time,
                    by: try own.signing(transaction.connection, at: grant.given.time)
                )
                guard let note = ReleaseNote(passed) else { preconditionFailure("it passed through this exchange") }
                return (grant.isNotice ? [] : objects.map { item($0.bytes) }) + [item(note.bytes)]
            }
        }
    }

    /// Notes what the peer is to be given of an entry; what it was given before is sent again as it was.
    private func decide(
        _ tick: Tick,
        _ signed: SignedRelease,
        isNotice: Bool,
        _ route: PeerRoute,
        _ row: inout FederatedCopyRow,
        _ pool: Pool,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        let peer = route.peer
        // Who may not read it here is not given it there; a copy that it has no longer counts.
        let isBare = try isNotice || !mayRead(peer, row, transaction, directory)
        while true {
            let passage = Passage.decide(
                signed,
                isNotice: isBare,
                in: pool.id,
                to: peer.id,
                under: peer.terms.agreement,
                grants: row.copy.grants[peer.id] ?? []
            )
            let (terms, isEmpty): (PassageTerms, Bool)
            switch passage {
            case .forward(let given): (terms, isEmpty) = (given, false)
            case .notice(let given): (terms, isEmpty) = (given, true)
            case .refuse: return
            }
            let known = row.copy.grants[peer.id] ?? []
            if known.contains(where: { $0.entry == tick && $0.terms == terms }) { return }
            row.copy.give(
                Grant(
                    entry: tick,
                    given: transaction.nextTick(),
                    number: signed.release.number,
                    had: signed.terms.marking,
                    terms: terms,
                    isNotice: isEmpty
                ),
                to: peer.id
            )
            try transaction.keep(row)
        }
    }

    /// Whether a peer, as a reader of the pool, may have what bears the label of a release.
    private func mayRead(
        _ peer: PeerRow,
        _ row: FederatedCopyRow,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws -> Bool {
        guard let number = row.label else { return false }
        let label = try versions.label(numbered: number, transaction)
        guard let reader = Self.reader(peer, of: label.pool, for: label.terms?.purposes, directory) else {
            return false
        }
        return AccessPolicy.decide(reader, label, at: transaction.now).isPermitted
    }
}

public import Exchange
public import Screening
public import Store
import Synchronization

/// Watch lists: members say whom they want to be told of, and are told once when somebody of them is known.
///
/// Rows are sealed with a key of their member's own, and are compared in memory alone.
public final class WatchDesk: Sendable {
    /// Lists of one member.
    public static let listsMax = 20
    /// Rows of one list, and of all lists of one member.
    public static let rowsMax = 100_000, memberRowsMax = 200_000
    /// Rows of one upload's call.
    public static let uploadRowsMax = 1_000
    /// Code points of what a member calls a row.
    public static let referenceCharactersMax = 128
    /// Bytes of one row as it is sealed, and of all rows of one member.
    public static let rowBytesMax = 16_384, memberBytesMax = 256 << 20
    /// From what score on a row is hit.
    public static let threshold = 0.7

    /// A list, as its member sees it.
    public struct Sight: Sendable {
        /// The list.
        public let list: WatchListRow
        /// How many rows it has.
        public let rows: Int
        /// How many of them were compared with whoever is known, by this node.
        public let matched: Int
    }

    /// Why a row was not taken.
    public struct Refusal: Hashable, Sendable {
        /// Where it stands in the call, counted from 0.
        public let place: Int
        /// What its member calls it; nil where it does not say.
        public let reference: String?
        /// What of it is wrong, and by which rule.
        public let field, rule: String

        /// Puts it together from its parts.
        public init(place: Int, reference: String?, field: String, rule: String) {
            (self.place, self.reference, self.field, self.rule) = (place, reference, field, rule)
        }
    }

    /// What one call brings.
    public struct Upload: Sendable {
        /// What becomes of rows that it has not.
        public enum Others: Sendable {
            case kept
            /// Those that no call of the upload had go.
            case removed
        }

        /// Names the upload that it is part of: of one, calls may be many, and be repeated.
        public let name: String
        /// The rows, by their places.
        public let rows: [Int: WatchedRow]
        /// Those that were refused already: what was there by their references stays.
        public let refused: [Refusal]
        /// What becomes of others.
        public let others: Others

        /// Puts it together from its parts.
        public init(_ name: String, _ rows: [Int: WatchedRow], refused: [Refusal] = [], others: Others = .kept) {
            (self.name, self.rows, self.refused, self.others) = (name, rows, refused, others)
        }
    }

    /// What came of it.
    public struct Uploaded: Sendable {
        /// The list.
        public let list: WatchListRow
        /// How many rows are new, other than before, the same, and gone.
        public fileprivate(set) var added = 0, changed = 0, same = 0, removed = 0
        /// Those that were not taken, by their places.
        public fileprivate(set) var refused: [Refusal]

        fileprivate init(_ list: WatchListRow, _ refused: [Refusal]) {
            (self.list, self.refused) = (list, refused)
        }
    }

    let memory = Mutex(WatchMemory())
    let taking = Convoy()
    let matching = Convoy()
    let receipts = KeptReceipts()
    let live: LiveState
    let database: any Database
    let commits: GroupCommit
    let screening: ScreeningDesk
    let surroundings: Surroundings
    let exchangeKey: [UInt8]

    init(
        _ live: LiveState,
        _ database: any Database,
        _ commits: GroupCommit,
        _ screening: ScreeningDesk,
        _ surroundings: Surroundings,
        exchangeKey: [UInt8]
    ) {
        self.live = live
        self.database = database
        self.commits = commits
        self.screening = screening
        self.surroundings = surroundings
        self.exchangeKey = exchangeKey
    }

    /// How many lists, and rows in all of them, each member has: that is all that an operator is told.
    public func counts() async throws -> [(member: Name, lists: Int, rows: Int)] {
        let directory = live.directory
        return try await database.read { try WatchRows.counts($0) }.compactMap { member, lists, rows in
            directory.member(numbered: member).map { ($0.name, lists, rows) }
        }
    }

    // MARK: Lists

    /// The caller's member's lists, by their names.
    public func lists(for session: Session) async throws -> [Sight] {
        try session.reader.checkReads()
        let sizes = try await database.read { try WatchRows.sizes(of: session.member.number, $0) }
        return memory.withLock { memory in
            sizes.map { Sight(list: $0.list, rows: $0.rows, matched: min($0.rows, memory.matchedCount(of: $0.list))) }
        }
    }

    /// One of them.
    public func list(_ name: Name, for session: Session) async throws -> Sight {
        guard let sight = try await lists(for: session).first(where: { $0.list.name == name }) else {
            throw AdvisoryFault.absent
        }
        return sight
    }

    /// Takes rows into a list, which is made where there is none of the name; a row that does not fit costs no other.
    ///
    /// The same again changes nothing, so that nobody is told again.
    public func upload(_ upload: Upload, to name: Name, by session: Session) async throws -> Uploaded {
        try session.reader.checkReads()
        let count = upload.rows.count + upload.refused.count
        guard count <= Self.uploadRowsMax else {
            throw AdvisoryFault.invalid(field: "rows", rule: "must be at most \(Self.uploadRowsMax) in one call")
        }
        while true {
            let (list, secret) = try await made(name, by: session)
            guard let key = WatchKey(secret, of: session.member.id, exchangeKey: exchangeKey) else {
                throw DatabaseFault.statement("a watch key does not open")
            }
            var refused = upload.refused
            var rows: [(place: Int, reference: String, row: SealedWatchRow)] = []
            for (place, row) in upload.rows.sorted(by: { $0.key < $1.key }) {
                let nonce = surroundings.randomBytes(WatchKey.nonceBytesCount)
                let sealed = try key.sealed(row, in: list.number, nonce: nonce)
                if let rule = Self.stray(row, sealed) {
                    refused.append(Refusal(place: place, reference: row.reference, field: rule.field, rule: rule.rule))
                } else {
                    rows.append((place, row.reference, sealed))
                }
            }
            // What was there by the reference of one that is refused is no other: it stays.
            let named = refused.compactMap(\.reference).map { key.key(of: $0, in: list.number) }
            let kept = try await commits.write(weight: rows.count + 1) {
                [live, refused, rows] transaction -> Uploaded? in
                let (_, reader) = try live.acting(session, in: transaction)
                try reader.checkReads()
                let connection = transaction.connection
                guard try WatchRows.list(name, of: reader.member.number, connection)?.number == list.number,
                    try WatchRows.key(of: reader.member.number, connection) == secret
                else { return nil }
                guard try !transaction.isFinished(upload.name, of: list.number) else {
                    throw AdvisoryFault.invalid(
                        field: "upload",
                        rule: "is the name of an upload that ended with replace: give each a name of its own"
                    )
                }
                var uploaded = Uploaded(list, refused)
                try transaction.take(rows, into: &uploaded, from: upload.name, of: reader.member.number)
                for key in named { try transaction.touch(key, in: upload.name) }
                if upload.others == .removed {
                    uploaded.removed = try transaction.removeWatchRows(of: list.number, notIn: upload.name)
                }
                if uploaded.added + uploaded.changed + uploaded.removed > 0 {
                    let isLess = uploaded.removed > 0
                    try transaction.enterChange(ofWatchList: list.number, by: reader.principal, removing: isLess)
                }
                uploaded.refused.sort { $0.place < $1.place }
                return uploaded
            }
            // It was removed meanwhile: it is made anew.
            if let kept { return kept }
        }
    }

    /// What of a row does not fit; nil where all does.
    private static func stray(_ row: WatchedRow, _ sealed: SealedWatchRow) -> (field: String, rule: String)? {
        let isPlain = row.reference.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
            default: true
            }
        }
        guard isPlain, (1...referenceCharactersMax).contains(row.reference.unicodeScalars.count) else {
            return ("id", "must be 1 to \(referenceCharactersMax) printable characters: what you call the row")
        }
        guard sealed.sealed.count <= rowBytesMax else {
            return (
                "properties", "must be shorter: a row has at most \(rowBytesMax) bytes; leave out what is not compared"
            )
        }
        return nil
    }

    /// A list with what it is sealed with; made where there is none.
    private func made(_ name: Name, by session: Session) async throws -> (WatchListRow, SealedSecret) {
        let fresh = WatchKey(random: surroundings.randomBytes(WatchKey.bytesCount)).sealed(
            for: session.member.id,
            exchangeKey: exchangeKey,
            nonce: surroundings.randomBytes(WatchKey.nonceBytesCount)
        )
        let member = session.member.number
        let found = try await database.read { connection in
            (try WatchRows.list(name, of: member, connection), try WatchRows.key(of: member, connection))
        }
        if let list = found.0, let secret = found.1 { return (list, secret) }
        return try await commits.write { [live] transaction in
            let (_, reader) = try live.acting(session, in: transaction)
            try reader.checkReads()
            let connection = transaction.connection
            try transaction.keep(fresh, of: member)
            guard let secret = try WatchRows.key(of: member, connection) else {
                throw DatabaseFault.statement("a watch key that was kept is not there")
            }
            if let list = try WatchRows.list(name, of: member, connection) { return (list, secret) }
            guard try WatchRows.sizes(of: member, connection).count < Self.listsMax else {
                throw AdvisoryFault.notNow("you have \(Self.listsMax) watch lists: remove one first")
            }
            return (try transaction.makeWatchList(name, of: member, by: reader.principal), secret)
        }
    }

    /// Removes a list of the caller's member with all that was told of it.
    public func remove(_ name: Name, by session: Session) async throws {
        try await change(name, by: session) { transaction, list, reader in
            try transaction.removeWatchList(list, by: reader.principal)
        }
    }

    /// Removes one row of a list.
    public func remove(_ reference: String, from name: Name, by session: Session) async throws {
        try await change(name, by: session) { [exchangeKey] transaction, list, reader in
            guard let secret = try WatchRows.key(of: list.member, transaction.connection),
                let key = WatchKey(secret, of: reader.member.id, exchangeKey: exchangeKey),
                try transaction.removeWatchRow(key.key(of: reference, in: list.number))
            else { throw AdvisoryFault.absent }
            try transaction.enterChange(ofWatchList: list.number, by: reader.principal, removing: true)
        }
    }

    private func change(
        _ name: Name,
        by session: Session,
        _ body: @escaping @Sendable (Transaction, WatchListRow, Reader) throws -> Void
    ) async throws {
        try await commits.write { [live] transaction in
            let (_, reader) = try live.acting(session, in: transaction)
            try reader.checkReads()
            guard let list = try WatchRows.list(name, of: reader.member.number, transaction.connection) else {
                throw AdvisoryFault.absent
            }
            try body(transaction, list, reader)
        }
    }
}

extension Transaction {
    /// Keeps rows of one call, as far as there is room.
    fileprivate func take(
        _ rows: [(place: Int, reference: String, row: SealedWatchRow)],
        into uploaded: inout WatchDesk.Uploaded,
        from upload: String,
        of member: Int64
    ) throws {
        let sizes = try WatchRows.sizes(of: member, connection)
        var inList = sizes.first { $0.list.number == uploaded.list.number }?.rows ?? 0
        var (all, bytes) = sizes.reduce((0, 0)) { ($0.0 + $1.rows, $0.1 + $1.bytes) }
        for (place, reference, row) in rows {
            func refuse(_ field: String, _ rule: String) {
                uploaded.refused.append(.init(place: place, reference: reference, field: field, rule: rule))
            }
            guard bytes + row.sealed.count <= WatchDesk.memberBytesMax else {
                refuse("properties", "is one too many: all your rows have at most \(WatchDesk.memberBytesMax) bytes")
                continue
            }
            let isFull = inList >= WatchDesk.rowsMax || all >= WatchDesk.memberRowsMax
            if isFull, try !has(row.key) {
                refuse(
                    "id",
                    "is one too many: a list has at most \(WatchDesk.rowsMax) rows, and all yours \(WatchDesk.memberRowsMax)"
                )
                continue
            }
            switch try keep(row, from: upload) {
            case .added:
                uploaded.added += 1
                (inList, all, bytes) = (inList + 1, all + 1, bytes + row.sealed.count)
            case .changed:
                uploaded.changed += 1
                bytes += row.sealed.count
            case .same: uploaded.same += 1
            case .twice: refuse("id", "is there twice in this upload, with other facts: give each row an id of its own")
            }
        }
    }
}

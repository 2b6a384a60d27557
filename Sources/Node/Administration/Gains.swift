import Exchange
import Store

/// What principals gain by a change: versions released before are given to them at ticks of their own, so that a poller
/// that only knows `added_after` still gets every one.
struct Gains {
    private let before: Directory
    private let after: Directory
    private let labels: [InternedLabel]

    /// Runs what changes the directory, and gives everybody what it gains by that.
    static func give<Output>(in transaction: Transaction, _ change: () throws -> Output) throws -> Output {
        let before = try DirectoryRows.directory(transaction.connection)
        let output = try change()
        let gains = Gains(
            before: before,
            after: try DirectoryRows.directory(transaction.connection),
            labels: try JournalRows.labels(after: 0, transaction.connection)
        )
        try gains.give(in: transaction)
        return output
    }

    /// Gives members what was released up to other instants than before, by their numbers, and everybody what falls due
    /// by that: what was put off was given to nobody, so that all of it is given.
    static func give(releasedUntil given: [Int64: Timestamp?], in transaction: Transaction) throws {
        let before = try DirectoryRows.directory(transaction.connection)
        try transaction.give(releasedUntil: given)
        guard let oldest = given.keys.compactMap({ before.member(numbered: $0)?.given }).min() else { return }
        let gains = Gains(
            before: before,
            after: try DirectoryRows.directory(transaction.connection),
            labels: try JournalRows.labels(after: 0, transaction.connection).filter { label in
                label.label.release.map { oldest < $0.at } ?? false
            }
        )
        let members = Set(given.keys.compactMap { before.member(numbered: $0)?.id })
        let principals = gains.after.principals.values.filter { members.contains($0.member) }
        for principal in principals.sorted(by: { $0.number < $1.number }) {
            let due = Dictionary(grouping: gains.gained(by: principal, at: transaction.now), by: \.label.pool)
            for (id, labels) in due.sorted(by: { $0.key < $1.key }) {
                guard let pool = gains.after.pools[id] else { continue }
                try transaction.give(versionsOf: labels.map(\.number), except: [], to: principal, in: pool)
            }
        }
    }

    /// Gives everybody again what it may see after the change and might not see before.
    ///
    /// Who has a pool for the first time begins with its beginning, and needs nothing again.
    private func give(in transaction: Transaction) throws {
        for principal in after.principals.values.sorted(by: { $0.number < $1.number }) {
            let gained = Dictionary(grouping: gained(by: principal, at: transaction.now), by: \.label.pool)
            guard !gained.isEmpty else { continue }
            let old = oldReader(of: principal)
            for (id, labels) in gained.sorted(by: { $0.key < $1.key }) {
                guard let pool = after.pools[id], pool.kind.isRecallable else { continue }
                let receipts = try ReceiptRows.receipts(of: principal.number, for: pool.number, transaction.connection)
                let didRead = old.map { PoolRights(pool, $0, at: transaction.now).reads } ?? false
                guard didRead || !receipts.isEmpty else { continue }
                try transaction.give(
                    versionsOf: labels.map(\.number),
                    except: Self.givenEverywhere(receipts),
                    to: principal,
                    in: pool
                )
            }
        }
    }

    /// The versions that a principal was given by each way and for each purpose that it reads by.
    ///
    /// Pollers that differ in these have cursors of their own, and what one got another may have gone past.
    private static func givenEverywhere(_ receipts: [Receipt]) -> Set<Tick> {
        struct Way: Hashable {
            let channel: Receipt.Channel
            let purpose: Purpose
        }
        let ways = Dictionary(grouping: receipts) { Way(channel: $0.channel, purpose: $0.purpose) }
            .values.map { Set($0.flatMap(\.versions)) }
        return ways.dropFirst().reduce(ways.first ?? []) { $0.intersection($1) }
    }

    /// The labels that a principal may see after the change for one of its purposes, and might not for that before.
    private func gained(by principal: Principal, at now: Timestamp) -> [InternedLabel] {
        guard let reader = reader(of: principal, in: after) else { return [] }
        let old = oldReader(of: principal)
        let purposes = self.purposes(of: principal, in: after)
        let oldPurposes = self.purposes(of: principal, in: before)
        guard old != reader || purposes != oldPurposes else { return [] }
        return labels.filter { label in
            purposes.contains { purpose in
                let did = oldPurposes.contains(purpose) ? old : nil
                return Self.sees(reader, for: purpose, label.label, at: now)
                    && !(did.map { Self.sees($0, for: purpose, label.label, at: now) } ?? false)
            }
        }
    }

    private static func sees(_ reader: Reader, for purpose: Purpose, _ label: Label, at now: Timestamp) -> Bool {
        var reader = reader
        reader.purpose = purpose
        return AccessPolicy.decide(reader, label, at: now).isPermitted
    }

    private func reader(of principal: Principal, in directory: Directory) -> Reader? {
        directory.members[principal.member].map { directory.reader(as: principal, of: $0, until: nil) }
    }

    /// The reader that a principal was, to whom no gateway lent anything whose beginning is still kept.
    private func oldReader(of principal: Principal) -> Reader? {
        guard var reader = before.principals[principal.id].flatMap({ reader(of: $0, in: before) }) else { return nil }
        reader.gateways = before.gateways.withoutBeginning
        return reader
    }

    private func purposes(of principal: Principal, in directory: Directory) -> Set<Purpose> {
        Set(directory.credentials.values.filter { $0.principal == principal.id && !$0.isRevoked }.flatMap(\.purposes))
    }
}

public import Exchange
public import Store

/// What those that hold a recalled advisory owe, and the decisions that relied on it.
extension AdvisoryDesk {
    /// One recall as a member that held the advisory sees it: nothing of what it said.
    public struct Recall: Sendable {
        /// What the member was given of the fullest rendition: its report, or where it was not given that one, another
        /// of the objects.
        public let report: String
        /// Why it was recalled; nil where the member was given no more than the non-nominal rendition, which is not to
        /// tell that anybody was named.
        public let reason: RecallReason?
        /// Its reference; nil where the member does not know it.
        public let reference: AdvisoryReference?
        /// What is owed, and until when.
        public let owed: OwedRow
        /// The member's decisions that relied on it, to be looked at again.
        public let decisions: [String]
    }

    /// How long the text of a decision or a note, or the reason of a request for consent, may be, in code points.
    public static let textCharactersMax = 1_000

    /// Where a listing of recalls goes on: behind one that was owed, or acknowledged, by then.
    public struct RecallPlace: Sendable {
        let isGiven: Bool
        let report: STIXID

        /// The place of a recall.
        public init?(_ recall: Recall) {
            guard let report = try? STIXID(parsing: recall.report) else { return nil }
            self.report = report
            isGiven = recall.owed.acknowledged != nil
        }

        /// Reads what `text` writes; nil for anything else.
        public init?(_ text: String) {
            let parts = text.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let report = try? STIXID(parsing: String(parts[1])),
                parts[0] == "owed" || parts[0] == "given"
            else { return nil }
            self.report = report
            isGiven = parts[0] == "given"
        }

        /// The place as a word, which tells its reader nothing new.
        public var text: String { "\(isGiven ? "given" : "owed").\(report.text)" }
    }

    /// The recalls that the caller's member owes an acknowledgement of, or gave it, as far as the caller is told of
    /// them; those that it owes first.
    ///
    /// Each has the first `count` of the decisions that relied on it. Throws `absent` where the place is none of the
    /// caller's member.
    public func recalls(
        for session: Session,
        after place: RecallPlace? = nil,
        upTo count: Int
    ) async throws -> [Recall] {
        try session.reader.checkBusiness(evenSuspended: true)
        let directory = live.directory
        let member = session.member
        let now = surroundings.clock()
        return try await database.read { connection in
            var last = try place.map { place in
                guard let row = try AdvisoryName.report(place.report).row(for: member, connection),
                    let owed = try RecallRows.owed(of: row.number, by: member.number, connection)
                else { throw AdvisoryFault.absent }
                return (isGiven: place.isGiven, owed)
            }
            var shown: [Recall] = []
            while shown.count < count {
                let rows = try RecallRows.owed(by: member.number, after: last, upTo: count, connection)
                shown += try rows.compactMap { owed in
                    try Self.recall(owed, to: session.reader, directory, upTo: count, at: now, connection)
                }
                guard rows.count == count, let end = rows.last else { break }
                last = (isGiven: end.acknowledged != nil, end)
            }
            return Array(shown.prefix(count))
        }
    }

    /// One recall with the first decisions that relied on it; nil where the reader is not told of it.
    private static func recall(
        _ owed: OwedRow,
        to reader: Reader,
        _ directory: Directory,
        upTo count: Int,
        at now: Timestamp,
        _ connection: any SQLConnection
    ) throws -> Recall? {
        guard let row = try AdvisoryRows.advisory(numbered: owed.advisory, connection),
            case .recalled(let reason, _, _) = row.advisory.stage
        else { return nil }
        let holders = try Holders(of: row, directory, connection)
        guard holders.audience(of: reader.member.id, row.advisory, directory).contains(reader, at: now),
            let report = holders.names(for: reader.member.id).first
        else { return nil }
        let decisions = try RecallRows.reliances(
            on: row.number,
            of: reader.member.number,
            after: 0,
            upTo: count,
            connection
        )
        let isTold = holders.tellsWhy(reader.member.id)
        return Recall(
            report: report,
            reason: isTold ? reason : nil,
            reference: isTold ? row.advisory.reference : nil,
            owed: owed,
            decisions: decisions.map(\.decision)
        )
    }

    /// The decisions of the caller's member that relied on an advisory that it was given, oldest first, after one.
    public func reliances(
        on report: STIXID,
        for session: Session,
        after number: Int64,
        upTo count: Int
    ) async throws -> [(number: Int64, decision: String)] {
        try session.reader.checkBusiness(evenSuspended: true)
        let directory = live.directory
        let member = session.member
        return try await database.read { connection in
            guard let row = try AdvisoryName.report(report).row(for: member, connection),
                try Holders(of: row, directory, connection).members(ofObject: report).contains(member.id)
            else { throw AdvisoryFault.absent }
            return try RecallRows.reliances(
                on: row.number,
                of: member.number,
                after: number,
                upTo: count,
                connection
            )
        }
    }

    /// Acknowledges a recall by the id of an object that the caller's member was given; again is no error.
    /// - Parameter note: what was done, for the originator; nil for nothing.
    public func acknowledge(_ report: STIXID, _ note: String?, by session: Session) async throws(AdvisoryFault) {
        guard note.map({ $0.unicodeScalars.count <= Self.textCharactersMax }) ?? true else {
            throw .invalid(field: "note", rule: "must have at most \(Self.textCharactersMax) characters")
        }
        try await write { [self] transaction in
            let (directory, reader) = try live.acting(session, evenSuspended: true, in: transaction)
            guard let row = try transaction.recalled(by: report, from: reader.member, directory),
                try transaction.acknowledge(row.number, note, by: reader.principal, of: reader.member, in: row.pool)
            else { throw AdvisoryFault.absent }
        }
    }

    /// That something was recalled already, and why.
    public struct Recalled: Hashable, Sendable {
        /// Why; nil where that is not the member's to know.
        public let reason: RecallReason?
        /// When.
        public let at: Timestamp
    }

    /// Notes that a decision of the caller's member relied on an advisory that it was given: a recall will list it.
    /// - Returns: its recall, where it was recalled already; nil for what stands.
    @discardableResult
    public func rely(
        on report: STIXID,
        for decision: String,
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> Recalled? {
        guard !decision.isEmpty, decision.unicodeScalars.count <= Self.textCharactersMax else {
            throw .invalid(
                field: "decision",
                rule: "must be a text of 1 to \(Self.textCharactersMax) characters: your own reference"
            )
        }
        return try await write { [self] transaction in
            let (directory, reader) = try live.acting(session, evenSuspended: true, in: transaction)
            guard let row = try AdvisoryName.report(report).row(for: reader.member, transaction.connection) else {
                throw AdvisoryFault.absent
            }
            let holders = try Holders(of: row, directory, transaction.connection, at: transaction.now)
            guard holders.members(ofObject: report).contains(reader.member.id) else { throw AdvisoryFault.absent }
            let recalled = row.advisory.recalled(tellingWhy: holders.tellsWhy(reader.member.id))
            guard try transaction.made(by: call) == nil else { return recalled }
            let number = try transaction.rely(
                on: row.number,
                for: decision,
                by: reader.principal,
                of: reader.member,
                in: row.pool
            )
            try transaction.keep(call, made: number)
            return recalled
        }
    }
}

extension Advisory {
    /// Its recall; nil where it was not recalled.
    fileprivate func recalled(tellingWhy isTold: Bool) -> AdvisoryDesk.Recalled? {
        guard case .recalled(let reason, _, let time) = stage else { return nil }
        return AdvisoryDesk.Recalled(reason: isTold ? reason : nil, at: time)
    }
}

extension Transaction {
    /// The advisory of whose recall a member owes an acknowledgement, or gave it, by an object that it was given; nil
    /// for none.
    func recalled(by object: STIXID, from member: Member, _ directory: Directory) throws -> AdvisoryRow? {
        guard let row = try AdvisoryName.report(object).row(for: member, connection),
            try RecallRows.owed(of: row.number, by: member.number, connection) != nil,
            try Holders(of: row, directory, connection).members(ofObject: object).contains(member.id)
        else { return nil }
        return row
    }
}

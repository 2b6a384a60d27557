public import Exchange

/// What a holder of an advisory asked its originator: to have more of it, for one purpose.
public struct ConsentRequestRow: Hashable, Sendable {
    /// What became of it.
    public enum State: String, Sendable {
        case asked
        case granted
        case refused
    }

    /// The tick at which it was asked.
    public let asked: Tick
    /// The advisory's number.
    public let advisory: Int64
    /// The number of the member that asked.
    public let reader: Int64
    /// What it would be used for.
    public let purpose: Purpose
    /// The report by which the member knows the advisory.
    public let report: String
    /// Why the member needs it.
    public let reason: String
    /// What became of it.
    public let state: State

    fileprivate init(_ row: any SQLRow) throws {
        guard let purpose = Purpose(rawValue: row.text(3)), let state = State(rawValue: row.text(6)) else {
            throw DatabaseFault.statement("a request for consent cannot be read")
        }
        self.purpose = purpose
        self.state = state
        asked = Tick(microseconds: row.integer(0))
        advisory = row.integer(1)
        reader = row.integer(2)
        report = row.text(4)
        reason = row.text(5)
    }
}

/// Requests for consent as rows.
public enum ConsentRows {
    /// How many are given of one advisory.
    public static let listedMax = 1_000

    fileprivate static let columns = "number, advisory, reader, purpose, report, reason, state"

    /// What was asked of one advisory; what is open first, then the newest.
    public static func requests(of advisory: Int64, _ connection: any SQLConnection) throws -> [ConsentRequestRow] {
        try connection.rows(
            """
            select \(columns) from consent_request where advisory = $1
            order by state <> 'asked', number desc limit $2
            """,
            .integer(advisory),
            .integer(Int64(listedMax)),
            make: ConsentRequestRow.init
        )
    }

    /// What a member asked before one of them, newest first.
    public static func requests(
        by reader: Int64,
        before number: Int64,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws -> [ConsentRequestRow] {
        try connection.rows(
            "select \(columns) from consent_request where reader = $1 and number < $2 order by number desc limit $3",
            .integer(reader),
            .integer(number),
            .integer(Int64(count)),
            make: ConsentRequestRow.init
        )
    }
}

extension Transaction {
    /// Asks for a consent: the request is open, and one that is open already stays as it is.
    /// - Returns: the open request.
    public func askConsent(
        to advisory: Int64,
        known report: STIXID,
        for purpose: Purpose,
        _ reason: String,
        by principal: Principal,
        of member: Member
    ) throws -> ConsentRequestRow {
        let tick = nextTick()
        let isNew = try connection.run(
            """
            insert into consent_request (number, advisory, reader, purpose, report, reason, state)
            values ($1, $2, $3, $4, $5, $6, 'asked') on conflict (advisory, reader, purpose) do update
            set number = $1, report = $5, reason = $6, state = 'asked' where consent_request.state <> 'asked'
            """,
            .integer(tick.microseconds),
            .integer(advisory),
            .integer(member.number),
            .text(purpose.rawValue),
            .text(report.text),
            .text(reason)
        )
        if isNew > 0 { try enter(.consentAsked, at: tick, principal: principal.number) }
        let open = try connection.first(
            "select \(ConsentRows.columns) from consent_request where advisory = $1 and reader = $2 and purpose = $3",
            .integer(advisory),
            .integer(member.number),
            .text(purpose.rawValue),
            make: ConsentRequestRow.init
        )
        guard let open else { throw DatabaseFault.statement("a request for consent is gone") }
        return open
    }

    /// Says what became of a request that is open.
    /// - Returns: whether one was.
    @discardableResult
    public func answerConsent(
        to advisory: Int64,
        of reader: Member,
        for purpose: Purpose,
        _ state: ConsentRequestRow.State,
        by principal: Principal
    ) throws -> Bool {
        let count = try connection.run(
            """
            update consent_request set state = $4
            where advisory = $1 and reader = $2 and purpose = $3 and state = 'asked'
            """,
            .integer(advisory),
            .integer(reader.number),
            .text(purpose.rawValue),
            .text(state.rawValue)
        )
        guard count > 0 else { return false }
        try enter(.consentAsked, at: nextTick(), principal: principal.number)
        return true
    }
}

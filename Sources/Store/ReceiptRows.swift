public import Exchange

/// Proof that versions were given to a principal, durable before their bytes leave.
public struct Receipt: Hashable, Sendable {
    /// The way by which something leaves.
    public enum Channel: String, CaseIterable, Sendable, Codable {
        case taxii, api, events, webhook
        case taxiiPush = "taxii-push"
        case mail, sftp, screening
    }

    /// When; nil before it is kept.
    public var tick: Tick?
    /// The principal's number.
    public let principal: Int64
    /// The pool's number.
    public let pool: Int64
    /// Over what.
    public let channel: Channel
    /// What for.
    public let purpose: Purpose
    /// The ticks at which the versions were released, ascending.
    public let versions: [Tick]

    /// Puts it together from its parts.
    public init(
        tick: Tick? = nil,
        principal: Int64,
        pool: Int64,
        channel: Channel,
        purpose: Purpose,
        versions: [Tick]
    ) {
        self.tick = tick
        self.principal = principal
        self.pool = pool
        self.channel = channel
        self.purpose = purpose
        self.versions = versions
    }
}

/// Receipts as rows: one a page.
///
/// What was given was released before, so the receipts of a version are among those that are newer than it.
public enum ReceiptRows {
    /// Who was given any of some versions of one pool, oldest receipt first.
    public static func receipts(
        of versions: Set<Tick>,
        pool: Int64,
        _ connection: any SQLConnection
    ) throws -> [Receipt] {
        guard let first = versions.min(), let last = versions.max() else { return [] }
        let all = try connection.rows(
            """
            select tick, principal, pool, channel, purpose, versions from receipt
            where principal in (select number from principal) and pool = $1 and tick > $2 and newest >= $2
            and oldest <= $3 order by tick
            """,
            .integer(pool),
            .integer(first.microseconds),
            .integer(last.microseconds),
            make: receipt
        )
        return all.filter { !versions.isDisjoint(with: $0.versions) }
    }

    /// Whether a member's principals were given anything since it joined that could be called back.
    public static func isAny(givenTo member: Member, _ connection: any SQLConnection) throws -> Bool {
        try connection.first(
            """
            select 1 from receipt where tick > $1 and principal in (select number from principal where member = $1)
            limit 1
            """,
            .integer(member.number),
            make: { _ in true }
        ) ?? false
    }

    /// All receipts of a principal for a pool.
    public static func receipts(
        of principal: Int64,
        for pool: Int64,
        _ connection: any SQLConnection
    ) throws -> [Receipt] {
        try connection.rows(
            """
            select tick, principal, pool, channel, purpose, versions from receipt where pool = $1 and principal = $2
            """,
            .integer(pool),
            .integer(principal),
            make: receipt
        )
    }

    /// All versions of a pool that a member's principals were given together with any that was released since `since`.
    public static func versions(
        givenTo member: Member,
        of pool: Int64,
        since: Tick,
        _ connection: any SQLConnection
    ) throws -> Set<Tick> {
        let receipts = try connection.rows(
            """
            select tick, principal, pool, channel, purpose, versions from receipt
            where principal in (select number from principal where member = $3) and pool = $1 and tick > $2
            and newest >= $2
            """,
            .integer(pool),
            .integer(since.microseconds),
            .integer(member.number),
            make: receipt
        )
        return receipts.reduce(into: []) { $0.formUnion($1.versions) }
    }

    private static func receipt(_ row: any SQLRow) throws -> Receipt {
        guard let channel = Receipt.Channel(rawValue: row.text(3)), let purpose = Purpose(rawValue: row.text(4)),
            let versions = TickList.ticks(of: row.bytes(5))
        else { throw DatabaseFault.statement("a receipt holds what this program cannot read") }
        return Receipt(
            tick: Tick(microseconds: row.integer(0)),
            principal: row.integer(1),
            pool: row.integer(2),
            channel: channel,
            purpose: purpose,
            versions: versions
        )
    }
}

extension Transaction {
    /// Keeps a receipt, unless something was taken from a pool since `head`: what the receipt tells of may be gone.
    /// - Returns: whether it is kept.
    public func keep(_ receipt: Receipt, unlessDeletedSince head: Tick) throws -> Bool {
        guard try !has(.deleted, since: head), let oldest = receipt.versions.min(), let newest = receipt.versions.max()
        else {
            return false
        }
        let tick = nextTick()
        try connection.run(
            """
            insert into receipt (tick, principal, pool, oldest, newest, channel, purpose, versions)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            .integer(tick.microseconds),
            .integer(receipt.principal),
            .integer(receipt.pool),
            .integer(oldest.microseconds),
            .integer(newest.microseconds),
            .text(receipt.channel.rawValue),
            .text(receipt.purpose.rawValue),
            .bytes(TickList.bytes(of: receipt.versions.sorted()))
        )
        try HoldingRows.keep(receipt.versions, of: receipt.principal, connection)
        try enter(.receipt, at: tick, principal: receipt.principal, pool: receipt.pool)
        return true
    }

    /// Keeps who was given any of some versions before these were noted as an advisory's.
    public func noteHoldings(of versions: [Tick], pool: Int64) throws {
        for receipt in try ReceiptRows.receipts(of: Set(versions), pool: pool, connection) {
            try HoldingRows.keep(receipt.versions, of: receipt.principal, connection)
        }
    }
}

/// Ascending ticks in few bytes: each as the distance from the one before, in base-128 digits, the lowest first.
enum TickList {
    static func bytes(of ticks: [Tick]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ticks.count * 4)
        var before: Int64 = 0
        for tick in ticks {
            precondition(tick.microseconds >= before, "ticks of a list ascend from zero")
            var rest = UInt64(tick.microseconds - before)
            before = tick.microseconds
            while rest >= 0x80 {
                bytes.append(UInt8(rest & 0x7f) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        return bytes
    }

    /// Nil for bytes that are no such list.
    static func ticks(of bytes: [UInt8]) -> [Tick]? {
        var ticks: [Tick] = []
        var (sum, part, shift): (Int64, UInt64, UInt64) = (0, 0, 0)
        for byte in bytes {
            guard shift < 63 else { return nil }
            part |= UInt64(byte & 0x7f) << shift
            shift += 7
            guard byte < 0x80 else { continue }
            let next = sum.addingReportingOverflow(Int64(part))
            guard !next.overflow else { return nil }
            sum = next.partialValue
            ticks.append(Tick(microseconds: sum))
            (part, shift) = (0, 0)
        }
        return shift == 0 ? ticks : nil
    }
}

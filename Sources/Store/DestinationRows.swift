public import Exchange

/// A message that a receiver would not have.
public struct DeadLetter: Hashable, Sendable {
    /// Its key in the store: the tick at which it was put aside.
    public let number: Tick
    /// The tick in the feed that it came after.
    public let after: Tick
    /// The last tick that it had.
    public let through: Tick
    /// Whether it was recalls ahead of their turn.
    public let isUrgent: Bool
    /// Why.
    public let fault: PushFault

    /// Puts it together from its parts.
    public init(number: Tick, after: Tick, through: Tick, isUrgent: Bool, fault: PushFault) {
        self.number = number
        self.after = after
        self.through = through
        self.isUrgent = isUrgent
        self.fault = fault
    }
}

/// Destinations as rows.
public enum DestinationRows {
    /// How many dead letters one page has.
    public static let lettersMax = 100

    fileprivate static let columns = """
        number, id, credential, purpose, url, generation, overlap_ends, cursor, recalls, phase, failures, refusals,
        since, fault, fault_status, pause, kind, sealed, host_keys, status, status_through, status_since, principal
        """

    /// Those made after a number, in the order of their making, each with the number of its principal.
    public static func all(
        after number: Int64 = 0,
        upTo count: Int = .max,
        _ connection: any SQLConnection
    ) throws -> [(owner: Int64, destination: Destination)] {
        try connection.rows(
            "select \(columns) from destination where number > $1 order by number limit $2",
            .integer(number),
            .integer(Int64(count))
        ) { row in
            (row.integer(22), try destination(row))
        }
    }

    /// One, with the number of its principal; nil where there is none of this id.
    public static func destination(
        _ id: ID<Destination>,
        _ connection: any SQLConnection
    ) throws -> (owner: Int64, destination: Destination)? {
        try connection.first("select \(columns) from destination where id = $1", .text(id.text)) { row in
            (row.integer(22), try destination(row))
        }
    }

    /// Those of a principal, in the order of their making.
    public static func destinations(of principal: Int64, _ connection: any SQLConnection) throws -> [Destination] {
        try connection.rows(
            "select \(columns) from destination where principal = $1 order by number",
            .integer(principal),
            make: destination
        )
    }

    /// One of a principal; nil where it has none of this id.
    public static func destination(
        _ id: ID<Destination>,
        of principal: Int64,
        _ connection: any SQLConnection
    ) throws -> Destination? {
        try connection.first(
            "select \(columns) from destination where principal = $1 and id = $2",
            .integer(principal),
            .text(id.text),
            make: destination
        )
    }

    /// The one with a key; nil where there is none, or no longer.
    public static func destination(
        numbered number: Int64,
        _ connection: any SQLConnection
    ) throws -> Destination? {
        try connection.first(
            "select \(columns) from destination where number = $1",
            .integer(number),
            make: destination
        )
    }

    /// Whether a dead letter had what stands at a tick.
    public static func isReturned(
        _ tick: Tick,
        isUrgent: Bool,
        of destination: Destination,
        _ connection: any SQLConnection
    ) throws -> Bool {
        try connection.first(
            """
            select 1 from dead_letter where destination = $1 and urgent = $2 and after < $3 and through >= $3 limit 1
            """,
            .integer(destination.number),
            SQLValue(isUrgent),
            .integer(tick.microseconds)
        ) { _ in true } ?? false
    }

    /// The dead letters of a destination after one of them, oldest first.
    public static func deadLetters(
        of destination: Destination,
        after number: Tick,
        _ connection: any SQLConnection
    ) throws -> [DeadLetter] {
        try connection.rows(
            """
            select number, after, through, urgent, fault, fault_status from dead_letter
            where destination = $1 and number > $2 order by number limit $3
            """,
            .integer(destination.number),
            .integer(number.microseconds),
            .integer(Int64(lettersMax))
        ) { row in
            guard let kind = PushFault.Kind(rawValue: row.text(4)) else { throw unreadable }
            return DeadLetter(
                number: Tick(microseconds: row.integer(0)),
                after: Tick(microseconds: row.integer(1)),
                through: Tick(microseconds: row.integer(2)),
                isUrgent: row.integer(3) == 1,
                fault: PushFault(kind, status: Int(row.integer(5)))
            )
        }
    }

    /// Why dead letters of a destination were refused, with how many of each, the most first.
    public static func refusals(
        of destination: Destination,
        _ connection: any SQLConnection
    ) throws -> [(fault: PushFault, count: Int)] {
        try connection.rows(
            """
            select fault, fault_status, count(*) from dead_letter where destination = $1
            group by fault, fault_status order by 3 desc, 1, 2
            """,
            .integer(destination.number)
        ) { row in
            guard let kind = PushFault.Kind(rawValue: row.text(0)) else { throw unreadable }
            return (PushFault(kind, status: Int(row.integer(1))), Int(row.integer(2)))
        }
    }

    /// How many dead letters a destination has.
    public static func deadLetterCount(of destination: Destination, _ connection: any SQLConnection) throws -> Int {
        let count = try connection.first(
            "select count(*) from dead_letter where destination = $1",
            .integer(destination.number)
        ) { $0.integer(0) }
        return Int(count ?? 0)
    }

    fileprivate static let unreadable = DatabaseFault.statement("a destination holds what this program cannot read")

    fileprivate static func destination(_ row: any SQLRow) throws -> Destination {
        guard let id = ID<Destination>(parsing: row.text(1)), let credential = ID<Credential>(parsing: row.text(2)),
            let purpose = Purpose(rawValue: row.text(3)), let phase = phase(row)
        else { throw unreadable }
        return Destination(
            id: id,
            number: row.integer(0),
            credential: credential,
            purpose: purpose,
            address: try address(row),
            generation: Int(row.integer(5)),
            overlapEnds: row.isNull(6) ? nil : Timestamp(microseconds: row.integer(6)),
            delivery: Delivery(
                cursor: Tick(microseconds: row.integer(7)),
                recalls: Tick(microseconds: row.integer(8)),
                phase: phase
            )
        )
    }

    private static func address(_ row: any SQLRow) throws -> Destination.Address {
        switch Destination.Kind(rawValue: row.text(16)) {
        case .webhook: .webhook(try PushURL(row.text(4)))
        case .taxii: .taxii(try CollectionURL(row.text(4)), SealedSecret(bytes: row.bytes(17)))
        case .mail: .mail(try MailboxAddress(row.text(4)))
        case .sftp: .sftp(try DropFolder(row.text(4), hostKeys: row.text(18)))
        case nil: throw unreadable
        }
    }

    private static func phase(_ row: any SQLRow) -> Delivery.Phase? {
        let since = Timestamp(microseconds: row.integer(12))
        switch row.text(9) {
        case "flowing": return .flowing
        case "retrying" where !row.isNull(19):
            let awaited = Delivery.Awaited(
                status: row.text(19),
                through: Tick(microseconds: row.integer(20)),
                since: Timestamp(microseconds: row.integer(21)),
                looks: Int(row.integer(10)),
                until: since
            )
            return .awaiting(awaited)
        case "paused": return Delivery.Pause(rawValue: row.text(15)).map { .paused($0, since: since) }
        default:
            return PushFault.Kind(rawValue: row.text(13)).map { kind in
                .retrying(
                    failures: Int(row.integer(10)),
                    refusals: Int(row.integer(11)),
                    until: since,
                    fault: PushFault(kind, status: Int(row.integer(14)))
                )
            }
        }
    }
}

extension Transaction {
    /// Adds a destination, whose `number` is a tick of this transaction.
    public func add(_ destination: Destination, of principal: Principal) throws {
        var (sealed, hostKeys): ([UInt8]?, String?) = (nil, nil)
        switch destination.address {
        case .webhook, .mail: break
        case .taxii(_, let secret): sealed = secret.bytes
        case .sftp(let folder): hostKeys = folder.hostKeys
        }
        try connection.run(
            """
            insert into destination (number, id, principal, credential, purpose, url, generation, cursor, recalls,
            phase, failures, refusals, kind, sealed, host_keys)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'flowing', 0, 0, $10, $11, $12)
            """,
            .integer(destination.number),
            .text(destination.id.text),
            .integer(principal.number),
            .text(destination.credential.text),
            .text(destination.purpose.rawValue),
            .text(destination.address.text),
            .integer(Int64(destination.generation)),
            .integer(destination.delivery.cursor.microseconds),
            .integer(destination.delivery.recalls.microseconds),
            .text(destination.address.kind.rawValue),
            sealed.map { .bytes($0) } ?? .null,
            hostKeys.map { .text($0) } ?? .null
        )
        // A mailbox begins paused.
        if destination.delivery.phase != .flowing { try keep(destination) }
        try enter(.destination, at: Tick(microseconds: destination.number), principal: principal.number)
    }

    /// Keeps what somebody changed of a principal's destination, and enters that.
    public func change(_ destination: Destination, of owner: Int64) throws {
        try keep(destination)
        try enter(.destination, at: nextTick(), principal: owner)
    }

    /// Keeps another secret that lets this exchange in at a destination, and enters that.
    public func keep(_ secret: SealedSecret, for destination: Destination, of owner: Int64) throws {
        try connection.run(
            "update destination set sealed = $2 where number = $1",
            .integer(destination.number),
            .bytes(secret.bytes)
        )
        try enter(.destination, at: nextTick(), principal: owner)
    }

    /// Takes a principal's destination and its dead letters away.
    public func remove(_ destination: Destination, of owner: Int64) throws {
        try connection.run("delete from destination where number = $1", .integer(destination.number))
        try enter(.destination, at: nextTick(), principal: owner)
    }

    /// Takes a destination for one node until a time, unless another has it.
    /// - Returns: the destination as it is now; nil where another node has it, or it is gone.
    public func claim(
        _ destination: Destination,
        for node: String,
        until: Timestamp
    ) throws -> Destination? {
        let count = try connection.run(
            """
            update destination set holder = $2, held_until = $3 where number = $1 and (holder = $2 or held_until <= $4)
            """,
            .integer(destination.number),
            .text(node),
            .integer(until.microseconds),
            .integer(now.microseconds)
        )
        return count == 0 ? nil : try DestinationRows.destination(numbered: destination.number, connection)
    }

    /// A destination as it is now, where a node has it or nobody does; nil where another node has it, or it is gone.
    public func held(_ destination: Destination, by node: String) throws -> Destination? {
        try connection.first(
            """
            select \(DestinationRows.columns) from destination where number = $1 and (holder = $2 or held_until <= $3)
            """,
            .integer(destination.number),
            .text(node),
            .integer(now.microseconds),
            make: DestinationRows.destination
        )
    }

    /// Keeps everything that may change of a destination.
    public func keep(_ destination: Destination) throws {
        try connection.run(
            DeliveryColumns.keeping,
            DeliveryColumns(destination.delivery).values + [
                .integer(destination.number),
                .integer(Int64(destination.generation)),
                SQLValue(destination.overlapEnds?.microseconds),
                .text(destination.credential.text),
                .text(destination.purpose.rawValue),
            ]
        ) { _ in }
    }

    /// Keeps how far a destination has got, where a node has it or nobody does and it stands where it stood; the node
    /// then goes on having it.
    /// - Returns: whether it was so; where not, nothing is kept.
    public func keep(
        _ delivery: Delivery,
        of destination: Destination,
        for node: String,
        until: Timestamp
    ) throws -> Bool {
        let count = try connection.run(
            DeliveryColumns.moving,
            DeliveryColumns(delivery).values + [
                .integer(destination.number),
                .text(node),
                .integer(until.microseconds),
                .integer(now.microseconds),
            ] + DeliveryColumns(destination.delivery).place
        ) { _ in }
        return count > 0
    }

    /// Puts a message aside that a receiver would not have.
    public func putAside(
        _ reach: PushMessage.Reach,
        after: Tick,
        _ fault: PushFault,
        of destination: Destination
    ) throws {
        let (through, isUrgent) =
            switch reach {
            case .feed(let through): (through, false)
            case .recalls(let through): (through, true)
            }
        try connection.run(
            """
            insert into dead_letter (number, destination, after, through, urgent, fault, fault_status)
            values ($1, $2, $3, $4, $5, $6, $7)
            """,
            .integer(nextTick().microseconds),
            .integer(destination.number),
            .integer(after.microseconds),
            .integer(through.microseconds),
            .integer(isUrgent ? 1 : 0),
            .text(fault.kind.rawValue),
            .integer(Int64(fault.status))
        )
    }

    /// Takes a dead letter away, once it was delivered after all.
    public func remove(_ letter: DeadLetter, of destination: Destination, by principal: Principal) throws {
        try connection.run(
            "delete from dead_letter where number = $1 and destination = $2",
            .integer(letter.number.microseconds),
            .integer(destination.number)
        )
        try enter(.destination, at: nextTick(), principal: principal.number)
    }
}

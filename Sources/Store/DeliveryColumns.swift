import Exchange

/// How far a destination has got and what it does now, as it stands in its row.
struct DeliveryColumns {
    private let delivery: Delivery
    private var (word, failures, refusals) = ("flowing", 0, 0)
    private var (since, fault, pause): (Timestamp?, PushFault?, Delivery.Pause?) = (nil, nil, nil)
    private var awaited: Delivery.Awaited?

    init(_ delivery: Delivery) {
        self.delivery = delivery
        switch delivery.phase {
        case .flowing: break
        case .retrying(let count, let refused, let until, let cause):
            (word, failures, refusals, since, fault) = ("retrying", count, refused, until, cause)
        case .awaiting(let status):
            (word, failures, since, awaited) = ("retrying", status.looks, status.until, status)
        case .paused(let reason, let time): (word, since, pause) = ("paused", time, reason)
        }
    }

    /// Keeps everything: what `values` are, the number, and what its owner may change.
    static let keeping = """
        update destination set \(assignments), generation = $14, overlap_ends = $15, credential = $16, purpose = $17
        where number = $13
        """

    /// Keeps what `values` are of the one with a number, for a node and until a time, where it may have it now and the
    /// row is at a `place`.
    static let moving = """
        update destination set \(assignments), holder = $14, held_until = $15
        where number = $13 and (holder = $14 or held_until <= $16) and cursor = $17 and recalls = $18 and phase = $19
        and failures = $20 and refusals = $21
        """

    private static let assignments = """
        cursor = $1, recalls = $2, phase = $3, failures = $4, refusals = $5, since = $6, fault = $7,
        fault_status = $8, pause = $9, status = $10, status_through = $11, status_since = $12
        """

    var values: [SQLValue] {
        place + [
            SQLValue(since?.microseconds),
            fault.map { .text($0.kind.rawValue) } ?? .null,
            SQLValue(fault.map { Int64($0.status) }),
            pause.map { .text($0.rawValue) } ?? .null,
            awaited.map { .text($0.status) } ?? .null,
            SQLValue(awaited?.through.microseconds),
            SQLValue(awaited?.since.microseconds),
        ]
    }

    /// What tells whether anything became of it meanwhile.
    var place: [SQLValue] {
        [
            .integer(delivery.cursor.microseconds),
            .integer(delivery.recalls.microseconds),
            .text(word),
            .integer(Int64(failures)),
            .integer(Int64(refusals)),
        ]
    }
}

import Exchange
import Merkle
import Store

/// Stores versions of objects that the exchange lets out by itself, each with its commitment.
struct VersionPress: Sendable {
    /// Where they go, and as whose.
    struct Place {
        let pool: Pool
        let author: Principal
        let member: Member
    }

    private let live: LiveState
    private let surroundings: Surroundings
    /// By how much later some are given what goes there.
    let delays: Delays

    init(_ live: LiveState, _ surroundings: Surroundings, _ delays: Delays) {
        self.live = live
        self.surroundings = surroundings
        self.delays = delays
    }

    func label(numbered number: Int64, _ transaction: Transaction) throws -> Label {
        try live.label(numbered: number) ?? transaction.label(numbered: number)
    }

    func number(of label: Label, in pool: Pool, _ transaction: Transaction) throws -> Int64 {
        try live.number(of: label) ?? transaction.intern(label, in: pool)
    }

    /// Stores objects under one label; what is there already under it is left.
    func store(
        _ objects: [STIXObject],
        under label: Label,
        at place: Place,
        _ transaction: Transaction,
        _ directory: Directory,
        _ stored: (Tick, STIXObject) throws -> Void
    ) throws {
        var holdings = try transaction.holdings(of: Set(objects.map(\.id)), directory: directory) { number in
            try self.label(numbered: number, transaction)
        }
        let number = try number(of: label, in: place.pool, transaction)
        for object in objects {
            let held = holdings.objects[object.id]?.versions ?? []
            // What is revoked for good, or the same as before, has no further version.
            guard !held.contains(where: { $0.label == label && $0.digest == object.digest }) else { continue }
            let salt = surroundings.randomBytes(Commitment.saltBytes)
            let tick = try transaction.release(
                ReleaseRow(
                    object: object,
                    salt: salt,
                    leaf: Commitment(salt: salt, content: object.bytes).bytes
                ),
                labelled: number,
                in: place.pool,
                by: place.author,
                of: place.member,
                owner: place.member.number,
                holdings: &holdings
            )
            try stored(tick, object)
        }
        try transaction.restand(&holdings, in: place.pool)
    }
}

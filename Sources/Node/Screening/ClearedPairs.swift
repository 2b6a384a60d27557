import Exchange
public import Foundation
public import Screening
public import Store

/// Pairs that people judged: cleared ones stay cleared until anything changes of what is known of either.
extension ScreeningDesk {
    /// Code points of a reason.
    public static let reasonCharactersMax = 1_000

    /// Says that one who is asked about is not the one who is known by an object.
    /// - Throws: `AdvisoryFault`, `.noSuch` where the caller is told of no such object when it asks.
    public func clear(
        _ query: Record,
        from object: String,
        because reason: String,
        by session: Session
    ) async throws -> ClearedPair {
        guard (1...Self.reasonCharactersMax).contains(reason.unicodeScalars.count) else {
            throw AdvisoryFault.invalid(
                field: "reason",
                rule: "must be a text of 1 to \(Self.reasonCharactersMax) characters: why they are two"
            )
        }
        var question = Question()
        question.limit = Self.limitMax
        // Who is over its quota is told of official lists, and clears what it is told.
        question.beyondQuota = .official
        let answer = try await screen([query], question, for: session)
        guard let hit = answer.hits[0].first(where: { $0.object == object }), let record = hit.record else {
            throw AdvisoryFault.noSuch(
                field: "object",
                rule: "is none of those that you are told of when you ask this, from a score of \(question.cutoff) on"
            )
        }
        let pair = pair(query, record, object)
        let id = surroundings.uuid()
        return try await commits.write { [live] transaction in
            let (_, reader) = try live.acting(session, in: transaction)
            return try transaction.clear(
                pair,
                object,
                as: id,
                because: reason,
                by: reader.principal,
                of: reader.member
            )
        }
    }

    /// Takes back that a pair is two: it is told of again.
    public func reopen(_ id: UUID, by session: Session) async throws {
        try session.reader.checkReads()
        let sight = watched(by: session)
        try await commits.write { [self] transaction in
            let (_, reader) = try live.acting(session, in: transaction)
            guard
                let pair = try ClearedPairRows.clearedPair(id, by: reader.member.number, transaction.connection),
                try isTold(pair, session, sight, transaction.connection),
                try transaction.reopen(id, by: reader.principal, of: reader.member)
            else { throw AdvisoryFault.absent }
        }
    }

    /// What the caller's member cleared before one, newest first, of whom the caller itself may know.
    public func clearedPairs(
        before number: Int64,
        upTo count: Int,
        for session: Session
    ) async throws -> [ClearedPair] {
        try session.reader.checkReads()
        let (member, sight) = (session.member.number, watched(by: session))
        return try await database.read { [self] connection in
            var (told, before): ([ClearedPair], Int64) = ([], number)
            while told.count < count {
                let page = try ClearedPairRows.clearedPairs(by: member, before: before, upTo: count, connection)
                guard let last = page.last else { break }
                told += try page.filter { try isTold($0, session, sight, connection) }
                before = last.number.microseconds
            }
            return Array(told.prefix(count))
        }
    }

    /// Whether somebody is told of a pair: it said so itself, or sees who is known.
    private func isTold(
        _ pair: ClearedPair,
        _ session: Session,
        _ sight: ScreeningSight,
        _ connection: any SQLConnection
    ) throws -> Bool {
        if pair.principal == session.principal.number { return true }
        return !(try ClearedPairRows.labels(of: pair.object, connection)).isDisjoint(with: sight.labels)
    }

    /// What tells a pair from every other, and from itself once anything of it is another.
    func pair(_ query: Record, _ known: Record, _ object: String) -> [UInt8] {
        keys.digest(of: "pair\n\(object)\n\(query.asked)\n\n\(known.asked)")
    }
}

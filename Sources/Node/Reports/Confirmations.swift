public import Exchange
import Store

/// What members saw by themselves, and whether it confirms an advisory.
extension ReportDesk {
    /// Commits the digest of what the caller's member saw, before it tells.
    public func observe(
        _ digest: [UInt8],
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> Observation {
        guard digest.count == Observation.digestBytes else {
            throw .invalid(field: "digest", rule: "must be the 64 hexadecimal digits of SHA-256 of salt and text")
        }
        let id = ID<Observation>(surroundings.uuid())
        return try await write(session) { transaction, _, observer in
            guard !observer.principal.roles.isDisjoint(with: [.reporter, .publisher, .officer]) else {
                throw AdvisoryFault.forbidden("this needs the role reporter, publisher or officer")
            }
            if let number = try transaction.made(by: call) {
                let known = try DossierRows.observation(numbered: number, of: observer.member, transaction.connection)
                guard let known else { throw AdvisoryFault.absent }
                return known
            }
            let observation = try transaction.keep(
                observation: id,
                digest,
                by: observer.principal,
                of: observer.member
            )
            try transaction.keep(call, made: observation.committed.microseconds)
            return observation
        }
    }

    /// Tells what was committed, to confirm an advisory that the caller's member was given: corroborated where it is
    /// independent, else a sighting, with the reason as far as the caller may know it.
    ///
    /// - Parameter text: the content as JSON, byte for byte as it was committed.
    public func confirm(
        _ report: STIXID,
        with observation: ID<Observation>,
        _ text: String,
        _ content: ReportContent,
        salt: [UInt8],
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> Feedback {
        guard (Observation.saltBytesMin...Observation.saltBytesMax).contains(salt.count) else {
            throw .invalid(
                field: "salt",
                rule: "must have \(Observation.saltBytesMin) to \(Observation.saltBytesMax) bytes, in hexadecimal"
            )
        }
        let digest = Observation.digest(of: text, salt: salt)
        return try await write(session) { [press] transaction, directory, speaker in
            guard var row = try AdvisoryName.report(report).row(for: speaker.member, transaction.connection),
                let originator = directory.members[row.advisory.member]
            else { throw AdvisoryFault.absent }
            let holders = try Holders(of: row, directory, transaction.connection, at: transaction.now)
            guard row.advisory.member != speaker.member.id,
                holders.members(ofObject: report).contains(speaker.member.id)
            else {
                throw AdvisoryFault.absent
            }
            if let number = try transaction.made(by: call) { return try Self.feedback(number, transaction) }
            let held = try DossierRows.observation(observation, of: speaker.member, transaction.connection)
            guard let held, held.digest == digest else {
                throw AdvisoryFault.invalid(
                    field: "observation",
                    rule: "is none of yours with this salt and text; send both byte for byte as they were committed"
                )
            }
            let group = speaker.member.group
            let given = holders.given.filter { directory.members[$0.principal.member]?.group == group }
            let finding = try Corroboration.finding(
                of: content,
                committed: held.committed,
                by: group,
                to: row.advisory,
                from: originator.group,
                holdsFull: holders.hasWhole(.full, ofVersion: row.advisory.version.number, speaker.member.id),
                firstGiven: given.compactMap(\.receipt.tick).min()
            ) { marks in
                try directory.members.values.contains { member in
                    let isOfGroup = member.group == group
                    return try isOfGroup && Self.hasReported(marks, member, to: originator, on: row, transaction)
                }
            }
            let feedback = Feedback(confirmation: finding, by: speaker.member.id, at: transaction.now)
            let number = try transaction.keep(feedback, on: row.number, by: speaker.principal)
            try transaction.keep(call, made: number)
            if finding == .corroborated, !row.isCorroborated {
                row.isCorroborated = true
                try press.release(&row, since: row.advisory, in: transaction, directory)
                try transaction.change(row, by: speaker.principal)
            }
            return feedback
        }
    }

    /// Whether a member reported any subject of these marks to another before an advisory was released.
    private static func hasReported(
        _ marks: Set<SubjectMark>,
        _ member: Member,
        to receiver: Member,
        on row: AdvisoryRow,
        _ transaction: Transaction
    ) throws -> Bool {
        var next: Int64? = (row.advisory.release?.first).map { Tick(at: $0).microseconds } ?? .max
        while let before = next {
            let rows = try DossierRows.dossiers(
                of: member.number,
                and: receiver.number,
                before: before,
                upTo: Self.pageMax,
                Report.self,
                transaction.connection
            )
            let subjects = rows.filter { $0.content.authority == receiver.id }.flatMap(\.content.content.subjects)
            if subjects.contains(where: { !$0.marks.isDisjoint(with: marks) }) { return true }
            next = rows.count == Self.pageMax ? rows.last?.number : nil
        }
        return false
    }

    /// Reports that are looked at together.
    private static let pageMax = 100
}

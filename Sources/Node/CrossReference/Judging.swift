import Exchange
public import Foundation
public import Screening
public import Store

/// What people judge of subjects: that two are one, or that they are two.
extension CrossReferenceDesk {
    /// A judgement as it is told to those who see both its ends.
    public struct ToldJudgement: Sendable {
        /// As it is kept.
        public let row: JudgementRow
        /// What was judged.
        public let verdict: Judgement.Verdict
        /// Whether it counts: one that contradicts an earlier one does not.
        public let isConflict: Bool
        /// Whether anything of either subject is known otherwise since: then it does not count.
        public let isOutdated: Bool
        /// The login of who made it; nil of another member's.
        public let judge: String?
        /// Why; nil of another member's: it may name whom not everybody may know of.
        public let reason: String?
    }

    /// Judges of two subjects that the caller sees.
    /// - Returns: the judgement; the earlier one where the same was judged before.
    /// - Throws: `AdvisoryFault`; `.notNow` where it contradicts what stands.
    public func judge(
        _ left: String,
        _ right: String,
        are verdict: Judgement.Verdict,
        because reason: String,
        by session: Session
    ) async throws -> ToldJudgement {
        try check(session)
        try Self.checkJudge(session.reader)
        let id = surroundings.uuid()
        while true {
            let sight = try await sight(of: session)
            let draft = try Draft(left, right, are: verdict, because: reason, by: session, sight)
            if let fault = sight.references.fault(of: try draft.judgement(at: sight.head), in: sight.view) {
                if case .judgedBefore(let before) = fault,
                    let known = sight.judgements.first(where: { $0.judgement == before })
                {
                    return told(known, sight, session)
                }
                throw AdvisoryFault(fault)
            }
            let kept = try await commits.write { [live] transaction -> JudgementRow? in
                let (_, reader) = try live.acting(session, in: transaction)
                // Somebody judged meanwhile: it may contradict that.
                guard try JudgementRows.last(transaction.connection) <= sight.head else { return nil }
                let row = draft.row(as: id, by: reader, at: transaction.nextTick())
                try transaction.keep(row)
                return row
            }
            guard let kept else { continue }
            return told((kept, try draft.judgement(at: kept.number)), sight, session)
        }
    }

    /// The judgements of which the caller sees both ends, the newest first.
    /// - Parameter number: those before this one.
    public func judgements(
        before number: Int64,
        upTo count: Int,
        for session: Session
    ) async throws -> [ToldJudgement] {
        try await answer(session) { sight in
            let shown = sight.judgements.filter { $0.row.number.microseconds < number }.prefix(count)
            let subjects = shown.flatMap { [$0.judgement.left, $0.judgement.right] }
            return (shown.map { told($0, sight, session) }, Set(subjects), [])
        }
    }

    /// Takes back a judgement of the caller's member, whether or not it sees its ends at present.
    public func withdraw(judgement id: UUID, by session: Session) async throws {
        try await commits.write { [live] transaction in
            let (_, reader) = try live.acting(session, evenSuspended: true, in: transaction)
            try Self.checkJudge(reader)
            guard try transaction.withdraw(judgement: id, by: reader.principal, of: reader.member) else {
                throw AdvisoryFault.absent
            }
        }
    }

    private static func checkJudge(_ reader: Reader) throws(AdvisoryFault) {
        guard reader.principal.roles.isDisjoint(with: [.publisher, .approver, .officer]) else { return }
        throw .forbidden("this needs the role publisher, approver or officer: everybody who sees both is told so")
    }

    private func told(
        _ known: (row: JudgementRow, judgement: Judgement),
        _ sight: Sight,
        _ session: Session
    ) -> ToldJudgement {
        let isOwn = known.row.member == session.member.number
        return ToldJudgement(
            row: known.row,
            verdict: known.judgement.verdict,
            isConflict: sight.view.conflicts.contains(known.judgement),
            isOutdated: sight.outdated.contains(known.row.id),
            judge: isOwn ? session.directory.principal(numbered: known.row.principal)?.name.text : nil,
            reason: isOwn ? known.row.reason : nil
        )
    }
}

/// What is to be judged, before it is known when.
private struct Draft {
    let ends: [SubjectReference]
    let facts: [[UInt8]]
    let verdict: Judgement.Verdict
    let reason: String
    let judge: ID<Principal>

    init(
        _ left: String,
        _ right: String,
        are verdict: Judgement.Verdict,
        because reason: String,
        by session: Session,
        _ sight: CrossReferenceDesk.Sight
    ) throws(AdvisoryFault) {
        guard let one = sight.subject(left), let other = sight.subject(right) else {
            throw AdvisoryFault(JudgementFault.unknownSubject)
        }
        let records = [one, other].compactMap { sight.known($0) }
        guard verdict == .two || Set(records.map(\.kind)).count == 1 else {
            throw AdvisoryFault.invalid(field: "objects", rule: "must be of one kind, for them to be one")
        }
        ends = [one, other]
        facts = records.map(\.record.facts)
        guard facts.count == 2 else { throw AdvisoryFault(JudgementFault.unknownSubject) }
        try AdvisoryFault.check(reason, "reason", charactersMax: Judgement.reasonCharactersMax)
        self.reason = reason
        self.verdict = verdict
        judge = session.principal.id
    }

    func judgement(at tick: Tick) throws(AdvisoryFault) -> Judgement {
        do throws(JudgementFault) {
            return try Judgement(ends[0], ends[1], are: verdict, because: reason, by: judge, at: tick)
        } catch {
            throw AdvisoryFault(error)
        }
    }

    func row(as id: UUID, by reader: Reader, at tick: Tick) -> JudgementRow {
        JudgementRow(
            number: tick,
            id: id,
            member: reader.member.number,
            principal: reader.principal.number,
            left: JudgementRow.End(ends[0].advisory, ends[0].key, facts[0]),
            right: JudgementRow.End(ends[1].advisory, ends[1].key, facts[1]),
            verdict: verdict.rawValue,
            reason: reason
        )
    }
}

extension AdvisoryFault {
    /// Refuses a text that is blank, too long, or has control characters.
    static func check(_ text: String, _ field: String, charactersMax: Int) throws(AdvisoryFault) {
        do throws(ContentFault) {
            try ContentRule.text(text, field, charactersMax: charactersMax)
        } catch {
            throw .invalid(field: field, rule: ContentFault("", error.rule).description)
        }
    }

    /// Why a judgement is not kept, with the objects of its subjects for names.
    fileprivate init(_ fault: JudgementFault) {
        func words(_ judgement: Judgement) -> String {
            "\(judgement.left.key) and \(judgement.right.key)"
        }
        self =
            switch fault {
            case .sameSubject: .invalid(field: "objects", rule: "must be two different subjects")
            case .reasonLength:
                .invalid(field: "reason", rule: "must have 1 to \(Judgement.reasonCharactersMax) characters: why")
            case .unknownSubject:
                .noSuch(field: "objects", rule: "must be two subjects of advisories that you may see")
            case .judgedTwo(let judgement):
                .notNow("they follow to be two: of \(words(judgement)) that was judged; it is to be withdrawn first")
            case .judgedOne(let judgements):
                .notNow(
                    "they follow to be one by what was judged of "
                        + judgements.map(words).joined(separator: ", then of ")
                        + "; one of these is to be withdrawn first"
                )
            case .judgedBefore(let judgement): .notNow("the same was judged before: of \(words(judgement))")
            case .manySubjects, .manyJudgements: .notNow(fault.description)
            }
    }
}

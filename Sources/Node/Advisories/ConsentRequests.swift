public import Exchange
public import Store

/// What holders ask of originators: to have more of an advisory than the policy gives them.
extension AdvisoryDesk {
    /// A request for consent, with the consent that answered it where there is one.
    public struct ConsentRequest: Sendable {
        /// Who asks.
        public let reader: Member
        /// What was asked, and what became of it.
        public let row: ConsentRequestRow
        /// The last consent of that reader for that purpose; nil where none was given.
        public let consent: Consent?
        /// Whether the caller, who asked, may have what the consent covers, which lifts no other row of the policy;
        /// nil for everybody else, and where there is none in force.
        public var isEffective: Bool?

        /// Where it stands: a consent ends by itself.
        public func state(at now: Timestamp) -> String {
            let isOver = consent.map { $0.until <= now } ?? false
            return row.state == .granted && isOver ? "ended" : row.state.rawValue
        }
    }

    /// Asks the originator of a report that the caller's member was given for more of it, for a purpose that the
    /// caller's credential is bound to; again while it is open is no error.
    public func askConsent(
        to report: STIXID,
        for purpose: Purpose,
        _ reason: String,
        by session: Session
    ) async throws(AdvisoryFault) -> ConsentRequest {
        guard !reason.isEmpty, reason.unicodeScalars.count <= Self.textCharactersMax else {
            throw .invalid(field: "reason", rule: "must be a text of 1 to \(Self.textCharactersMax) characters")
        }
        guard session.credential.purposes.contains(purpose) else {
            let codes = session.credential.purposes.map(\.rawValue).joined(separator: ", ")
            throw .forbidden(
                "your credential is not bound to \(purpose.rawValue), but to \(codes); ask for one of these"
            )
        }
        return try await write { [self] transaction in
            let (directory, reader) = try live.acting(session, in: transaction)
            let (row, holders) = try press.held(report, by: reader, directory, transaction)
            if row.advisory.state.isFinal {
                throw AdvisoryFault.notNow("it is no longer in force, so that there is nothing to consent to")
            }
            var asking = reader
            asking.purpose = purpose
            let held = try Self.rulings(on: row, for: asking, holders, directory, at: transaction.now)
            if held.contains(where: { $0.decision.isPermitted && $0.rendition == .full }) {
                throw AdvisoryFault.notNow(
                    "you have all of it for \(purpose.rawValue), so that there is nothing to ask for"
                )
            }
            let asked = try transaction.askConsent(
                to: row.number,
                known: report,
                for: purpose,
                reason,
                by: reader.principal,
                of: reader.member
            )
            return ConsentRequest(reader: reader.member, row: asked, consent: nil)
        }
    }

    /// What the caller's member asked, newest first; what it asked before `number`, which is what the last page ended
    /// with.
    public func consentRequests(
        by session: Session,
        before number: Int64,
        upTo count: Int
    ) async throws -> [ConsentRequest] {
        try session.reader.checkBusiness(evenSuspended: false)
        let (directory, member, now) = (live.directory, session.member, surroundings.clock())
        return try await database.read { connection in
            try ConsentRows.requests(by: member.number, before: number, upTo: count, connection).map { row in
                let known = try AdvisoryRows.advisory(numbered: row.advisory, connection)
                let consent = known.flatMap { Self.consent(of: member, row.purpose, to: $0.advisory, directory) }
                var request = ConsentRequest(reader: member, row: row, consent: consent)
                if let known, let consent, row.state == .granted, now < consent.until {
                    let reader = directory.reader(as: session.principal, of: member, until: nil, for: row.purpose)
                    let holders = try Holders(of: known, directory, connection, at: now)
                    request.isEffective = try Self.rulings(on: known, for: reader, holders, directory, at: now)
                        .contains { $0.decision.isPermitted && $0.rendition.richness >= consent.rendition.richness }
                }
                return request
            }
        }
    }

    /// What was asked of an advisory and what was consented to, asked or not, for those that may consent, and for the
    /// originator's auditors.
    public func consentRequests(
        of name: AdvisoryName,
        for session: Session
    ) async throws -> (requests: [ConsentRequest], given: [(reader: Member, consent: Consent)]) {
        try checkOversight(session)
        let (directory, now) = (live.directory, surroundings.clock())
        return try await database.read { connection in
            guard let row = try name.row(for: session.member, connection),
                try Self.consenting(session.reader, to: row, directory, at: now, connection) != nil
            else { throw AdvisoryFault.absent }
            let given = directory.consents.filter { $0.advisory == row.advisory.id && !$0.isOfUnit }.compactMap { one in
                directory.members[one.reader].map { (reader: $0, consent: one) }
            }
            let requests = try ConsentRows.requests(of: row.number, connection).compactMap { asked in
                directory.member(numbered: asked.reader).map { reader in
                    ConsentRequest(
                        reader: reader,
                        row: asked,
                        consent: Self.consent(of: reader, asked.purpose, to: row.advisory, directory)
                    )
                }
            }
            return (requests, given)
        }
    }

    /// Refuses what a reader asked of its originator, or ends the consent that it has; it is told that, and no more.
    public func refuseConsent(
        to name: AdvisoryName,
        reader: String,
        for purpose: Purpose,
        by session: Session,
        seen: [String]? = nil
    ) async throws(AdvisoryFault) {
        try await write { [self] transaction in
            let (directory, giver) = try live.acting(session, evenSuspended: true, in: transaction)
            let now = transaction.now
            guard let row = try name.row(for: giver.member, transaction.connection),
                try Self.consenting(giver, to: row, directory, at: transaction.now, transaction.connection)
                    == .originators
            else { throw AdvisoryFault.absent }
            try row.advisory.check(isOneOf: seen)
            try Self.checkConsenting(giver)
            let member = Name(reader).flatMap { directory.member(named: $0) }
            let isRefused = try member.map {
                try transaction.answerConsent(to: row.number, of: $0, for: purpose, .refused, by: giver.principal)
            }
            if isRefused == true { return }
            guard let member, let held = Self.consent(of: member, purpose, to: row.advisory, directory),
                now < held.until
            else {
                throw AdvisoryFault.notNow(
                    "this reader has no open request and no consent for this purpose; the list has those that do"
                )
            }
            _ = try transaction.add(held.ended(at: now), for: member)
        }
    }

    /// Whose consent a member's would be; nil where it has none to give.
    enum Consenting {
        case originators, units
    }

    static func consenting(
        _ giver: Reader,
        to row: AdvisoryRow,
        _ directory: Directory,
        at now: Timestamp,
        _ connection: any SQLConnection
    ) throws -> Consenting? {
        if row.advisory.member == giver.member.id {
            return AccessPolicy.shows(row.advisory, to: giver, at: now) ? .originators : nil
        }
        guard giver.member.kind == .fiu, row.advisory.terms.caveats.contains(.reportDerived) else { return nil }
        let holders = try Holders(of: row, directory, connection, at: now)
        return holders.members(of: nil).contains(giver.member.id) ? .units : nil
    }

    static func checkConsenting(_ giver: Reader) throws(AdvisoryFault) {
        guard !giver.principal.roles.isDisjoint(with: [.publisher, .approver, .officer]) else {
            throw .forbidden("a consent needs the role publisher, approver or officer")
        }
    }

    private static func consent(
        of reader: Member,
        _ purpose: Purpose,
        to advisory: Advisory,
        _ directory: Directory
    ) -> Consent? {
        directory.consents.last { consent in
            consent.advisory == advisory.id && consent.reader == reader.id && consent.purpose == purpose
                && !consent.isOfUnit
        }
    }
}

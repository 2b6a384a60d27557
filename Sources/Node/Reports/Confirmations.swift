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
        return try await commits.write(by: session, live) { transaction, directory, observer in
            guard !observer.principal.roles.isDisjoint(with: [.reporter, .publisher, .officer]) else {
                throw AdvisoryFault.forbidden("this needs the role reporter, publisher or officer")
            }
            if let number = try transaction.made(by: call) {
                let known = try DossierRows.observation(numbered: number, of: observer.member, transaction.connection)
                guard let known else { throw AdvisoryFault.absent }
                return known
            }
            let kin = directory.members.values.filter { $0.group == observer.member.group }
            let dayAgo = Tick(at: transaction.now.advanced(by: .seconds(-86_400)))
            guard try DossierRows.observations(of: kin, after: dayAgo, transaction.connection) < Observation.perDayMax
            else {
                throw AdvisoryFault.notNow(
                    "your owner's members committed \(Observation.perDayMax) observations within 24 hours, which is the most; "
                        + "commit what was seen, and the next one later"
                )
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

    /// Shows that a report of the caller's member says what it had committed.
    public func observed(
        _ told: ObservedText,
        as observation: ID<Observation>,
        in id: ID<Report>,
        by session: Session,
        seen: [String]? = nil,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> Report {
        try Self.check(salt: told.salt)
        let held: Observation?
        do {
            held = try await database.read { try DossierRows.observation(observation, of: session.member, $0) }
        } catch {
            throw AdvisoryFault(error)
        }
        guard let held, held.digest == told.digest else { throw Self.otherObservation }
        let action = ReportAction.observed(told.content, committed: held.committed)
        return try await act(action, on: id, by: session, seen: seen, as: call)
    }

    private static func check(salt: [UInt8]) throws(AdvisoryFault) {
        guard (Observation.saltBytesMin...Observation.saltBytesMax).contains(salt.count) else {
            throw .invalid(
                field: "salt",
                rule: "must have \(Observation.saltBytesMin) to \(Observation.saltBytesMax) bytes, in hexadecimal"
            )
        }
    }

    /// Tells what was committed, to confirm an advisory that the caller's member was given: corroborated where it is
    /// independent, else a sighting, with the reason as far as the caller may know it.
    ///
    /// An observation counts once for an advisory, and so does what an ownership group corroborates.
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
        try Self.check(salt: salt)
        let digest = Observation.digest(of: text, salt: salt)
        while true {
            let looked = try await provenance(of: report, observation, for: session)
            let feedback = try await commits.write(by: session, live) {
                [press] transaction, directory, speaker -> Feedback? in
                var (row, holders) = try press.held(report, by: speaker, directory, transaction)
                guard let originator = directory.members[row.advisory.member] else { throw AdvisoryFault.absent }
                if let number = try transaction.made(by: call) { return try Self.feedback(number, transaction) }
                let held = try DossierRows.observation(observation, of: speaker.member, transaction.connection)
                guard let held, held.digest == digest else { throw Self.otherObservation }
                let group = speaker.member.group
                let holdsFull = holders.hasWhole(.full, ofVersion: row.advisory.version.number, speaker.member.id)
                let isLooked = looked?.isOf(row.advisory, by: group, from: originator.group) ?? false
                guard isLooked || !holdsFull else { return nil }
                let given = holders.given.filter { directory.members[$0.principal.member]?.group == group }
                let finding = Corroboration.finding(
                    of: content,
                    committed: held.committed,
                    to: row.advisory,
                    firstGiven: given.compactMap(\.receipt.tick).min(),
                    provenance: holdsFull ? looked : nil
                )
                let said = try DossierRows.feedback(on: row.number, byGroup: group, transaction.connection)
                let feedback = try Self.allowed { () throws(ReportFault) in
                    try Feedback(
                        confirmation: finding,
                        of: held.id,
                        Self.isCovered(content, from: speaker, to: originator, directory, at: transaction.now)
                            ? content : nil,
                        by: speaker.member.id,
                        after: said,
                        at: transaction.now
                    )
                }
                let number = try transaction.keep(feedback, on: row.number, by: speaker.principal)
                try transaction.keep(call, made: number)
                if feedback.outcome == .corroborated, !row.isCorroborated {
                    row.isCorroborated = true
                    try press.release(&row, since: row.advisory, in: transaction, directory)
                    try transaction.change(row, by: speaker.principal)
                }
                return feedback
            }
            // Otherwise it changed meanwhile, or the member was given the rest of it: it is looked at anew.
            if let feedback { return feedback }
        }
    }

    /// Whether the originator may be told what was seen: a report to an authority, an answer to anybody else.
    private static func isCovered(
        _ content: ReportContent,
        from speaker: Reader,
        to originator: Member,
        _ directory: Directory,
        at now: Timestamp
    ) -> Bool {
        guard content.isNominal else { return true }
        let gateway = directory.gateways.covering(
            origin: GatewayParty(speaker.member),
            reader: GatewayParty(originator),
            mode: originator.kind.isAuthority ? .report : .request,
            purpose: originator.kind.isAuthority ? .reporting : speaker.purpose,
            at: now
        )
        return gateway != nil
    }

    private static let otherObservation = AdvisoryFault.invalid(
        field: "observation",
        rule: "is none of yours with this salt and text; send both byte for byte as they were committed"
    )

    /// What an advisory and an observation may have in common by their origin; nil where the caller's member was not
    /// given all of the full rendition, or has no such observation.
    ///
    /// It is all of the past, which nothing changes any more: what was told before the advisory was out, and given
    /// before the observation was committed. So it is looked for page by page and holds up no transaction, however much
    /// it is.
    private func provenance(
        of report: STIXID,
        _ observation: ID<Observation>,
        for session: Session
    ) async throws(AdvisoryFault) -> Provenance? {
        do {
            // As it is now, so that the transaction finds the same groups.
            if !live.isCurrent { try await live.follow() }
            let (directory, now) = (live.directory, surroundings.clock())
            guard let member = directory.members[session.member.id] else { return nil }
            let known = try await database.read { connection -> (Advisory, committed: Tick)? in
                guard let row = try AdvisoryName.report(report).row(for: member, connection),
                    try Holders(of: row, directory, connection, at: now)
                        .hasWhole(.full, ofVersion: row.advisory.version.number, member.id),
                    let held = try DossierRows.observation(observation, of: member, connection)
                else { return nil }
                return (row.advisory, held.committed)
            }
            guard let (advisory, committed) = known, let originator = directory.members[advisory.member],
                let release = advisory.release
            else { return nil }
            var provenance = Provenance(of: member.group, to: advisory, from: originator.group)
            let kin = directory.members.values.filter { $0.group == member.group }
            for member in kin {
                let end = Tick(at: release.first).microseconds
                try await dossiers(Report.self, between: member, and: originator.group, before: end) { report in
                    provenance.take(report, directory)
                    return !provenance.isShared
                }
                try await dossiers(InformationRequest.self, between: member, and: originator.group, before: end) {
                    provenance.take($0, directory)
                    return !provenance.isShared
                }
            }
            let members = Set(kin.map(\.id))
            for id in live.advisories(showing: provenance.marks) where !provenance.isRead {
                let given = try await database.read { connection -> (Advisory, Set<String>)? in
                    guard let row = try AdvisoryRows.advisory(id, connection) else { return nil }
                    let holders = try Holders(of: row, directory, connection)
                    return (row.advisory, holders.objects(givenTo: members, before: committed))
                }
                guard let (other, objects) = given else { continue }
                provenance.take(other, holding: objects, ids: press.ids(of: other))
            }
            return provenance
        } catch {
            throw AdvisoryFault(error)
        }
    }

    /// Each of what is between a member and an ownership group and was begun before a tick, newest first, as long as
    /// `goesOn`.
    private func dossiers<Content: DossierContent>(
        _: Content.Type,
        between member: Member,
        and group: Name,
        before end: Int64,
        goesOn: (Content) -> Bool
    ) async throws {
        var next: Int64? = end
        while let before = next {
            let rows = try await database.read { connection in
                try DossierRows.dossiers(
                    of: member.number,
                    andGroup: group,
                    before: before,
                    upTo: Self.pageMax,
                    Content.self,
                    connection
                )
            }
            guard rows.allSatisfy({ goesOn($0.content) }) else { return }
            next = rows.count == Self.pageMax ? rows.last?.number : nil
        }
    }

    /// Reports or requests that are looked at together.
    private static let pageMax = 100
}

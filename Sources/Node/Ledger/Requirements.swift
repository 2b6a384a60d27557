public import Exchange
public import Store

/// What an authority wants to be told of, as it asks for it.
public struct Wanted: Sendable {
    /// What it is called: a name that no other of the authority had.
    public var name: Name
    /// What is wanted, in words.
    public var about: String
    /// Of which categories; none for any.
    public var categories: [Exchange.Category]
    /// Of which kinds of subjects; none for any.
    public var kinds: [SubjectKind]
    /// When it ends by itself.
    public var until: Timestamp

    /// Puts it together from its parts.
    public init(
        _ name: Name,
        about: String,
        categories: [Exchange.Category],
        kinds: [SubjectKind],
        until: Timestamp
    ) {
        self.name = name
        self.about = about
        self.categories = categories
        self.kinds = kinds
        self.until = until
    }
}

/// Requirements: what authorities publish that they want to know, so that reports of that count for more.
extension LedgerDesk {
    /// Requirements of one authority that are in force at a time.
    public static let requirementsMax = 64
    /// Days for which one is in force at the most.
    public static let requirementDaysMax: Int64 = 366
    /// Code points of what is wanted.
    public static let aboutCharactersMax = 1_000

    /// Publishes what the caller's authority wants to know: reports that are submitted from then on can meet it.
    public func require(_ wanted: Wanted, by session: Session) async throws -> RequirementRow {
        try AdvisoryFault.check(wanted.about, "about", charactersMax: Self.aboutCharactersMax)
        guard !wanted.categories.isEmpty || !wanted.kinds.isEmpty else {
            throw AdvisoryFault.invalid(
                field: "categories",
                rule: "must name a category where kinds names none: every report would meet it"
            )
        }
        return try await commits.write(by: session, live) { transaction, directory, actor in
            let (member, now) = (actor.member, transaction.now)
            guard actor.principal.roles.contains(.officer) else {
                throw AdvisoryFault.forbidden("this \(ReportFault.missingRole(oneOf: [.officer]))")
            }
            guard directory.inbox(of: member.id) != nil else {
                throw AdvisoryFault.forbidden("\(member.name) has no inbox for reports, so that none could meet it")
            }
            let last = now.advanced(by: .seconds(Self.requirementDaysMax * 86_400))
            guard now < wanted.until, wanted.until <= last else {
                throw AdvisoryFault.invalid(
                    field: "until",
                    rule: "must lie ahead, and within \(Self.requirementDaysMax) days"
                )
            }
            let connection = transaction.connection
            guard try !RequirementRows.isTaken(wanted.name, of: member.number, connection) else {
                throw AdvisoryFault.invalid(
                    field: "name",
                    rule: "is taken by another of yours, be it over: statements name it"
                )
            }
            guard try RequirementRows.count(of: member.number, at: now, connection) < Self.requirementsMax else {
                throw AdvisoryFault.notNow("\(Self.requirementsMax) are in force: withdraw one first")
            }
            let row = RequirementRow(
                number: transaction.nextTick(),
                member: member.number,
                name: wanted.name,
                about: wanted.about,
                categories: Set(wanted.categories).sorted(),
                kinds: Set(wanted.kinds).sorted { $0.rawValue < $1.rawValue },
                until: wanted.until
            )
            try transaction.keep(row, by: actor.principal)
            return row
        }
    }

    /// Withdraws one of the caller's: what was submitted before meets it all the same.
    public func withdraw(_ name: Name, by session: Session) async throws {
        try await commits.write(by: session, live) { transaction, _, actor in
            guard actor.principal.roles.contains(.officer) else {
                throw AdvisoryFault.forbidden("this \(ReportFault.missingRole(oneOf: [.officer]))")
            }
            guard try transaction.withdraw(name, of: actor.member.number, by: actor.principal) else {
                throw AdvisoryFault.absent
            }
        }
    }

    /// What all authorities want to know now, published before one, newest first.
    public func requirements(
        before number: Int64,
        upTo count: Int,
        for session: Session
    ) async throws -> [RequirementRow] {
        try session.reader.checkBusiness(evenSuspended: false)
        let now = clock()
        return try await database.read { try RequirementRows.requirements(at: now, before: number, upTo: count, $0) }
    }
}

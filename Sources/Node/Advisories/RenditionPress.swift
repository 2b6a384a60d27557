import Exchange
import Store

/// Lets the renditions of advisories out, each under its own label, and calls them back.
struct RenditionPress: Sendable {
    /// How long the acknowledgement of a recall may take.
    static let acknowledgementTime = Duration.seconds(24 * 3_600)

    private let federation: Federation
    private let keyed: KeyedIDs

    init(_ federation: Federation, key: [UInt8]) {
        self.federation = federation
        keyed = KeyedIDs(key: key, use: "rendition")
    }

    /// Does what a change of an advisory means to its readers; changes the row's `released`.
    func release(
        _ row: inout AdvisoryRow,
        since before: Advisory,
        in transaction: Transaction,
        _ directory: Directory
    ) throws {
        let advisory = row.advisory
        guard advisory.release != nil else { return }
        row.count(by: federation.versions.delays, at: transaction.now, directory)
        guard let job = Job(row, directory) else { return }
        if advisory.erasure != before.erasure {
            try erase(row, job, transaction, directory)
            return try end(row, .erasure, job, transaction)
        }
        if case .recalled(_, _, let instant) = advisory.stage {
            guard before.stage != advisory.stage else { return }
            try recall(row, at: instant, job, transaction, directory)
            return try end(row, .recall, job, transaction)
        }
        // What has ended is given to nobody any more, and those that hold it are told so.
        if advisory.state.isFinal {
            try takeBack(where: { !$0.isStub }, of: row, job, transaction)
            try correct(row, job, transaction, directory) { _, _ in false }
            return try end(row, .recall, job, transaction)
        }
        // Nothing more comes out in a pool that has ended; what is out of it waits for the closing.
        if directory.pools[advisory.pool]?.hasEnded(at: transaction.now) ?? false {
            // What was held back until now will never be out: nothing is due of it any more.
            if row.released < advisory.version.number { row.advisory = advisory.expired(at: transaction.now) }
            return
        }
        if let embargo = advisory.terms.embargo, transaction.now < embargo { return }
        let isNews = before.stage != advisory.stage || before.version != advisory.version
        let isOut = row.released == advisory.version.number
        if isOut, !isNews, try !isRelabelled(row, job, transaction) { return }
        try define(in: job, transaction, directory)
        try takeBack(where: job.isStale, of: row, job, transaction)
        // Stubs first: who sees both, now or when it gains sight, has the new version as the last.
        if !isOut { try correct(row, job, transaction, directory, unless: job.shows(at: transaction.now, directory)) }
        row.advisory.tell(after: row.released, at: transaction.nextTick().time)
        row.advisory.confine(to: job.labels[.full].flatMap { Confinement($0, directory) }, isOut: isOut)
        // What tells least comes first, and each has a time of its own: nobody can tell from the distance of the times
        // that it sees how much there is that it does not see.
        for rendition in Rendition.allCases.reversed() where advisory.renditions.contains(rendition) {
            guard let label = job.labels[rendition] else { continue }
            let instant = transaction.nextTick().time
            let objects = row.advisory.rendition(rendition, ids: ids(of: advisory), at: instant)
            try out(objects, as: rendition, label, row, job, transaction, directory)
            try federate(objects, as: rendition, label, row, job, transaction, directory)
        }
        try withdrawDropped(of: row, job, transaction)
        if row.released < advisory.version.number {
            for member in job.conflicts { try transaction.noteConflict(with: member, over: row) }
        }
        row.released = advisory.version.number
        row.cohort = job.cohort
    }

    /// The definitions of our extensions.
    private static let definitions = ListExtension.definitions + [AdvisoryExtension.definition]
    static let definitionIDs = Set(
        definitions.compactMap { definition in
            // They are ours, so they are JSON.
            (try? JSON(parsing: definition))?.root["id"]?.string
        }
    )

    /// Whether an object is one of them.
    func defines(_ id: String) -> Bool { Self.definitionIDs.contains(id) }

    /// Brings the definitions of our extensions to a pool, for everybody who reads it, before what uses them.
    private func define(in job: Job, _ transaction: Transaction, _ directory: Directory) throws {
        let label = Label(pool: job.pool.id, marking: .clear, scope: nil, cohort: job.cohort)
        try store(Self.definitions, under: label, in: job, transaction, directory) { _, _ in }
    }

    /// Whether what is out bears another label than it would get now.
    private func isRelabelled(_ row: AdvisoryRow, _ job: Job, _ transaction: Transaction) throws -> Bool {
        try transaction.standing(of: row.number).contains { try job.isStale(label(numbered: $0.label, transaction)) }
    }

    // MARK: Back

    /// Takes every rendition away, and gives those that hold one its stub.
    private func recall(
        _ row: AdvisoryRow,
        at instant: Timestamp,
        _ job: Job,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        let advisory = row.advisory
        let holders = try Holders(of: row, directory, transaction.connection)
        try takeBack(where: { _ in true }, of: row, job, transaction)
        try callBack(try holders.copies(of: advisory.member), of: holders, row, job, transaction, directory)
        let owing = holders.members(of: nil).subtracting([advisory.member]).compactMap { directory.members[$0] }
        for member in owing.sorted(by: { $0.number < $1.number }) {
            try transaction.owe(
                OwedRow(
                    advisory: row.number,
                    member: member.number,
                    recalled: instant,
                    ends: instant.advanced(by: Self.acknowledgementTime),
                    acknowledged: nil
                )
            )
        }
    }

    /// Tells those that hold what they are shown no more that it is withdrawn from them.
    private func correct(
        _ row: AdvisoryRow,
        _ job: Job,
        _ transaction: Transaction,
        _ directory: Directory,
        unless isKept: (Holders.Given, Rendition) -> Bool
    ) throws {
        let holders = try Holders(of: row, directory, transaction.connection)
        let lost = try holders.lost(from: row.advisory.member, unless: isKept)
        try callBack(lost, of: holders, row, job, transaction, directory)
    }

    /// Takes every rendition away for good, with the labels that tell of its subjects, and tells those that hold one.
    private func erase(
        _ row: AdvisoryRow,
        _ job: Job,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        try takeBack(where: { !$0.isStub }, of: row, job, transaction)
        switch row.advisory.stage {
        case .recalled: break  // Who holds it was told, and by that stub it is still.
        case .pending, .discarded, .published, .restricted, .expired, .withdrawn:
            try correct(row, job, transaction, directory) { _, _ in false }
        }
        try transaction.forgetLabels(of: row.advisory.id, in: job.pool)
        try transaction.forgetJudgements(of: row.advisory.id)
    }

    /// Lets stubs out: of each object to those that hold it, and to nobody else.
    private func callBack(
        _ copies: Copies,
        of holders: Holders,
        _ row: AdvisoryRow,
        _ job: Job,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        for rendition in Rendition.allCases {
            let groups = Dictionary(grouping: copies[rendition] ?? [:], by: \.value)
                .map { members, held in (members, Set(held.map(\.key))) }
            for (members, held) in groups.sorted(by: { $0.1.sorted().lexicographicallyPrecedes($1.1.sorted()) }) {
                for audience in holders.audiences(of: members, row.advisory, directory) {
                    // A time of its own: how many others hold it is nobody's business.
                    let instant = transaction.nextTick().time
                    let stub = row.advisory.stub(of: rendition, holding: held, ids: ids(of: row.advisory), at: instant)
                    let label = row.advisory.stubLabel(in: job.pool, originator: job.originator, for: audience)
                    try out(stub, as: .stub, label, row, job, transaction, directory)
                }
            }
        }
    }

    /// Deletes the versions of renditions that may no longer be given; the journal keeps their leaves, and the receipts
    /// stay.
    private func takeBack(
        where isGone: (Label) -> Bool,
        of row: AdvisoryRow,
        _ job: Job,
        _ transaction: Transaction
    ) throws {
        let gone = try transaction.standing(of: row.number).filter {
            isGone(try label(numbered: $0.label, transaction))
        }
        for (object, versions) in Dictionary(grouping: gone, by: \.object).sorted(by: { $0.key < $1.key }) {
            try transaction.delete(versions.map(\.tick), of: object, from: job.pool, by: job.author)
        }
    }

    /// What a member was given of another's advisory, by an object of it; absent where it was given none, or is shown
    /// nothing of that any more.
    func held(
        _ report: STIXID,
        by reader: Reader,
        _ directory: Directory,
        _ transaction: Transaction
    ) throws -> (row: AdvisoryRow, holders: Holders) {
        guard let row = try AdvisoryName.report(report).row(for: reader.member, transaction.connection),
            row.advisory.member != reader.member.id
        else { throw AdvisoryFault.absent }
        let holders = try Holders(of: row, directory, transaction.connection, at: transaction.now)
        guard holders.members(ofObject: report).contains(reader.member.id),
            shows(row, toHolder: reader.member.id, holders, directory, at: transaction.now)
        else { throw AdvisoryFault.absent }
        return (row, holders)
    }

    /// Whether a member is shown anything of what it was given of an advisory, or would be where the advisory has ended
    /// since: one that lost sight of it is not to find out what becomes of it.
    func shows(
        _ row: AdvisoryRow,
        toHolder member: ID<Member>,
        _ holders: Holders,
        _ directory: Directory,
        at now: Timestamp
    ) -> Bool {
        guard let shows = Job(row, directory)?.shows(at: now, directory) else { return false }
        return holders.given.contains { given in
            given.principal.member == member && given.renditions.contains { shows(given, $0) }
        }
    }

    /// Takes every rendition out of the pool.
    func takeBack(of row: AdvisoryRow, _ transaction: Transaction, _ directory: Directory) throws {
        guard let job = Job(row, directory) else { return }
        try takeBack(where: { _ in true }, of: row, job, transaction)
    }

    private func label(numbered number: Int64, _ transaction: Transaction) throws -> Label {
        try federation.versions.label(numbered: number, transaction)
    }

    // MARK: Other exchanges

    /// Signs a rendition, for those that read it here and for other exchanges.
    private func federate(
        _ objects: [[UInt8]],
        as rendition: Rendition,
        _ label: Label,
        _ row: AdvisoryRow,
        _ job: Job,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        let matter = Federation.Matter(
            release: federation.release(of: rendition, row.advisory.id),
            objects: try objects.map { try STIXObject(try JSON(parsing: $0).root) },
            label: label,
            place: job.place,
            rendition: (row.number, rendition)
        )
        try federation.release(matter, transaction, directory)
    }

    /// Tells other exchanges that a rendition which the version has no more does not count.
    private func withdrawDropped(of row: AdvisoryRow, _ job: Job, _ transaction: Transaction) throws {
        for copy in try FederatedRows.copies(ofAdvisory: row.number, transaction.connection) {
            guard let rendition = copy.rendition, !row.advisory.renditions.contains(rendition) else { continue }
            try federation.withdraw(copy, at: job.place, transaction)
        }
    }

    /// Takes every rendition back from other exchanges.
    private func end(
        _ row: AdvisoryRow,
        _ purpose: Release.Purpose,
        _ job: Job,
        _ transaction: Transaction
    ) throws {
        for copy in try FederatedRows.copies(ofAdvisory: row.number, transaction.connection) {
            guard let rendition = copy.rendition else { continue }
            try federation.end(copy, purpose, at: job.place, transaction) { held in
                let instant = transaction.nextTick().time
                return try row.advisory.stub(of: rendition, holding: held, ids: ids(of: row.advisory), at: instant)
                    .map { try STIXObject(try JSON(parsing: $0).root) }
            }
        }
    }

    // MARK: Out

    private func out(
        _ objects: [[UInt8]],
        as rendition: Rendition,
        _ label: Label,
        _ row: AdvisoryRow,
        _ job: Job,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        try store(objects, under: label, in: job, transaction, directory) { tick, object in
            try transaction.note(
                RenditionRow(
                    tick: tick,
                    pool: job.pool.number,
                    object: object.id.text,
                    version: row.advisory.version.number,
                    rendition: rendition
                ),
                of: row.number
            )
        }
    }

    private func store(
        _ objects: [[UInt8]],
        under label: Label,
        in job: Job,
        _ transaction: Transaction,
        _ directory: Directory,
        _ stored: (Tick, STIXObject) throws -> Void
    ) throws {
        let objects = try objects.map { try STIXObject(try JSON(parsing: $0).root) }
        try federation.versions.store(objects, under: label, at: job.place, transaction, directory, stored)
    }

    /// The ids of an advisory's objects.
    func ids(of advisory: Advisory) -> RenditionIDs {
        { [keyed] rendition, part in keyed.uuid(for: "\(advisory.id.text)/\(rendition.rawValue)/\(part)") }
    }
}

/// What the release of one advisory needs of the directory.
private struct Job {
    let pool: Pool
    let originator: Member
    let author: Principal
    var place: VersionPress.Place { VersionPress.Place(pool: pool, author: author, member: originator) }
    let labels: [Rendition: Label]
    /// Of a task force: how often a member had joined when what is out was released, or now where it goes out now.
    let cohort: Int
    /// Members of an ownership group in which somebody declared a subject as itself or as linked to it.
    let conflicts: [Member]

    /// Nil where the directory does not have them, which no directory does that had them before.
    init?(_ row: AdvisoryRow, _ directory: Directory) {
        let advisory = row.advisory
        guard let pool = directory.pools[advisory.pool], let originator = directory.members[advisory.member],
            let author = directory.principals[advisory.author]
        else { return nil }
        self.pool = pool
        let cohort = row.cohort(in: pool)
        self.cohort = cohort
        self.originator = originator
        self.author = author
        let labels = advisory.renditions.map { rendition in
            var label = advisory.label(
                of: rendition,
                in: pool,
                originator: originator,
                author: author,
                isCorroborated: row.isCorroborated,
                cohort: cohort
            )
            label.release = row.release
            return (rendition, label)
        }
        self.labels = Dictionary(uniqueKeysWithValues: labels)
        let marks = labels.first?.1.terms?.subjects ?? []
        let declared = directory.links.filter { !$0.value.isDisjoint(with: marks) }.keys
        let groups = Set(declared.compactMap { directory.members[$0]?.group })
        conflicts = directory.members.values.filter { $0.id != originator.id && groups.contains($0.group) }
            .sorted { $0.number < $1.number }
    }

    /// Whether what bears a label would bear another now; what a stub revokes stays revoked.
    func isStale(_ label: Label) -> Bool {
        guard let rendition = label.terms?.rendition, rendition != .stub else { return false }
        return labels[rendition] != label
    }

    /// Whether who was given a rendition is shown it now, for what it was given it for.
    func shows(at now: Timestamp, _ directory: Directory) -> (Holders.Given, Rendition) -> Bool {
        { given, rendition in
            guard let label = labels[rendition], let member = directory.members[given.principal.member] else {
                return false
            }
            let reader = directory.reader(as: given.principal, of: member, until: nil, for: given.receipt.purpose)
            return AccessPolicy.decide(reader, label, at: now).isPermitted
        }
    }
}

extension Label {
    fileprivate var isStub: Bool { terms?.rendition == .stub }
}

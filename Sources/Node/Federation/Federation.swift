import Exchange
import Store

/// What this exchange releases to others, passes on to them and takes from them.
///
/// All that is decided is decided in `Exchange/Federation`; here it is read, written and signed.
final class Federation: Sendable {
    let live: LiveState
    let surroundings: Surroundings
    let own: OwnKey
    let versions: VersionPress
    private let ids: KeyedIDs

    init(_ live: LiveState, _ surroundings: Surroundings, _ own: OwnKey, _ delays: Delays, key: [UInt8]) {
        self.live = live
        self.surroundings = surroundings
        self.own = own
        versions = VersionPress(live, surroundings, delays)
        ids = KeyedIDs(key: key, use: "federation")
    }

    /// The release that has one rendition of an advisory of this exchange.
    func release(of rendition: Rendition, _ advisory: ID<Advisory>) -> ID<Release> {
        ID(ids.uuid(for: "\(advisory.text)/\(rendition.rawValue)"))
    }

    /// The advisory that stands for a release of another exchange.
    func standIn(for row: FederatedCopyRow) -> ID<Advisory> {
        ID(ids.uuid(for: "\(row.origin.text)/\(row.release.text)"))
    }

    // MARK: Releasing

    /// What is to be released.
    struct Matter {
        let release: ID<Release>
        let objects: [STIXObject]
        let label: Label
        let place: VersionPress.Place
        /// Of an advisory: its number and the rendition.
        var rendition: (advisory: Int64, Rendition)?
    }

    /// Signs what this exchange lets out in a pool that is shared, for those that read it here, and for its peers.
    ///
    /// What may not go to other exchanges is not begun; where an earlier version went, they are told that it no longer
    /// counts. The same once more changes nothing.
    func release(_ matter: Matter, _ transaction: Transaction, _ directory: Directory) throws {
        let connection = transaction.connection
        let known = try FederatedRows.copy(matter.release, of: own.exchange, connection)
        let isWhole = matter.label.mayFederate && matter.objects.count <= Release.objectsMax
        guard isWhole else { return try known.map { try withdraw($0, at: matter.place, transaction) } ?? () }
        guard known?.copy.isEnded != true else { return }
        if known == nil {
            guard try PeerRows.isShared(matter.place.pool.number, connection) else { return }
        }
        var row =
            known
            ?? FederatedCopyRow(
                number: transaction.nextTick().microseconds,
                origin: own.exchange,
                release: matter.release,
                pool: matter.place.pool.number,
                advisory: matter.rendition?.advisory,
                rendition: matter.rendition?.1
            )
        let label = try versions.number(of: matter.label, in: matter.place.pool, transaction)
        let before = try FederatedRows.objects(of: row, connection).map(\.digest)
        if row.copy.held != nil, row.label == label, before == matter.objects.map(\.digest) { return }
        row.label = label
        let number = row.copy.number + 1
        let signed = try sign(
            matter.objects,
            of: row,
            number == 1 ? .release : .correction,
            under: matter.objects.compactMap(\.marking).reduce(matter.label.marking) { max($0, $1) },
            matter.place.member,
            transaction
        )
        try publish(signed, isNotice: false, matter.objects, &row, transaction)
        try tell(of: signed, &row, under: matter.label, at: matter.place, transaction, directory)
        try transaction.keep(row)
    }

    /// Says that what was released no longer counts, where what took its place may not go.
    func withdraw(_ row: FederatedCopyRow, at place: VersionPress.Place, _ transaction: Transaction) throws {
        guard row.copy.held != nil else { return }
        var row = row
        let objects = try FederatedRows.objects(of: row, transaction.connection)
        guard !objects.isEmpty else { return }
        let signed = try sign(objects, of: row, .correction, under: .amber, place.member, transaction)
        try untell(&row, in: place.pool, transaction)
        try publish(signed, isNotice: true, objects, &row, transaction)
        try transaction.keep(row)
    }

    /// Takes back what was released, wherever a copy of it went.
    /// - Parameter stub: what takes the place of the objects, which it is given.
    func end(
        _ row: FederatedCopyRow,
        _ purpose: Release.Purpose,
        at place: VersionPress.Place,
        _ transaction: Transaction,
        stub: (Set<STIXID>) throws -> [STIXObject]
    ) throws {
        if row.copy.isEnded, purpose == .recall { return }
        var row = row
        let objects = try stub(Set(try FederatedRows.objects(of: row, transaction.connection).map(\.id)))
        guard !objects.isEmpty else { return }
        // It goes to everybody that was given anything, whatever its marking: that is only as strict as its objects'.
        let marking = objects.compactMap(\.marking).max() ?? .clear
        let signed = try sign(objects, of: row, purpose, under: marking, place.member, transaction)
        try untell(&row, in: place.pool, transaction)
        try publish(signed, isNotice: false, objects, &row, transaction)
        try transaction.keep(row)
    }

    /// Signs what a member brought by itself: what is new is one release for each label, and other versions of what
    /// was released before are corrections of that.
    func release(
        _ brought: [AcceptancePlan.Release],
        in pool: Pool,
        by author: Reader,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        guard !brought.isEmpty, try PeerRows.isShared(pool.number, transaction.connection) else { return }
        let place = VersionPress.Place(pool: pool, author: author.principal, member: author.member)
        var (new, changed): ([Label: [STIXObject]], [Int64: [STIXObject]]) = ([:], [:])
        var labels: [Int64: Label] = [:]
        for release in brought where !release.object.isDefinition {
            let copy = try FederatedRows.copy(ofObject: release.object.id, of: own.exchange, transaction.connection)
            if let copy {
                changed[copy, default: []].append(release.object)
                labels[copy] = release.label
            } else {
                new[release.label, default: []].append(release.object)
            }
        }
        for (copy, objects) in changed.sorted(by: { $0.key < $1.key }) {
            guard let row = try FederatedRows.copy(numbered: copy, transaction.connection), let label = labels[copy]
            else { continue }
            let newest = Dictionary(objects.map { ($0.id, $0) }) { $0.isOlder(than: $1) ? $1 : $0 }
            let all = try FederatedRows.objects(of: row, transaction.connection).map { newest[$0.id] ?? $0 }
            if all.allSatisfy(\.isRevoked) {
                try end(row, .recall, at: place, transaction) { _ in all }
            } else {
                let matter = Matter(release: row.release, objects: all, label: label, place: place)
                try release(matter, transaction, directory)
            }
        }
        for (label, objects) in new.sorted(by: { $0.key.text < $1.key.text }) {
            let newest = Dictionary(grouping: objects, by: \.id).compactMap { $1.max { $0.isOlder(than: $1) } }
            let sorted = newest.sorted { $0.id < $1.id }
            for start in stride(from: 0, to: sorted.count, by: Release.objectsMax) {
                let part = Array(sorted[start..<min(start + Release.objectsMax, sorted.count)])
                let id = ID<Release>(surroundings.uuid())
                try release(Matter(release: id, objects: part, label: label, place: place), transaction, directory)
            }
        }
    }

    private func sign(
        _ objects: [STIXObject],
        of row: FederatedCopyRow,
        _ purpose: Release.Purpose,
        under marking: TLP,
        _ member: Member,
        _ transaction: Transaction
    ) throws -> SignedRelease {
        SignedRelease(
            Release(
                id: row.release,
                number: row.copy.number + 1,
                purpose: purpose,
                exchange: own.exchange,
                member: member.id,
                signer: .exchange,
                released: transaction.now,
                marking: marking,
                objects: objects.map { Release.Entry($0) }
            ),
            by: try own.signing(transaction.connection, at: transaction.now)
        )
    }

    private func publish(
        _ signed: SignedRelease,
        isNotice: Bool,
        _ objects: [STIXObject],
        _ row: inout FederatedCopyRow,
        _ transaction: Transaction
    ) throws {
        _ = row.copy.take(signed, from: nil, isNotice: isNotice)
        try transaction.keep(row)
        try transaction.keep(objects, of: row)
        try transaction.enter(signed, isNotice: isNotice, of: row, isNewest: true)
        if row.copy.isEnded { try transaction.enterCount(of: row) }
    }

    // MARK: Notes for readers here

    /// Puts the note of a release beside its objects, for everybody who reads those here.
    func tell(
        of signed: SignedRelease,
        _ row: inout FederatedCopyRow,
        under label: Label,
        at place: VersionPress.Place,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        try untell(&row, in: place.pool, transaction)
        let passed = signed.passing(
            own.exchange,
            to: nil,
            under: PassageTerms(marking: max(label.marking, signed.terms.marking), onward: signed.terms.onward),
            received: transaction.now,
            released: transaction.now,
            by: try own.signing(transaction.connection, at: transaction.now)
        )
        guard let note = ReleaseNote(passed) else { preconditionFailure("it passed through this exchange") }
        let object = try STIXObject(try JSON(parsing: note.bytes).root)
        let clear = Label(pool: place.pool.id, marking: .clear, scope: nil)
        try versions.store(Self.definitions, under: clear, at: place, transaction, directory) { _, _ in }
        try versions.store([object], under: label, at: place, transaction, directory) { tick, _ in row.note = tick }
    }

    /// The definitions of our extensions, for everybody who reads the pool, before what uses them.
    private static let definitions: [STIXObject] = {
        let all = ListExtension.definitions + [AdvisoryExtension.definition, FederationExtension.definition]
        // They are ours, so they are STIX.
        return all.compactMap { bytes in (try? JSON(parsing: bytes)).flatMap { try? STIXObject($0.root) } }
    }()

    /// Takes the note of a release away.
    func untell(_ row: inout FederatedCopyRow, in pool: Pool, _ transaction: Transaction) throws {
        guard let note = row.note else { return }
        row.note = nil
        guard let object = try FederatedRows.object(ofVersion: note, transaction.connection) else { return }
        try transaction.delete([note], of: object, from: pool, by: nil)
    }
}

extension STIXObject {
    /// Whether it is a definition, which every exchange has.
    fileprivate var isDefinition: Bool { ["marking-definition", "extension-definition"].contains(type) }

    /// Whether another is a later version.
    fileprivate func isOlder(than other: STIXObject) -> Bool {
        guard let version, let others = other.version else { return false }
        return version.instant < others.instant
    }
}

import Exchange
import Store

/// What members hold of an advisory: of each rendition the objects, and who was given which.
typealias Copies = [Rendition: [STIXID: Set<ID<Member>>]]

/// Who was given which rendition of an advisory, by the receipts.
struct Holders {
    /// One page that held something of the advisory.
    struct Given {
        let principal: Principal
        let receipt: Receipt
        let renditions: Set<Rendition>
        /// The numbers of the advisory's versions.
        let versions: Set<Int>
    }

    let given: [Given]
    /// Every version that was ever released of the advisory.
    private let versions: [Tick: RenditionRow]

    init(of row: AdvisoryRow, _ directory: Directory, _ connection: any SQLConnection) throws {
        let renditions = try AdvisoryRows.renditions(of: row.number, connection)
        let versions = Dictionary(renditions.map { ($0.tick, $0) }) { first, _ in first }
        self.versions = versions
        given = try ReceiptRows.receipts(of: Set(versions.keys), pool: row.pool, connection).compactMap { receipt in
            guard let principal = directory.principal(numbered: receipt.principal) else { return nil }
            let held = receipt.versions.compactMap { versions[$0] }
            return Given(
                principal: principal,
                receipt: receipt,
                renditions: Set(held.map(\.rendition)),
                versions: Set(held.map(\.version))
            )
        }
    }

    /// Those that may say something of what they were given: nobody once the pool has ended, since the advisory exists
    /// for none of them then.
    init(of row: AdvisoryRow, _ directory: Directory, _ connection: any SQLConnection, at now: Timestamp) throws {
        let all = try Holders(of: row, directory, connection)
        let hasEnded = directory.pool(numbered: row.pool)?.hasEnded(at: now) ?? false
        given = hasEnded ? [] : all.given
        versions = all.versions
    }

    /// The members that were given a version of one object.
    func members(ofObject id: STIXID) -> Set<ID<Member>> {
        Set(given.filter { $0.receipt.versions.contains { versions[$0]?.object == id.text } }.map(\.principal.member))
    }

    /// The objects that any of some members was given before a tick.
    func objects(givenTo members: Set<ID<Member>>, before end: Tick) -> Set<String> {
        let pages = given.filter { page in
            members.contains(page.principal.member) && page.receipt.tick.map { $0 < end } ?? false
        }
        return Set(pages.flatMap(\.receipt.versions).compactMap { versions[$0]?.object })
    }

    /// The members that hold a rendition; any for nil.
    func members(of rendition: Rendition?) -> Set<ID<Member>> {
        Set(given.filter { given in rendition.map { given.renditions.contains($0) } ?? true }.map(\.principal.member))
    }

    /// The objects that a member was given, which it may name the advisory by: the fullest rendition's first, and of
    /// each its report.
    func names(for member: ID<Member>) -> [String] {
        let held = given.filter { $0.principal.member == member }.flatMap {
            $0.receipt.versions.compactMap { versions[$0] }
        }
        return Rendition.allCases.flatMap { rendition in
            let objects = Set(held.filter { $0.rendition == rendition }.map(\.object)).sorted()
            return objects.filter { $0.hasPrefix("report--") } + objects.filter { !$0.hasPrefix("report--") }
        }
    }

    /// Whether a member is told why it was recalled: not where it has no more than the method and the route.
    func tellsWhy(_ member: ID<Member>) -> Bool {
        given.contains { $0.principal.member == member && !$0.renditions.isDisjoint(with: [.full, .tearline]) }
    }

    /// Whether a member was given every object of a rendition of one version.
    func hasWhole(_ rendition: Rendition, ofVersion number: Int, _ member: ID<Member>) -> Bool {
        func objects(_ rows: some Sequence<RenditionRow>) -> Set<String> {
            Set(rows.filter { $0.rendition == rendition && $0.version == number }.map(\.object))
        }
        let all = objects(versions.values)
        let held = given.filter { $0.principal.member == member }.flatMap(\.receipt.versions)
        return !all.isEmpty && objects(held.compactMap { versions[$0] }) == all
    }

    /// Who of a member that holds something is told that it is withdrawn: whoever reads for it, unless all versions
    /// that it was given were for named principals, or in a compartment.
    ///
    /// A colleague of those who never could see it must not learn by its end that it was.
    func audience(of member: ID<Member>, _ advisory: Advisory, _ directory: Directory) -> StubAudience {
        let pages = given.filter { $0.principal.member == member }
        let numbers = Set(
            pages.flatMap(\.receipt.versions).compactMap { versions[$0] }.filter { $0.rendition != .stub }.map(
                \.version
            )
        )
        let confinements = numbers.sorted().compactMap { advisory.confinement(of: $0) }.filter { confinement in
            confinement.compartment != nil || !confinement.named(of: member, directory).isEmpty
        }
        let holders: Set<ID<Member>> = numbers.isEmpty ? [] : [member]
        guard let last = confinements.last, confinements.count == numbers.count else {
            return StubAudience(holders: holders)
        }
        let named = confinements.map { $0.named(of: member, directory) }
        return StubAudience(
            holders: holders,
            recipients: named.reduce(into: Set(pages.map(\.principal.id))) { $0.formUnion($1) },
            compartment: last.compartment
        )
    }

    /// Who of some members that hold something is told: those of whom whoever reads is together, the others each.
    func audiences(
        of members: Set<ID<Member>>,
        _ advisory: Advisory,
        _ directory: Directory
    ) -> [StubAudience] {
        let each = members.sorted().map { audience(of: $0, advisory, directory) }
        let whole = each.filter { $0.recipients == nil }.map(\.holders)
        let confined = each.filter { $0.recipients != nil }
        return (whole.isEmpty ? [] : [StubAudience(holders: whole.reduce(into: []) { $0.formUnion($1) })]) + confined
    }

    /// All that members other than the originator were ever given, but for stubs.
    func copies(of originator: ID<Member>) throws -> Copies {
        try copies(of: originator) { _, _ in true }
    }

    /// What members other than the originator hold, as far as it is theirs no more by what `isKept` says of who was
    /// given it and the rendition, and they were not told so yet.
    func lost(from originator: ID<Member>, unless isKept: (Given, Rendition) -> Bool) throws -> Copies {
        var newest: [ID<Member>: [String: Tick]] = [:]
        for (tick, version, given) in pieces {
            let held = newest[given.principal.member]?[version.object] ?? .zero
            newest[given.principal.member, default: [:]][version.object] = max(held, tick)
        }
        return try copies(of: originator) { given, version in
            let last = newest[given.principal.member]?[version.object].flatMap { versions[$0] }
            return last?.rendition != .stub && !isKept(given, version.rendition)
        }
    }

    private func copies(of originator: ID<Member>, where isMeant: (Given, RenditionRow) -> Bool) throws -> Copies {
        var copies: Copies = [:]
        for (_, version, given) in pieces
        where version.rendition != .stub && given.principal.member != originator && isMeant(given, version) {
            let object = try STIXID(parsing: version.object)
            copies[version.rendition, default: [:]][object, default: []].insert(given.principal.member)
        }
        return copies
    }

    /// Each version that was given, as often as it was.
    private var pieces: [(Tick, RenditionRow, Given)] {
        given.flatMap { given in
            given.receipt.versions.compactMap { tick in versions[tick].map { (tick, $0, given) } }
        }
    }
}

public import Exchange

/// What one page is asked of the store: the labels that the reader may see, and from where on.
public struct PageRequest: Sendable {
    /// The pool's number.
    public var pool: Int64
    /// The permitted labels of the pool that hold anything after `after`, each with a tick that none of its versions is
    /// older than.
    public var labels: [(number: Int64, oldest: Tick)]
    /// All permitted labels of the pool.
    public var permitted: Set<Int64>
    /// Only what is newer.
    public var after: Tick
    /// Only what is not newer: the journal's head when the labels were chosen.
    ///
    /// What is committed between that and the read may have a label that is not among them, and a page that shows a
    /// later version of another label would send the reader past it for ever.
    public var upTo: Tick
    /// The most versions of the page.
    public var limit: Int
    /// What passes.
    public var filter: ObjectFilter
    /// Whether the content is wanted, and how much of it one page may hold.
    public var content: ContentNeed
    /// The number of a principal that gained something in the pool after `after`; nil for one that did not.
    public var gainer: Int64?

    /// Whether a page wants content.
    public enum ContentNeed: Hashable, Sendable {
        case none
        case upTo(bytes: Int)
    }

    /// Puts it together from its parts.
    public init(
        pool: Int64,
        labels: [(number: Int64, oldest: Tick)],
        permitted: Set<Int64>,
        after: Tick,
        upTo: Tick,
        limit: Int,
        filter: ObjectFilter,
        content: ContentNeed,
        gainer: Int64? = nil
    ) {
        self.pool = pool
        self.labels = labels
        self.permitted = permitted
        self.after = after
        self.upTo = upTo
        self.limit = limit
        self.filter = filter
        self.content = content
        self.gainer = gainer
    }
}

/// One version as a page shows it.
public struct PagedVersion: Sendable {
    /// Its date added for this reader: its own tick, or a later one at which the reader gained it.
    public let tick: Tick
    /// The tick at which it was released.
    public let released: Tick
    /// The STIX id; empty where the content alone is shown, which has it.
    public let id: String
    /// Its version, as TAXII writes it; empty where the content alone is shown.
    public let version: String
    /// Empty when the content was not asked for.
    public let bytes: [UInt8]

    /// Puts it together from its parts; without `released` it is given at the tick of its release.
    public init(tick: Tick, released: Tick? = nil, id: String, version: String, bytes: [UInt8]) {
        self.tick = tick
        self.released = released ?? tick
        self.id = id
        self.version = version
        self.bytes = bytes
    }
}

/// A page, and where the next begins.
public struct StoredPage: Sendable {
    /// What is on the page, ascending by tick.
    public var versions: [PagedVersion]
    /// Whether anything the reader may see may follow.
    public var more: Bool
    /// Everything up to here has been looked at.
    public var examined: Tick

    /// Puts it together from its parts.
    public init(versions: [PagedVersion], more: Bool, examined: Tick) {
        self.versions = versions
        self.more = more
        self.examined = examined
    }
}

/// Reads pages: a k-way merge of ranges of one index, each read from the cursor on and cut at the page's size.
public enum PageRows {
    /// How many versions one request may look at when a filter passes few of them; then its page ends, with `more`.
    public static let examinedMax = 20_000
    private static let batch = 64

    /// One page of a pool, ascending by tick.
    public static func page(_ request: PageRequest, _ connection: any SQLConnection) throws -> StoredPage {
        request.filter.ids.isEmpty
            ? try scan(request, connection) : try lookUp(request, connection)
    }

    /// Whether the reader may see any version of the object in the pool.
    public static func holds(
        _ id: STIXID,
        pool: Int64,
        permitted: Set<Int64>,
        _ connection: any SQLConnection
    ) throws -> Bool {
        try placed(id.text, pool, connection).contains { permitted.contains($0.placed.label) }
    }

    /// The versions of an object that a reader may see in a pool, with the members that brought them.
    public static func visible(
        _ id: STIXID,
        pool: Int64,
        permitted: Set<Int64>,
        _ connection: any SQLConnection
    ) throws -> [VisibleVersion] {
        try connection.rows(
            """
            select v.tick, v.label, v.instant, v.member, v.object from object o
            join version v on v.object = o.number where o.id = $1 and v.pool = $2
            """,
            .text(id.text),
            .integer(pool)
        ) { VisibleVersion(placed: PlacedVersion($0), member: $0.integer(3), object: $0.integer(4)) }
        .filter { permitted.contains($0.placed.label) }
    }

    /// One version of an object, who brought it, and the object's key.
    public struct VisibleVersion: Sendable {
        /// Its place among the versions of its object.
        public let placed: PlacedVersion
        /// The number of the member that brought it.
        public let member: Int64
        /// The object's number.
        public let object: Int64
    }

    // MARK: By label

    private static func scan(_ request: PageRequest, _ connection: any SQLConnection) throws -> StoredPage {
        let gains = try Gains(request, connection)
        var merge = LabelMerge(request, besides: gains.ticks)
        var sieve = Sieve(request)
        var filling = Filling(request)
        var examined = 0
        while true {
            let wanted = request.filter.passesAllOfItsStandings ? request.limit + 1 - filling.count : batch
            let ticks = try merge.next(min(wanted, batch * 16), connection)
            guard !ticks.isEmpty else { return filling.page }
            if request.showsContentAlone, gains.isEmpty, !merge.isContested {
                for version in try Contents.read(ticks, connection) where !filling.add(version) { return filling.page }
            } else {
                for found in try Candidate.read(ticks, gains, request.content, connection) {
                    let isShown = try gains.shows(found) && sieve.passes(found, connection)
                    guard isShown ? filling.add(found.paged) : filling.passOver(found.paged.tick) else {
                        return filling.page
                    }
                }
            }
            examined += ticks.count
            if examined >= examinedMax { return filling.pageWithMore }
        }
    }

    // MARK: By id

    /// The versions of named objects: read by the object's index, however deep in the pool they lie.
    private static func lookUp(_ request: PageRequest, _ connection: any SQLConnection) throws -> StoredPage {
        let gains = try Gains(request, connection)
        var chosen: [Int64] = []
        for id in request.filter.ids.sorted() where request.filter.admits(id: id) {
            let versions = try placed(id, request.pool, connection).map(\.placed)
            for version in request.filter.versions.chosen(of: versions, permitted: request.permitted) {
                let tick = gains.given(version.tick.microseconds)
                if tick > request.after.microseconds, tick <= request.upTo.microseconds { chosen.append(tick) }
            }
        }
        chosen.sort()
        var filling = Filling(request)
        for start in stride(from: 0, to: chosen.count, by: batch) {
            let ticks = Array(chosen[start..<min(start + batch, chosen.count)])
            for found in try Candidate.read(ticks, gains, request.content, connection)
            where !filling.add(found.paged) { return filling.page }
        }
        return filling.page
    }

    private static func placed(
        _ id: String,
        _ pool: Int64,
        _ connection: any SQLConnection
    ) throws -> [(placed: PlacedVersion, object: Int64)] {
        try connection.rows(
            """
            select v.tick, v.label, v.instant, v.object from object o join version v on v.object = o.number
            where o.id = $1 and v.pool = $2
            """,
            .text(id),
            .integer(pool)
        ) { (PlacedVersion($0), $0.integer(3)) }
    }
}

extension PageRequest {
    /// Whether of each version that the labels' ranges hold the content is shown, and nothing else of it matters.
    fileprivate var showsContentAlone: Bool { content != .none && filter.passesAllOfItsStandings }
}

/// A page as it is put together.
private struct Filling {
    private(set) var page: StoredPage
    private let limit: Int
    private let bytesMax: Int
    private var bytes = 0

    init(_ request: PageRequest) {
        page = StoredPage(versions: [], more: false, examined: request.after)
        limit = request.limit
        bytesMax =
            switch request.content {
            case .none: .max
            case .upTo(let bytes): bytes
            }
    }

    var count: Int { page.versions.count }

    /// The page, where not all that follows was looked at.
    var pageWithMore: StoredPage { StoredPage(versions: page.versions, more: true, examined: page.examined) }

    /// Puts the next version on the page.
    ///
    /// False when there is no room for any more: then the page is done, and says that more follows.
    mutating func add(_ version: PagedVersion) -> Bool {
        guard passOver(version.tick) else { return false }
        bytes += version.bytes.count
        page.versions.append(version)
        return true
    }

    /// The same for one that is looked at and not shown.
    mutating func passOver(_ tick: Tick) -> Bool {
        guard page.versions.count < limit, bytes < bytesMax else {
            page.more = true
            return false
        }
        page.examined = tick
        return true
    }
}

/// What one reader gained after the cursor: each of these versions is given at the tick of the gain.
struct Gains {
    /// The version's own tick, by the tick that it is given at.
    private let versions: [Int64: Int64]
    /// The last tick that each version is given at.
    private let last: [Int64: Int64]
    private let permitted: Set<Int64>

    init(_ request: PageRequest, _ connection: any SQLConnection) throws {
        permitted = request.permitted
        versions =
            try request.gainer.map { gainer in
                try CatchupRows.versions(
                    gainedBy: gainer,
                    in: request.pool,
                    after: request.after,
                    upTo: request.upTo,
                    connection
                )
            } ?? [:]
        last = Dictionary(versions.map { ($0.value, $0.key) }) { max($0, $1) }
    }

    var isEmpty: Bool { versions.isEmpty }
    /// The ticks at which something is given, ascending.
    var ticks: [Int64] { last.values.sorted() }

    func released(_ tick: Int64) -> Int64 { versions[tick] ?? tick }

    /// The tick at which a version is given.
    func given(_ released: Int64) -> Int64 { last[released] ?? released }

    /// Whether a version is given where the merge found it, and may be.
    func shows(_ found: Candidate) -> Bool {
        let tick = found.paged.tick.microseconds
        return given(found.placed.tick.microseconds) == tick && permitted.contains(found.placed.label)
    }
}

/// Decides for one page which of the versions that the merge found it shows; each object is looked up once.
private struct Sieve {
    private let request: PageRequest
    private var chosen: [Int64: Set<Tick>] = [:]

    init(_ request: PageRequest) {
        self.request = request
    }

    mutating func passes(_ found: Candidate, _ connection: any SQLConnection) throws -> Bool {
        guard request.filter.admits(id: found.paged.id) else { return false }
        let versions = request.filter.versions
        if versions.isLastOnly, found.standing == .last { return true }
        if versions.isAll { return true }
        if let known = chosen[found.object] { return known.contains(found.placed.tick) }
        let all = try connection.rows(
            "select tick, label, instant from version where object = $1 and pool = $2",
            .integer(found.object),
            .integer(request.pool),
            make: PlacedVersion.init
        )
        let ticks = Set(versions.chosen(of: all, permitted: request.permitted).map(\.tick))
        chosen[found.object] = ticks
        return ticks.contains(found.placed.tick)
    }
}

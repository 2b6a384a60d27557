public import Exchange

/// A TAXII server as a value: its clock, how coarse its dates are, whether it gives `next`.
public struct TAXIIModel: Sendable {
    /// Its own time.
    public var now: Timestamp
    /// Microseconds that its dates are whole multiples of.
    public let grain: Int64
    /// Whether it gives `next`.
    public let givesNext: Bool
    /// The most objects of one page.
    public let pageMax: Int
    private var stored: [(date: Timestamp, object: String)] = []

    /// An empty collection.
    public init(now: Timestamp, grain: Int64, givesNext: Bool, pageMax: Int) {
        self.now = now
        self.grain = grain
        self.givesNext = givesNext
        self.pageMax = pageMax
    }

    /// Adds an object with a date so long ago: one that was allotted and is committed late.
    public mutating func add(_ object: String, late: Duration = .zero) {
        let date = now.advanced(by: .zero - late).microseconds
        stored.append((Timestamp(microseconds: date - date % grain), object))
    }

    /// The page that is asked for.
    public func page(_ query: [(name: String, value: String)]) -> (objects: [String], page: TAXIICursor.Page) {
        func value(_ name: String) -> String? { query.first { $0.name == name }?.value }
        let after = value("added_after").flatMap { try? Timestamp(parsing: $0) }
        let all = stored.enumerated().filter { entry in after.map { entry.element.date > $0 } ?? true }
            .sorted { ($0.element.date, $0.offset) < ($1.element.date, $1.offset) }
        let begun = value("next").flatMap(Int.init).map { last in
            all.firstIndex { $0.offset == last }.map { $0 + 1 } ?? all.count
        }
        let count = min(value("limit").flatMap(Int.init) ?? pageMax, pageMax)
        let shown = all.dropFirst(begun ?? 0).prefix(count)
        let more = shown.endIndex < all.endIndex
        let page = TAXIICursor.Page(
            count: shown.count,
            more: more,
            next: more && givesNext ? shown.last.map { String($0.offset) } : nil,
            last: shown.last?.element.date,
            clock: now
        )
        return (shown.map(\.element.object), page)
    }
}

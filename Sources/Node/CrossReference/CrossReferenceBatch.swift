import Exchange
import Screening
import Store

/// Some of the advisories that the store has, or that the journal touches, as they are now.
struct CrossReferenceBatch: Sendable {
    /// How far it has come.
    struct Place: Hashable, Sendable {
        /// Up to where the journal was taken in; where it is loading, from where on it will be.
        var cursor = Tick.zero
        /// The number of the last advisory that was loaded; nil once all were.
        var loaded: Int64? = 0

        var isLoading: Bool { loaded != nil }
    }

    /// What is known of an advisory: nothing where nobody is shown anything of it any more.
    private(set) var known: [ID<Advisory>: (compared: ReferencedAdvisory, shown: [ShownRendition])?] = [:]
    /// All judgements that stand; nil where they are those that were known.
    private(set) var judgements: [JudgementRow]?
    /// Where the next goes on.
    private(set) var place: Place
    /// Whether that is all.
    let isLast: Bool

    /// Reads what comes next.
    /// - Parameters:
    ///   - head: up to where the labels are known.
    ///   - labels: the exchange's labels, by their numbers.
    init(
        after place: Place,
        head: Tick,
        _ labels: [Int64: Label],
        _ directory: Directory,
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws {
        self.place = place
        let numbers: [Int64]
        if let loaded = place.loaded {
            // What changes while it is loaded is told by the journal from here on.
            if loaded == 0 {
                self.place.cursor = head
                judgements = try JudgementRows.standing(connection)
            }
            numbers = try AdvisoryRows.released(after: loaded, upTo: count, connection)
            self.place.loaded = numbers.count < count ? nil : numbers.last
            isLast = false
        } else {
            let entries = try JournalRows.touches(after: place.cursor, upTo: count, connection).filter {
                $0.tick <= head
            }
            isLast = entries.count < count
            self.place.cursor = isLast ? head : entries.last?.tick ?? head
            let objects = Set(entries.map(\.object)).subtracting([0])
            numbers = Set(try objects.compactMap { try AdvisoryRows.number(ofObject: $0, connection) }).sorted()
            if entries.contains(where: \.isOfCrossReferences) {
                judgements = try JudgementRows.standing(connection)
            }
        }
        for number in numbers {
            guard let row = try AdvisoryRows.advisory(numbered: number, connection) else { continue }
            known[row.advisory.id] = .some(
                Self.known(row, try AdvisoryRows.shown(of: number, connection), labels, directory)
            )
        }
    }

    private static func known(
        _ row: AdvisoryRow,
        _ versions: [ShownVersion],
        _ labels: [Int64: Label],
        _ directory: Directory
    ) -> (compared: ReferencedAdvisory, shown: [ShownRendition])? {
        let byRendition = Dictionary(grouping: versions, by: \.rendition)
        // That which says most first.
        let shown = Rendition.allCases.compactMap { byRendition[$0].flatMap(ShownRendition.init) }
            .filter { labels[$0.label] != nil }
        guard let released = shown.map(\.released).max() else { return nil }
        let isSealed = shown.contains { labels[$0.label]?.isSealed ?? true }
        let isOfForce = directory.pools[row.advisory.pool]?.terms.force != nil
        let compared = ReferencedAdvisory(
            row.advisory.id,
            publisher: row.advisory.member,
            released: released,
            existence: isSealed || isOfForce ? .sealed : .open,
            renditions: shown.map(\.compared)
        )
        return (compared, shown)
    }
}

extension Label {
    /// Whether nobody who may not see what bears it is to learn that there is anything.
    ///
    /// It is of a compartment, TLP:RED, or derived from a suspicious-activity report. What is under an embargo is not
    /// out, and so nothing bears its label.
    fileprivate var isSealed: Bool {
        marking == .red || terms?.compartment != nil || terms?.caveats.contains(.reportDerived) ?? false
    }
}

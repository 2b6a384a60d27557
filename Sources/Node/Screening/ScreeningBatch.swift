import Exchange
import Screening
import Store

/// Some of what the store has, or of what the journal tells, with the subjects of each object that it touches.
struct ScreeningBatch: Sendable {
    /// A version, and the subject that it tells of; none where it tells of none and yet may be some readers' last.
    typealias Subject = (entry: ScreenedSubjects.Entry, record: Record?)

    /// What is known of one object.
    struct Known: Sendable {
        let subjects: [Subject]
        /// Whether it is all of the object: otherwise it counts where nothing else of that is known.
        let isWhole: Bool
    }

    /// By their objects: none for one that is gone.
    private(set) var known: [PlacedObject: Known] = [:]
    /// Where the next goes on.
    private(set) var place: ScreenedSubjects.Place
    /// Whether that is all.
    let isLast: Bool

    private static let types = Record.stixTypes + ["report"]
    /// How the ids of those begin.
    private static let prefixes = types.map { $0 + "--" }

    /// Reads what comes next.
    /// - Parameters:
    ///   - head: up to where the labels are known.
    ///   - labels: all labels, in the order of their numbers.
    init(
        after place: ScreenedSubjects.Place,
        head: Tick,
        _ labels: [InternedLabel],
        upTo count: Int,
        _ connection: any SQLConnection
    ) throws {
        let reading = Reading(labels: labels, connection: connection)
        self.place = place
        guard let loaded = place.loaded else {
            let entries = try JournalRows.touches(after: place.cursor, upTo: count, connection).filter {
                $0.tick <= head
            }
            isLast = entries.count < count
            for entry in entries where entry.object != 0 && Self.mayTell(entry.id) {
                let object = PlacedObject(pool: entry.pool, object: entry.object)
                if known[object] == nil { known[object] = try reading.all(of: object) }
            }
            self.place.cursor = isLast ? head : entries.last?.tick ?? head
            return
        }
        // What changes while it is loaded is told by the journal from here on.
        if loaded == .zero { self.place.cursor = head }
        let versions = try ScreeningRows.versions(ofTypes: Self.types, after: loaded, upTo: count, connection)
        isLast = false
        self.place.loaded = versions.count < count ? nil : versions.last?.tick
        for version in versions {
            let object = PlacedObject(pool: version.pool, object: version.object)
            if known[object]?.isWhole == true { continue }
            // A contested one may come before or after the last of its object.
            known[object] = version.standing == .last ? try reading.last(version) : try reading.all(of: object)
        }
    }

    /// Whether an object of an id may tell of a subject.
    private static func mayTell(_ id: String) -> Bool { prefixes.contains(where: id.hasPrefix) }

    /// Reads versions.
    private struct Reading {
        let labels: [InternedLabel]
        let connection: any SQLConnection

        func all(of object: PlacedObject) throws -> Known {
            let versions = try ScreeningRows.versions(of: object.object, in: object.pool, connection)
            let all = try versions.flatMap { try subjects(of: $0) }
            // What tells of nobody only matters to other versions of its object.
            return Known(subjects: versions.count == 1 ? all.filter { $0.record != nil } : all, isWhole: true)
        }

        func last(_ version: ReleasedVersion) throws -> Known {
            Known(subjects: try subjects(of: version).filter { $0.record != nil }, isWhole: false)
        }

        /// - Returns: what the version tells of, itself without a subject where it tells of none.
        private func subjects(of version: ReleasedVersion) throws -> [Subject] {
            let isReport = version.id.hasPrefix("report--")
            let records = isReport ? try protected(in: version) : shown(in: version)
            let entry = ScreenedSubjects.Entry(
                placed: version.placed,
                object: PlacedObject(pool: version.pool, object: version.object),
                isContested: version.standing == .contested,
                isProtected: isReport && !records.isEmpty
            )
            return records.isEmpty ? [(entry, nil)] : records.map { (entry, $0) }
        }

        private func shown(in version: ReleasedVersion) -> [Record] {
            guard let object = try? JSON(parsing: version.bytes).root, let record = Record(stix: object) else {
                return []
            }
            return [record]
        }

        /// The persons whom an advisory is about and who are in none of its renditions, by its full one's report.
        private func protected(in version: ReleasedVersion) throws -> [Record] {
            guard let terms = label(version.placed.label)?.terms, terms.rendition == .full,
                let row = try AdvisoryRows.advisory(terms.advisory, connection),
                row.released == row.advisory.version.number
            else { return [] }
            return row.advisory.content.subjects.filter(\.isProtected).map { subject in
                Record(id: "", schema: subject.schema, properties: subject.properties)
            }
        }

        private func label(_ number: Int64) -> Label? {
            var (low, high) = (0, labels.count)
            while low < high {
                let middle = (low + high) / 2
                if labels[middle].number < number { low = middle + 1 } else { high = middle }
            }
            return low < labels.count && labels[low].number == number ? labels[low].label : nil
        }
    }
}

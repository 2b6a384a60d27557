import Exchange
import Screening
import Store

/// What was found, as it is given: read from the store, so that what was erased is not.
struct GivenSubjects {
    private var records: [Tick: Record] = [:]
    private var notes: [Tick: ScreeningDesk.AdvisoryNote] = [:]
    private var entries: [ScreenedSubjects.Entry] = []
    private var names: [Tick: (id: String, modified: String?)] = [:]

    /// - Parameter labels: those of the entries, by their numbers.
    init(
        _ found: some Sequence<ScreenedSubjects.Entry>,
        _ labels: [Int64: Label],
        _ connection: any SQLConnection
    ) throws {
        let found = Set(found)
        let contents = try ScreeningRows.contents(Set(found.map(\.placed.tick)), connection)
        var known: [ID<Advisory>: AdvisoryRow] = [:]
        for entry in found.sorted(by: { $0.placed.tick < $1.placed.tick }) {
            let tick = entry.placed.tick
            guard let object = contents[tick].flatMap({ try? JSON(parsing: $0).root }) else { continue }
            if !entry.isProtected {
                guard let record = Record(stix: object) else { continue }
                records[tick] = record
            }
            entries.append(entry)
            names[tick] = object["id"]?.string.map { ($0, object["modified"]?.string) }
            guard !entry.isProtected, let terms = labels[entry.placed.label]?.terms else { continue }
            let row = try known[terms.advisory] ?? AdvisoryRows.advisory(terms.advisory, connection)
            guard let row else { continue }
            known[terms.advisory] = row
            notes[tick] = try note(of: row, terms, entry, Self.standing(in: object), connection)
        }
    }

    private static func standing(in object: JSON.Value) -> DataSubject? {
        object["extensions"]?[AdvisoryExtension.id]?["standing"]?.string.flatMap(DataSubject.init)
    }

    /// How the reader may name the advisory.
    private func note(
        of row: AdvisoryRow,
        _ terms: Label.Terms,
        _ entry: ScreenedSubjects.Entry,
        _ standing: DataSubject?,
        _ connection: any SQLConnection
    ) throws -> ScreeningDesk.AdvisoryNote {
        let report = try AdvisoryRows.renditions(of: row.number, connection).last { rendition in
            rendition.rendition == terms.rendition && rendition.pool == entry.object.pool
                && rendition.object.hasPrefix("report--")
        }
        let isNamed = terms.rendition == .full || terms.rendition == .tearline
        return ScreeningDesk.AdvisoryNote(
            report: report?.object,
            reference: isNamed ? row.advisory.reference : nil,
            isDisputed: terms.isDisputed,
            standing: standing
        )
    }

    /// One receipt for each pool of which something is given that could be recalled.
    func receipts(for session: Session, over channel: Receipt.Channel) -> [Receipt] {
        // Of whoever is to be protected nothing was given.
        let byPool = Dictionary(grouping: entries.filter { !$0.isProtected }, by: \.object.pool).sorted {
            $0.key < $1.key
        }
        return byPool.compactMap { number, entries in
            guard session.directory.pool(numbered: number)?.kind.isRecallable == true else { return nil }
            return Receipt(
                principal: session.principal.number,
                pool: number,
                channel: channel,
                purpose: session.reader.purpose,
                versions: Set(entries.map(\.placed.tick)).sorted()
            )
        }
    }

    /// One that was found; nil where it is gone meanwhile.
    func hit(_ found: ScreenedSubjects.Found, _ directory: Directory) -> ScreeningDesk.Hit? {
        let tick = found.entry.placed.tick
        guard let name = names[tick], let pool = directory.pool(numbered: found.entry.object.pool) else { return nil }
        return ScreeningDesk.Hit(
            record: records[tick],
            pool: pool,
            object: name.id,
            modified: name.modified,
            score: found.hit.score,
            advisory: notes[tick]
        )
    }
}

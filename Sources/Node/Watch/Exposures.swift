import Exchange
import Screening
import Store
import Synchronization

/// Who is exposed to what reports are about, at the moment at which that counts.
struct Exposures: Sendable {
    private let watch: WatchDesk
    /// Looked for before the transaction, which others wait for.
    private let known: [ID<Report>: (content: ReportContent, exposure: Exposure)]

    /// - Parameter reports: those that may be about to count.
    init(of reports: [Report] = [], by watch: WatchDesk) {
        self.watch = watch
        known = reports.reduce(into: [:]) {
            $0[$1.id] = ($1.content, watch.exposure(to: $1.content.subjects))
        }
    }

    /// Who is exposed to what a report is about as it is now.
    func exposure(to report: Report) -> Exposure {
        guard let known = known[report.id], known.content == report.content else {
            return watch.exposure(to: report.content.subjects)
        }
        return known.exposure
    }
}

extension WatchDesk {
    /// Which groups' watch lists are hit by any of some subjects, as far as lists were taken in; nobody is compared who
    /// is to be protected.
    func exposure(to subjects: [Subject]) -> Exposure {
        let directory = live.directory
        let groups = memory.withLock { memory in
            memory.holdings.keys.compactMap { number in
                directory.member(numbered: number).map { (member: number, group: $0.group) }
            }
        }
        let records = subjects.filter { !$0.isProtected }.map {
            Record(id: "", schema: $0.schema, properties: $0.properties)
        }
        var hit: Set<Name> = []
        for (member, group) in groups.sorted(by: { $0.member < $1.member }) where !hit.contains(group) {
            let isHit = records.contains { record in
                memory.withLock { $0.holdings[member]?.rows.alike(record, from: Self.threshold).isEmpty == false }
            }
            if isHit { hit.insert(group) }
        }
        return Exposure(watching: Set(groups.map(\.group)), hit: hit)
    }
}

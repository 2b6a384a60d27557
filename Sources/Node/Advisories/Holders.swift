import Exchange
import Store

/// Who was given which rendition of an advisory, by the receipts.
struct Holders {
    /// One page that held something of the advisory.
    struct Given {
        let principal: Principal
        let receipt: Receipt
        let renditions: Set<Rendition>
    }

    let given: [Given]
    /// The object of each version that was ever released of the advisory.
    private let objects: [Tick: String]

    init(of row: AdvisoryRow, _ directory: Directory, _ connection: any SQLConnection) throws {
        let renditions = try AdvisoryRows.renditions(of: row.number, connection)
        objects = Dictionary(renditions.map { ($0.tick, $0.object) }) { first, _ in first }
        let forms = Dictionary(renditions.map { ($0.tick, $0.rendition) }) { first, _ in first }
        given = try ReceiptRows.receipts(of: Set(forms.keys), pool: row.pool, connection).compactMap { receipt in
            guard let principal = directory.principal(numbered: receipt.principal) else { return nil }
            return Given(
                principal: principal,
                receipt: receipt,
                renditions: Set(receipt.versions.compactMap { forms[$0] })
            )
        }
    }

    /// The members that were given a version of one object.
    func members(ofObject id: STIXID) -> Set<ID<Member>> {
        Set(given.filter { $0.receipt.versions.contains { objects[$0] == id.text } }.map(\.principal.member))
    }

    /// The members that hold a rendition; any for nil.
    func members(of rendition: Rendition?) -> Set<ID<Member>> {
        Set(given.filter { given in rendition.map { given.renditions.contains($0) } ?? true }.map(\.principal.member))
    }
}

import Exchange
import Store

/// What another exchange took back.
extension Federation {
    /// Takes every version away, and gives those that hold one what takes its place; of a recall they owe an
    /// acknowledgement.
    func callBack(
        _ row: inout FederatedCopyRow,
        _ stub: [STIXObject],
        _ label: Label,
        at place: VersionPress.Place,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        let shown = try FederatedRows.versions(of: row, transaction.connection)
        let reports = shown.filter { $0.object.hasPrefix("report--") }.map(\.tick)
        let reference = try ScreeningRows.contents(Set(reports), transaction.connection).values.lazy
            .compactMap(Self.reference).first
        try withdraw(&row, from: place.pool, transaction) { _ in true }
        guard !shown.isEmpty else { return }
        guard stub.contains(where: \.isRendition) else {
            // Plain STIX is revoked for all that may read it.
            return try versions.store(stub, under: label, at: place, transaction, directory) { _, _ in }
        }
        let recalled = transaction.nextTick().time
        let reason = Self.reason(of: stub)
        let standing = try standIn(
            for: &row,
            shown,
            recalled: reason,
            reference: reference,
            at: recalled,
            place,
            transaction
        )
        let holders = try Holders(of: standing, directory, transaction.connection)
        let members = holders.members(of: nil)
        for audience in holders.audiences(of: members, standing.advisory, directory) {
            let label = standing.advisory.stubLabel(in: place.pool, originator: place.member, for: audience)
            try versions.store(stub, under: label, at: place, transaction, directory) { tick, object in
                try note(tick, object.id.text, .stub, of: standing, transaction)
            }
        }
        guard reason != nil else { return }
        let held = Set(try RecallRows.owed(of: standing.number, transaction.connection).map(\.member))
        let owing = members.compactMap { directory.members[$0] }.filter { !held.contains($0.number) }
        for member in owing.sorted(by: { $0.number < $1.number }) {
            try transaction.owe(
                OwedRow(
                    advisory: standing.number,
                    member: member.number,
                    recalled: recalled,
                    ends: recalled.advanced(by: RenditionPress.acknowledgementTime),
                    acknowledged: nil
                )
            )
        }
    }

    /// The advisory that stands here for what was taken back, made now where there is none yet: what its versions were
    /// is what was shown.
    private func standIn(
        for row: inout FederatedCopyRow,
        _ shown: [(tick: Tick, object: String)],
        recalled reason: RecallReason?,
        reference: AdvisoryReference?,
        at now: Timestamp,
        _ place: VersionPress.Place,
        _ transaction: Transaction
    ) throws -> AdvisoryRow {
        let advisory = Advisory(
            standIn: standIn(for: row),
            in: place.pool.id,
            of: place.member.id,
            by: place.author.id,
            recalled: reason,
            reference: reference,
            at: now
        )
        if let number = row.advisory,
            var known = try AdvisoryRows.advisory(numbered: number, transaction.connection)
        {
            known.advisory = advisory
            try transaction.change(known, by: nil)
            return known
        }
        let made = AdvisoryRow(
            number: row.number,
            pool: place.pool.number,
            member: place.member.number,
            advisory: advisory,
            released: 1
        )
        try transaction.add(standIn: made, by: place.author)
        for (tick, object) in shown { try note(tick, object, .full, of: made, transaction) }
        try transaction.noteHoldings(of: shown.map(\.tick), pool: made.pool)
        row.advisory = made.number
        return made
    }

    private func note(
        _ tick: Tick,
        _ object: String,
        _ rendition: Rendition,
        of row: AdvisoryRow,
        _ transaction: Transaction
    ) throws {
        try transaction.note(
            RenditionRow(tick: tick, pool: row.pool, object: object, version: 1, rendition: rendition),
            of: row.number
        )
    }

    /// What its extension says of an advisory.
    private static func details(of object: [UInt8]) -> JSON.Value? {
        // It was read before, so it is JSON.
        let root = try? JSON(parsing: object, limits: JSON.Limits(depthMax: .max)).root
        return root?["extensions"]?[AdvisoryExtension.id]
    }

    /// What the exchange that released it calls it.
    private static func reference(of object: [UInt8]) -> AdvisoryReference? {
        details(of: object)?["reference"]?.string.flatMap { AdvisoryReference($0) }
    }

    /// Why an advisory was recalled; nil where it was withdrawn or expired.
    private static func reason(of stub: [STIXObject]) -> RecallReason? {
        for object in stub where object.isRendition {
            let details = Self.details(of: object.bytes)
            guard details?["state"]?.string == "recalled" else { continue }
            // A rendition of codes alone does not say why: that would tell that it was about somebody.
            return details?["reason"]?.string.flatMap { RecallReason(rawValue: $0) } ?? .error
        }
        return nil
    }
}

import Exchange
import Foundation
import Store

/// What comes from other exchanges.
extension Federation {
    /// What came in one envelope, by what it is.
    private struct Arrival {
        var releases: [(place: Int, note: ReleaseNote)] = []
        var words: [(place: Int, word: RecallWord)] = []
        var objects: [STIXID: [STIXObject]] = [:]
        /// Why something of it is not taken, by its place.
        var reasons: [Int: String] = [:]
        /// The ids that a release names that was taken.
        var taken: Set<STIXID> = []

        init(_ contributions: [Contribution]) {
            for (place, contribution) in contributions.enumerated() {
                guard case .object(let object) = contribution else { continue }
                // It was read before, so it is JSON.
                let read = try? JSON(parsing: object.bytes, limits: JSON.Limits(depthMax: .max)).root
                guard object.type == "note", let value = read else {
                    objects[object.id, default: []].append(object)
                    continue
                }
                do throws(STIXFault) {
                    if let word = try RecallWord(value) {
                        words.append((place, word))
                    } else if let note = try ReleaseNote(value) {
                        releases.append((place, note))
                    } else {
                        objects[object.id, default: []].append(object)
                    }
                } catch {
                    reasons[place] = error.description
                }
            }
        }
    }

    /// Why a release is not taken.
    private struct Refusal: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    /// The exchange that somebody stands for; nil for a member, and for a server that signs nothing.
    func peer(as author: Reader, _ connection: any SQLConnection) throws -> PeerRow? {
        guard author.member.kind == .exchange,
            let peer = try PeerRows.peer(ofPrincipal: author.principal.number, connection), peer.signs
        else { return nil }
        return peer
    }

    /// Takes what another exchange brings: releases with what they name, and words about recalls.
    ///
    /// One that is not to be trusted, or was not agreed on, costs the others nothing.
    /// - Returns: what became of each object of the envelope, in its order.
    func take(
        _ contributions: [Contribution],
        to pool: Pool,
        from peer: PeerRow,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws -> [Verdict] {
        var arrival = Arrival(contributions)
        let keys = try FederationKeyRows.ring(transaction.connection)
        for (place, word) in arrival.words {
            if try !take(word, from: peer, transaction) {
                arrival.reasons[place] = "tells of a recall of what nothing is known of here"
            }
        }
        for (place, note) in arrival.releases {
            let entries = note.signed.release.objects
            let objects = entries.compactMap { entry in
                arrival.objects[entry.id]?.first { $0.digest == entry.digest }
                    ?? arrival.objects[entry.id]?.first { $0.version?.text == entry.modified }
            }
            do {
                try take(note.signed, objects, to: pool, from: peer, keys, transaction, directory)
                arrival.taken.formUnion(entries.map(\.id))
            } catch let refusal as Refusal {
                arrival.reasons[place] = "\(note.signed.release.id): \(refusal.reason)"
            }
        }
        return contributions.enumerated().map { place, contribution in
            switch contribution {
            case .invalid(let id, let version, let reason):
                return .failure(id: id, version: version ?? transaction.now.text, reason: reason)
            case .object(let object):
                let version = object.version?.text ?? transaction.now.text
                let isNote =
                    arrival.releases.contains { $0.place == place } || arrival.words.contains { $0.place == place }
                if let reason = arrival.reasons[place] {
                    return .failure(id: object.id.text, version: version, reason: reason)
                }
                guard isNote || arrival.taken.contains(object.id) else {
                    let reason = "no release names it that is taken here: another exchange signs what it gives"
                    return .failure(id: object.id.text, version: version, reason: reason)
                }
                return .success(id: object.id.text, version: version, note: nil)
            }
        }
    }

    // MARK: Words

    private func take(_ word: RecallWord, from peer: PeerRow, _ transaction: Transaction) throws -> Bool {
        guard var row = try FederatedRows.copy(word.release, of: word.origin, transaction.connection) else {
            return false
        }
        let isFirst = row.copy.hear(from: peer.id)
        let isNew = row.copy.take(word.report, from: peer.id)
        guard isFirst || isNew else { return true }
        try transaction.keep(row)
        try transaction.enterCount(of: row)
        return true
    }

    // MARK: Releases

    private func take(
        _ signed: SignedRelease,
        _ objects: [STIXObject],
        to pool: Pool,
        from peer: PeerRow,
        _ keys: KeyRing,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        let release = signed.release
        let isBare = objects.isEmpty
        var reasons = signed.faults(
            for: own.exchange,
            from: peer.id,
            isNotice: isBare,
            keys: keys,
            at: transaction.now
        ).map(\.description)
        if !isBare { reasons += release.faults(in: objects).map { "\($0.id) \($0)" } }
        guard reasons.isEmpty else { throw Refusal(reasons.joined(separator: "; ")) }
        let known = try FederatedRows.copy(release.id, of: release.exchange, transaction.connection)
        try checkSame(release, known, transaction.connection)
        var row =
            known
            ?? FederatedCopyRow(
                number: transaction.nextTick().microseconds,
                origin: release.exchange,
                release: release.id,
                pool: pool.number
            )
        let shared = peer.terms.agreement.pools.first { $0.ours == pool.id }
        let intake = Agreement.intake(
            of: signed,
            isNotice: isBare,
            from: peer.id,
            pool: shared?.theirs ?? pool.name,
            under: peer.terms.agreement,
            holding: row.copy
        )
        let isFirst = !row.copy.sources.contains(peer.id)
        switch intake {
        case .refused(let why):
            _ = row.copy.hear(from: peer.id)
            try transaction.keep(row)
            if isFirst, row.copy.isEnded { try transaction.enterCount(of: row) }
            throw Refusal(why.rawValue)
        case .notice: try take(signed, [], from: peer, isFirst: isFirst, &row, transaction, directory)
        case .whole: try take(signed, objects, from: peer, isFirst: isFirst, &row, transaction, directory)
        }
    }

    /// Who signs two releases of one number says one thing to some, and another to others.
    private func checkSame(
        _ release: Release,
        _ known: FederatedCopyRow?,
        _ connection: any SQLConnection
    ) throws {
        guard let known, known.copy.number == release.number else { return }
        let held = try FederatedRows.objects(of: known, connection).map(\.digest)
        guard held.isEmpty || Set(held) == Set(release.objects.map(\.digest)) else {
            throw Refusal("number \(release.number) is here already, and is another")
        }
    }

    private func take(
        _ signed: SignedRelease,
        _ objects: [STIXObject],
        from peer: PeerRow,
        isFirst: Bool,
        _ row: inout FederatedCopyRow,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        let (release, isNotice) = (signed.release, objects.isEmpty)
        let place = try place(of: row, directory, transaction.connection)
        var label = label(of: signed, objects, row, place)
        label.release = try firstRelease(of: row, at: place, transaction)
        var plan: AcceptancePlan?
        if !isNotice, !release.purpose.isEnd, release.number > row.copy.number || row.copy.held == nil {
            plan = try checked(objects, label, place, transaction, directory)
        }
        let taken = row.copy.take(signed, from: peer.id, isNotice: isNotice)
        try transaction.keep(row)
        if taken == .new {
            try transaction.keep(objects, of: row)
            if row.copy.isEnded {
                try callBack(&row, objects, label, at: place, transaction, directory)
            } else if let plan {
                try show(plan, signed, under: label, &row, at: place, transaction, directory)
            } else {
                try withdraw(&row, from: place.pool, transaction) { _ in true }
            }
            try transaction.keep(row)
        }
        if taken != .known {
            try transaction.enter(signed, isNotice: isNotice, of: row, isNewest: taken == .new)
        }
        if row.copy.isEnded, taken != .known || isFirst { try transaction.enterCount(of: row) }
    }

    /// As whose what an exchange released is kept: its own here, whoever brought it.
    private func place(
        of row: FederatedCopyRow,
        _ directory: Directory,
        _ connection: any SQLConnection
    ) throws -> VersionPress.Place {
        guard let origin = try PeerRows.peer(row.origin, connection),
            let principal = directory.principal(numbered: origin.principal),
            let member = directory.members[principal.member]
        else {
            throw Refusal("exchange \(row.origin) released it, and is no peer here; caveat admin peer add makes it one")
        }
        guard let pool = directory.pool(numbered: row.pool) else { throw Refusal("its pool is no more") }
        return VersionPress.Place(pool: pool, author: principal, member: member)
    }

    /// From when delays by tier count: from when it was shown first.
    private func firstRelease(
        of row: FederatedCopyRow,
        at place: VersionPress.Place,
        _ transaction: Transaction
    ) throws -> Label.Release? {
        if let shown = row.label { return try versions.label(numbered: shown, transaction).release }
        return versions.delays.count(from: transaction.now, in: place.pool.kind)
            .map { Label.Release(at: $0, member: place.member.id) }
    }

    /// Under what it is shown here: never under a looser marking than it came with.
    private func label(
        of signed: SignedRelease,
        _ objects: [STIXObject],
        _ row: FederatedCopyRow,
        _ place: VersionPress.Place
    ) -> Label {
        let marking = objects.compactMap(\.marking).reduce(signed.terms.marking) { max($0, $1) }
        var terms: Label.Terms?
        if objects.contains(where: \.isRendition) {
            var made = Label.Terms(
                standIn(for: row),
                originator: place.member.id,
                origin: GatewayParty(place.member),
                .full,
                of: [.full]
            )
            for object in objects {
                // It was read before, so it is JSON.
                guard let root = try? JSON(parsing: object.bytes, limits: JSON.Limits(depthMax: .max)).root else {
                    continue
                }
                made.take(root)
            }
            terms = made
        }
        return Label(pool: place.pool.id, marking: marking, scope: nil, terms: terms)
    }

    private func checked(
        _ objects: [STIXObject],
        _ label: Label,
        _ place: VersionPress.Place,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws -> AcceptancePlan {
        guard label.marking <= place.pool.terms.ceiling else {
            throw Refusal("\(label.marking.label) is stricter than the pool \(place.pool.name) takes")
        }
        let holdings = try transaction.holdings(of: Set(objects.map(\.id)), directory: directory) { number in
            try versions.label(numbered: number, transaction)
        }
        let plan = AcceptancePlan(
            objects.map { .object($0) },
            to: place.pool,
            from: directory.reader(as: place.author, of: place.member, until: nil),
            labelled: label,
            held: holdings.objects,
            directory: directory,
            rule: .direct,
            at: transaction.now
        )
        for case .failure(let id, _, let reason) in plan.verdicts { throw Refusal("\(id) \(reason)") }
        return plan
    }

    /// Shows a version to those that read the pool, in the place of the one before.
    private func show(
        _ plan: AcceptancePlan,
        _ signed: SignedRelease,
        under label: Label,
        _ row: inout FederatedCopyRow,
        at place: VersionPress.Place,
        _ transaction: Transaction,
        _ directory: Directory
    ) throws {
        let number = try versions.number(of: label, in: place.pool, transaction)
        // What bears another label is shown no more, lest somebody be shown it who may not see the new one.
        try withdraw(&row, from: place.pool, transaction) { $0 != number }
        row.label = number
        let copy = row
        try versions.store(plan.releases.map(\.object), under: label, at: place, transaction, directory) {
            tick,
            object in
            try transaction.note(tick, of: copy, object.id)
        }
        try tell(of: signed, &row, under: label, at: place, transaction, directory)
    }

    func withdraw(
        _ row: inout FederatedCopyRow,
        from pool: Pool,
        _ transaction: Transaction,
        where isGone: (Int64) -> Bool
    ) throws {
        try untell(&row, in: pool, transaction)
        let gone = try FederatedRows.standing(of: row, transaction.connection).filter { isGone($0.label) }
        for (object, found) in Dictionary(grouping: gone, by: \.object).sorted(by: { $0.key < $1.key }) {
            try transaction.delete(found.map(\.tick), of: object, from: pool, by: nil)
        }
    }
}

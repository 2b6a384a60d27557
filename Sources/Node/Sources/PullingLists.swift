import Exchange
import Store

/// Lists, which are read whole, and MISP feeds, which are read event by event.
extension Pulling {
    /// Brings a pool up to date with a list.
    /// - Returns: what was done; nil where so much is gone that an operator must say that it is right.
    func pullList(_ source: Source, _ pool: Pool, _ session: Session) async throws -> Pull.Counts? {
        guard let format = source.format else { throw PullFault("mapping: is needed for csv") }
        let fetching = Fetching(terms: source.terms, surroundings: surroundings)
        let names: [String?] = format.files.isEmpty ? [nil] : format.files
        var counts = Pull.Counts()
        guard let files = try await changed(names, of: source, fetching) else { return counts }
        let content: ListFormat.Content
        do throws(CSVMapping.Fault) {
            content = try format.read(files.map(\.bytes))
        } catch {
            throw PullFault(error.description)
        }
        guard !content.subjects.isEmpty else {
            throw PullFault("it holds no subject that can be read: is it the right kind of source?")
        }
        counts.skipped = content.skippedCount
        let dismissed = try await dismissed(of: source)
        let faults = content.faults.filter { !dismissed.contains(Self.digest($0)) }
        counts.quarantined = faults.count
        try await quarantine(faults, .record, of: source)
        let sync = ListSync(
            content.subjects,
            from: source.name.text,
            graded: source.terms.grade,
            isWhole: faults.isEmpty,
            held: try await held(of: source, in: pool, session),
            at: surroundings.clock()
        )
        if sync.isSuspect, sync.revoked.count > source.pull.confirmed {
            try await keep(source) { source, _ in source.pull.ask(gone: sync.revoked.count) }
            return nil
        }
        counts.unchanged = sync.unchanged
        counts.revoked = sync.revoked.count
        let objects = sync.added + sync.changed + sync.revoked
        if !objects.isEmpty {
            // What the objects refer to; where another member brought another version of it, theirs holds.
            _ = try await accept(Self.envelope(ListExtension.definitions[...]), of: source, to: pool, session)
            try await take(objects, of: source, to: pool, session, &counts)
            counts.taken -= min(counts.taken, sync.revoked.count)
        }
        let stay = Set(content.faults.map(Self.digest))
        try await forget(of: source) { $0.form == .record && !stay.contains($0.digest) }
        let validators = Dictionary(uniqueKeysWithValues: zip(names.map { $0 ?? "" }, files.map(\.validator)))
        // What could not be read is read again each time, however it is answered: only the whole is done.
        if faults.isEmpty { try await keep(source) { source, _ in source.pull.validators = validators } }
        return counts
    }

    /// The files of a list, where any is not as it was.
    private func changed(
        _ names: [String?],
        of source: Source,
        _ fetching: Fetching
    ) async throws(PullFault) -> [(bytes: [UInt8], validator: Pull.Validator)]? {
        let known = source.pull.isAfresh ? [:] : source.pull.validators
        var files: [(bytes: [UInt8], validator: Pull.Validator)?] = []
        for name in names { files.append(try await fetching.file(name, unless: known[name ?? ""])) }
        guard files.contains(where: { $0 != nil }) else { return nil }
        // Where one is new, those that are as they were are needed too.
        for (place, name) in names.enumerated() where files[place] == nil {
            files[place] = try await fetching.file(name, unless: nil)
        }
        return files.compactMap { $0 }
    }

    private func dismissed(of source: Source) async throws -> Set<[UInt8]> {
        let limit = SourceRows.quarantineMax * 2
        let records = try await database.read { try SourceRows.quarantine(of: source, upTo: limit, $0) }
        return Set(records.filter(\.isDismissed).map(\.digest))
    }

    /// Takes records out of quarantine that are no longer there.
    private func forget(
        of source: Source,
        _ isGone: @escaping @Sendable (QuarantinedRecord) -> Bool
    ) async throws {
        let limit = SourceRows.quarantineMax * 2
        let records = try await database.read { try SourceRows.quarantine(of: source, upTo: limit, $0) }
        let gone = records.filter(isGone)
        guard !gone.isEmpty else { return }
        try await commits.write(weight: gone.count) { transaction in
            for record in gone { try transaction.remove(record, of: source) }
        }
    }

    // MARK: MISP

    /// Takes in the events of a feed that changed since they were held.
    func pullMISP(_ source: Source, _ pool: Pool, _ session: Session) async throws -> Pull.Counts {
        let fetching = Fetching(terms: source.terms, surroundings: surroundings)
        var counts = Pull.Counts()
        let known = source.pull.isAfresh ? nil : source.pull.validators["manifest.json"]
        guard let file = try await fetching.file("manifest.json", unless: known) else { return counts }
        let manifest: MISPManifest
        do throws(MISPFault) {
            manifest = try MISPManifest(file.bytes)
        } catch {
            throw PullFault(error.rule)
        }
        var held: [String: JSON.Value] = [:]
        for object in try await self.held(of: source, in: pool, session) {
            if let id = object["id"]?.string { held[id] = object }
        }
        var faults = manifest.faults
        for event in manifest.events {
            let grouping = held[MISPEvent.grouping(of: event.uuid, from: source.name)]
            let last = grouping?["modified"]?.string.flatMap { try? Timestamp(parsing: $0) }
            if !source.pull.isAfresh, let last, last >= event.changed {
                counts.unchanged += 1
                continue
            }
            guard let bytes = try await fetching.file("\(event.uuid).json", unless: nil)?.bytes else { continue }
            let step: MISPEvent.Step
            do throws(MISPFault) {
                step = try MISPEvent(bytes).step(from: source.name, held: held)
            } catch {
                faults.append(ListFault("\(event.uuid).json", error.rule, record: bytes))
                continue
            }
            counts.unchanged += step.unchanged
            counts.skipped += step.skipped
            counts.revoked += step.revoked.count
            try await take(step.taken + step.revoked, of: source, to: pool, session, &counts)
            counts.taken -= min(counts.taken, step.revoked.count)
        }
        let dismissed = try await dismissed(of: source)
        let open = faults.filter { !dismissed.contains(Self.digest($0)) }
        counts.quarantined += open.count
        try await quarantine(open, .record, of: source)
        let stay = Set(faults.map(Self.digest))
        try await forget(of: source) { $0.form == .record && !stay.contains($0.digest) }
        if open.isEmpty {
            try await keep(source) { source, _ in source.pull.validators["manifest.json"] = file.validator }
        }
        return counts
    }
}

public import Exchange
public import Store

/// Sources, as an operator sees and changes them.
extension Administration {
    /// A source with what of it waits.
    public struct SourceSight: Sendable {
        /// The source.
        public let source: Source
        /// How many records wait in quarantine.
        public let quarantined: Int
    }

    /// All, by name.
    public func sources() async throws -> [SourceSight] {
        try await live.database.read { connection in
            try SourceRows.all(connection).map { try Self.sight($0, connection) }
        }
    }

    /// The one of a name.
    public func source(_ name: String) async throws -> SourceSight {
        try await live.database.read { try Self.sight(try Self.source(name, $0), $0) }
    }

    /// Adds a source, which is pulled at once.
    public func addSource(
        _ name: Name,
        _ kind: Source.Kind,
        _ terms: SourceTerms
    ) async throws(AdministrationFault) -> SourceSight {
        try await write { transaction, directory in
            guard try SourceRows.source(named: name, transaction.connection) == nil else {
                throw AdministrationFault.taken(field: "name", rule: "a source is called \(name) already")
            }
            guard try SourceRows.all(transaction.connection).count < Source.countMax else {
                throw AdministrationFault.invalid(
                    field: "name",
                    rule: "there are \(Source.countMax) sources; remove one"
                )
            }
            try Self.check(terms, kind, directory)
            try Self.checkRights(terms, kind, directory, at: transaction.now)
            let number = transaction.nextTick().microseconds
            let pull = Pull(due: transaction.now)
            let source = Source(number: number, name: name, kind: kind, terms: terms, pull: pull)
            try transaction.add(source)
            return SourceSight(source: source, quarantined: 0)
        }
    }

    /// Changes the source called `name`.
    public func changeSource(
        _ name: String,
        _ change: @escaping @Sendable (inout Source, Timestamp) throws(AdministrationFault) -> Void
    ) async throws(AdministrationFault) -> SourceSight {
        try await write { transaction, directory in
            var source = try Self.source(name, transaction.connection)
            let before = source.terms
            try change(&source, transaction.now)
            try Self.check(source.terms, source.kind, directory)
            if source.terms.pool != before.pool || source.terms.principal != before.principal {
                try Self.checkRights(source.terms, source.kind, directory, at: transaction.now)
            }
            try transaction.change(source)
            return try Self.sight(source, transaction.connection)
        }
    }

    /// Takes a source away, with its quarantine; what it brought stays.
    public func removeSource(_ name: String) async throws(AdministrationFault) {
        try await write { transaction, _ in
            try transaction.remove(try Self.source(name, transaction.connection))
        }
    }

    /// What of a source is in quarantine, oldest first.
    public func quarantine(
        of name: String,
        after number: Tick,
        upTo count: Int
    ) async throws -> [QuarantinedRecord] {
        try await live.database.read { connection in
            let source = try Self.source(name, connection)
            return try SourceRows.quarantine(of: source, after: number, upTo: count, connection)
        }
    }

    /// Keeps an operator's word that a record in quarantine does not matter.
    public func dismiss(_ number: Tick, of name: String) async throws(AdministrationFault) {
        try await write { transaction, _ in
            let source = try Self.source(name, transaction.connection)
            try transaction.dismiss(try Self.record(number, of: source, transaction.connection), of: source)
        }
    }

    static func source(_ name: String, _ connection: any SQLConnection) throws -> Source {
        guard let source = try Name(name).flatMap({ try SourceRows.source(named: $0, connection) }) else {
            throw AdministrationFault.absent("no source is called \(name)")
        }
        return source
    }

    static func record(
        _ number: Tick,
        of source: Source,
        _ connection: any SQLConnection
    ) throws -> QuarantinedRecord {
        let before = Tick(microseconds: number.microseconds - 1)
        let found = try SourceRows.quarantine(of: source, after: before, upTo: 1, connection).first
        guard let found, found.number == number else {
            throw AdministrationFault.absent("\(source.name) has no record \(number.microseconds) in quarantine")
        }
        return found
    }

    private static func sight(_ source: Source, _ connection: any SQLConnection) throws -> SourceSight {
        SourceSight(source: source, quarantined: try SourceRows.quarantineCount(of: source, connection))
    }

    /// Refuses a principal as which nothing could be stored.
    private static func checkRights(
        _ terms: SourceTerms,
        _ kind: Source.Kind,
        _ directory: Directory,
        at now: Timestamp
    ) throws(AdministrationFault) {
        guard let pool = directory.pools[terms.pool], let principal = directory.principals[terms.principal],
            let member = directory.members[principal.member]
        else { return }
        let rights = PoolRights(pool, directory.reader(as: principal, of: member, until: nil), at: now)
        guard rights.writes else {
            let role = pool.kind == .officialList ? "publisher" : "reporter or publisher"
            throw .invalid(
                field: "principal",
                rule: "\(principal.name) may not write to \(pool.name): it needs the role \(role), "
                    + "and the pool must let \(member.name) write"
            )
        }
        guard kind == .taxii || rights.reads else {
            throw .invalid(
                field: "principal",
                rule: "\(principal.name) may not read \(pool.name), where what is held is compared: "
                    + "it needs the role reader, and the pool must let \(member.name) read"
            )
        }
    }

    private static func check(
        _ terms: SourceTerms,
        _ kind: Source.Kind,
        _ directory: Directory
    ) throws(AdministrationFault) {
        do {
            try terms.check(for: kind)
        } catch {
            throw .invalid(field: error.field, rule: error.rule)
        }
        if let gateway = terms.gateway, !directory.gateways.all.contains(where: { $0.name == gateway }) {
            throw .invalid(field: "gateway", rule: "no gateway is called \(gateway); see access.gateways")
        }
        guard let pool = directory.pools[terms.pool] else { throw .absent("there is no such pool") }
        guard directory.principals[terms.principal] != nil else { throw .absent("there is no such principal") }
        guard terms.gateway == nil || pool.terms.release == .direct else {
            throw .invalid(
                field: "gateway",
                rule: "is not for \(pool.name), where a second person releases; leave it out"
            )
        }
        switch pool.kind {
        case .inbox: throw .invalid(field: "pool", rule: "\(pool.name) is an inbox; name a pool that is read")
        case .officialList: return
        case .sharing:
            guard kind.isList else { return }
            throw .invalid(
                field: "pool",
                rule: "\(pool.name) is for advisories; a list needs one of kind official-list"
            )
        }
    }
}

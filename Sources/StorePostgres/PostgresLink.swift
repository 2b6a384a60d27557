import Store

/// A place for one connection: connects when it is first needed, and again when the connection was lost.
actor PostgresLink {
    /// What its transactions may do.
    enum Access {
        case read
        case write

        /// The statement that starts a transaction.
        ///
        /// A read sees one state throughout. Writes of several daemons are put in order by the locks they take.
        var begin: String {
            switch self {
            case .read: "begin isolation level repeatable read read only"
            case .write: "begin isolation level read committed read write"
            }
        }
    }

    private let access: Access
    private let address: PostgresAddress
    private let executor: BlockingExecutor
    private var session: PostgresSession?
    private var isClosed = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(_ access: Access, _ address: PostgresAddress) {
        self.access = access
        self.address = address
        executor = BlockingExecutor(label: "caveat.postgresql.\(access)")
    }

    /// Connects now, so that a wrong address shows at the start.
    func connect() throws(DatabaseFault) {
        session = try PostgresSession(address)
    }

    func close() {
        isClosed = true
        session = nil
    }

    /// Runs `body` in one transaction.
    ///
    /// Nothing waits in it, so a link's transactions run one after another.
    func transaction<Output: Sendable>(
        _ body: @Sendable (any SQLConnection) throws -> Output
    ) throws -> Output {
        let session = try begin()
        let output: Output
        do {
            output = try body(session)
            if session.hasFailed {
                throw DatabaseFault.statement("a statement of the transaction failed, so nothing was written")
            }
        } catch {
            rollback(session)
            throw error
        }
        switch access {
        case .read: rollback(session)
        case .write: try commit(session)
        }
        return output
    }

    private func begin() throws(DatabaseFault) -> PostgresSession {
        guard !isClosed else { throw .unreachable("the database is closed") }
        if let session {
            do {
                try session.send(access.begin)
                return session
            } catch {
                // The server ended the connection while it was idle; nothing has run on it, so another one will do.
                self.session = nil
                guard error.isLoss else { throw error }
            }
        }
        let made = try PostgresSession(address)
        session = made
        try made.send(access.begin)
        return made
    }

    private func commit(_ session: PostgresSession) throws(DatabaseFault) {
        let tag: String
        do {
            // When the connection is known to be lost, nothing is sent, and so nothing is committed.
            try session.checkConnected()
            tag = try Self.commit(session)
        } catch {
            if !session.isIdle { self.session = nil }
            throw error
        }
        // PostgreSQL answers the commit of a failed transaction with success and this tag.
        guard tag == "COMMIT" else { throw .statement("the transaction was rolled back: \(tag)") }
    }

    private static func commit(_ session: PostgresSession) throws(DatabaseFault) -> String {
        do {
            return try session.send("commit")
        } catch {
            throw .commit("\(error)")
        }
    }

    private func rollback(_ session: PostgresSession) {
        do {
            try session.send("rollback")
        } catch {
            self.session = nil  // The server rolls back what a lost connection leaves.
        }
        if !session.isIdle { self.session = nil }
    }
}

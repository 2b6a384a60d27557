public import Exchange
public import Store

/// What members do with their own destinations: each principal with those that it made.
public struct DestinationDesk: Sendable {
    /// A destination, as its owner sees it.
    public struct Sight: Sendable {
        /// The destination.
        public let destination: Destination
        /// Where its circuit breaker stands.
        public let circuit: Delivery.Circuit
        /// Whether its credential still opens anything: where it does not, nothing is sent.
        public let isAuthorised: Bool
        /// How many messages were put aside.
        public let deadLetterCount: Int
        /// The newest secret; nil but for the one answer that shows it.
        public let secret: String?
    }

    private let live: LiveState
    private let database: any Database
    private let commits: GroupCommit
    private let surroundings: Surroundings
    private let pushing: Pushing

    init(
        _ live: LiveState,
        _ database: any Database,
        _ commits: GroupCommit,
        _ surroundings: Surroundings,
        _ pushing: Pushing
    ) {
        self.live = live
        self.database = database
        self.commits = commits
        self.surroundings = surroundings
        self.pushing = pushing
    }

    /// Makes a destination; what was released before is not sent.
    public func make(
        _ url: WebhookURL,
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> Sight {
        let id = ID<Destination>(surroundings.uuid())
        return try await write(session) { transaction, reader in
            if let made = try transaction.made(by: call),
                let known = try DestinationRows.destination(numbered: made, transaction.connection)
            {
                return try sight(known, showingSecret: true, at: transaction.now, transaction.connection)
            }
            let own = try DestinationRows.destinations(of: reader.principal.number, transaction.connection)
            guard own.count < Destination.countMax else {
                throw AdvisoryFault.notNow("you have \(own.count) destinations; remove one that is no longer needed")
            }
            let tick = transaction.nextTick()
            let destination = Destination(
                id: id,
                number: tick.microseconds,
                credential: session.credential.id,
                purpose: session.reader.purpose,
                url: url,
                delivery: Delivery(cursor: tick)
            )
            try transaction.add(destination, of: reader.principal)
            try transaction.keep(call, made: destination.number)
            return try sight(destination, showingSecret: true, at: transaction.now, transaction.connection)
        }
    }

    /// Those of the caller.
    public func destinations(of session: Session) async throws -> [Sight] {
        try session.reader.checkBusiness(evenSuspended: false)
        let now = surroundings.clock()
        return try await database.read { connection in
            try DestinationRows.destinations(of: session.principal.number, connection).map {
                try sight($0, showingSecret: false, at: now, connection)
            }
        }
    }

    /// One of the caller.
    public func destination(_ id: ID<Destination>, of session: Session) async throws -> Sight {
        try session.reader.checkBusiness(evenSuspended: false)
        let now = surroundings.clock()
        return try await database.read { connection in
            guard let found = try DestinationRows.destination(id, of: session.principal.number, connection) else {
                throw AdvisoryFault.absent
            }
            return try sight(found, showingSecret: false, at: now, connection)
        }
    }

    /// What an owner does with a destination.
    public enum Change: String, CaseIterable, Sendable {
        /// Sends nothing from now on.
        case pause
        /// Goes on where it stopped, as whom and for what the caller reads now.
        case resume
        /// Makes a new secret; the one before signs too for a while.
        case rotate
    }

    /// Changes one of the caller.
    /// - Returns: the destination, with the secret where it is new.
    public func change(
        _ id: ID<Destination>,
        _ change: Change,
        by session: Session
    ) async throws(AdvisoryFault) -> Sight {
        try await write(session) { transaction, reader in
            var destination = try own(id, reader, transaction)
            switch change {
            case .pause: destination.delivery = destination.delivery.paused(at: transaction.now)
            case .rotate: destination.rotate(at: transaction.now)
            case .resume: destination.resume(as: session.credential.id, for: session.reader.purpose)
            }
            try transaction.change(destination, by: reader.principal)
            return try sight(
                destination,
                showingSecret: change == .rotate,
                at: transaction.now,
                transaction.connection
            )
        }
    }

    /// Takes one of the caller away, with its dead letters.
    public func remove(_ id: ID<Destination>, by session: Session) async throws(AdvisoryFault) {
        try await write(session) { transaction, reader in
            try transaction.remove(try own(id, reader, transaction), by: reader.principal)
        }
    }

    /// Sends a message that says nothing, and tells what was answered.
    public func ping(_ id: ID<Destination>, by session: Session) async throws -> PushAnswer {
        let found = try await destination(id, of: session).destination
        return await pushing.ping(found)
    }

    /// The dead letters of one of the caller after one of them, oldest first.
    public func deadLetters(
        of id: ID<Destination>,
        after number: Tick,
        for session: Session
    ) async throws -> [DeadLetter] {
        let found = try await destination(id, of: session).destination
        return try await database.read { try DestinationRows.deadLetters(of: found, after: number, $0) }
    }

    /// Sends a dead letter again, with what the caller may see of it by now; once it is taken it is no more.
    /// - Throws: `AdvisoryFault.absent` where there is no such destination or dead letter.
    public func replay(
        _ number: Tick,
        of id: ID<Destination>,
        by session: Session
    ) async throws -> PushAnswer {
        let found = try await destination(id, of: session).destination
        let before = Tick(microseconds: number.microseconds - 1)
        let letters = try await database.read { try DestinationRows.deadLetters(of: found, after: before, $0) }
        guard let letter = letters.first, letter.number == number else { throw AdvisoryFault.absent }
        let answer = try await pushing.replay(letter, to: found)
        if answer == .accepted {
            try await write(session) { transaction, reader in
                try transaction.remove(letter, of: found, by: reader.principal)
            }
        }
        return answer
    }

    private func own(_ id: ID<Destination>, _ reader: Reader, _ transaction: Transaction) throws -> Destination {
        guard let found = try DestinationRows.destination(id, of: reader.principal.number, transaction.connection)
        else { throw AdvisoryFault.absent }
        return found
    }

    private func sight(
        _ destination: Destination,
        showingSecret: Bool,
        at now: Timestamp,
        _ connection: any SQLConnection
    ) throws -> Sight {
        Sight(
            destination: destination,
            circuit: destination.delivery.circuit(at: now),
            isAuthorised: live.session(of: destination, at: now) != nil,
            deadLetterCount: try DestinationRows.deadLetterCount(of: destination, connection),
            secret: showingSecret ? pushing.secrets(of: destination, at: now).first?.text : nil
        )
    }

    private func write<Output: Sendable>(
        _ session: Session,
        _ body: @escaping @Sendable (Transaction, Reader) throws -> Output
    ) async throws(AdvisoryFault) -> Output {
        do {
            return try await commits.write { [self] transaction in
                let (_, reader) = try live.acting(session, in: transaction)
                return try body(transaction, reader)
            }
        } catch {
            throw AdvisoryFault(error)
        }
    }
}

extension LiveState {
    /// The session of a destination; nil where its credential is no longer valid, or no longer bound to its purpose.
    func session(of destination: Destination, at now: Timestamp) -> Session? {
        session(credential: destination.credential, at: now)?.acting(for: destination.purpose)
    }
}

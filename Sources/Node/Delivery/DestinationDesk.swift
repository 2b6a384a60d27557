public import Exchange
public import Store

/// What members do with their own destinations: each principal with those that it made.
public final class DestinationDesk: Sendable {
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
        /// The newest secret of a webhook; nil but for the one answer that shows it.
        public let secret: String?
        /// The key that lets the exchange in, as `authorized_keys` has it; nil where files are not what it sends.
        public let key: String?
        /// What became of mailing the code that confirms a mailbox; nil where none was mailed.
        public fileprivate(set) var mailed: PushAnswer?
    }

    private let live: LiveState
    private let database: any Database
    private let commits: GroupCommit
    private let surroundings: Surroundings
    private let pushing: Pushing
    /// Nobody has strangers mailed at will.
    private let codes = FailureLimit(failuresMax: MailCode.mailsPerDayMax, window: MailCode.lifetime)

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
    ///
    /// To a mailbox nothing is sent but a code, until that is entered.
    public func make(
        _ wanted: Destination.Wanted,
        by session: Session,
        as call: KeyedCall? = nil
    ) async throws(AdvisoryFault) -> Sight {
        if case .mail(let mailbox) = wanted { try checkMail(mailbox, session) }
        let address = pushing.couriers.sealed(wanted)
        let id = ID<Destination>(surroundings.uuid())
        var made = try await kept(address, id, session, call)
        if made.destination.id == id, made.destination.isUnconfirmed {
            made.mailed = await mailCode(to: made.destination, session)
        }
        return made
    }

    private func kept(
        _ address: Destination.Address,
        _ id: ID<Destination>,
        _ session: Session,
        _ call: KeyedCall?
    ) async throws(AdvisoryFault) -> Sight {
        try await write(session) { [self] transaction, reader in
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
                address: address,
                delivery: Delivery(
                    cursor: tick,
                    phase: address.kind == .mail ? .paused(.unconfirmed, since: transaction.now) : .flowing
                )
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
        return try await database.read { [self] connection in
            try DestinationRows.destinations(of: session.principal.number, connection).map {
                try sight($0, showingSecret: false, at: now, connection)
            }
        }
    }

    /// One of the caller.
    public func destination(_ id: ID<Destination>, of session: Session) async throws -> Sight {
        try session.reader.checkBusiness(evenSuspended: false)
        let now = surroundings.clock()
        return try await database.read { [self] connection in
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
        try await write(session) { [self] transaction, reader in
            var destination = try own(id, reader, transaction)
            if let why = Self.refusal(of: change, destination) { throw AdvisoryFault.notNow(why) }
            switch change {
            case .pause: destination.delivery = destination.delivery.paused(at: transaction.now)
            case .rotate: destination.rotate(at: transaction.now)
            case .resume: destination.resume(as: session.credential.id, for: session.reader.purpose)
            }
            try transaction.change(destination, of: reader.principal.number)
            return try sight(
                destination,
                showingSecret: change == .rotate,
                at: transaction.now,
                transaction.connection
            )
        }
    }

    /// Why a change is not to be made now; nil where it may be.
    private static func refusal(of change: Change, _ destination: Destination) -> String? {
        switch (change, destination.delivery.phase) {
        case (.rotate, _) where destination.address.kind != .webhook:
            "has no secret of the exchange's: that is for a webhook alone; make it again to change its credential"
        case (.resume, .paused(.unconfirmed, _)):
            "begins once the code is entered that was mailed there"
        case (.resume, .paused(.byOperator, _)):
            "was paused by the operator of the exchange, who alone resumes it"
        default: nil
        }
    }

    /// Begins to send to a mailbox, from now on: the code shows that its mail is read.
    public func confirm(
        _ id: ID<Destination>,
        _ code: String,
        by session: Session
    ) async throws(AdvisoryFault) -> Sight {
        try await write(session) { [self] transaction, reader in
            var destination = try own(id, reader, transaction)
            guard destination.isUnconfirmed else {
                throw AdvisoryFault.notNow("waits for no code; nothing is to be done")
            }
            let ends = Tick(microseconds: destination.number).time.advanced(by: MailCode.lifetime)
            guard transaction.now < ends else {
                throw AdvisoryFault.notNow("was not confirmed within a day; remove it, and make it again")
            }
            guard pushing.couriers.code(of: destination).matches(code) else {
                throw AdvisoryFault.invalid(field: "code", rule: "must be the code that was mailed to the address")
            }
            destination.delivery = Delivery(cursor: transaction.nextTick())
            try transaction.change(destination, of: reader.principal.number)
            return try sight(destination, showingSecret: false, at: transaction.now, transaction.connection)
        }
    }

    /// Refuses to mail a code where the exchange sends no mail, or enough were mailed.
    private func checkMail(_ mailbox: MailboxAddress, _ session: Session) throws(AdvisoryFault) {
        guard pushing.couriers.sendsMail else {
            throw .invalid(field: "url", rule: "must not be a mailbox: this exchange sends no mail; ask its operator")
        }
        guard codes.wait(for: keys(mailbox, session), at: surroundings.clock()) == nil else {
            throw .notNow(
                "you, or this address, were mailed \(MailCode.mailsPerDayMax) codes today; try again tomorrow"
            )
        }
    }

    private func mailCode(to destination: Destination, _ session: Session) async -> PushAnswer {
        if case .mail(let mailbox) = destination.address {
            codes.count(keys(mailbox, session), at: surroundings.clock())
        }
        return await pushing.couriers.ping(destination)
    }

    private func keys(_ mailbox: MailboxAddress, _ session: Session) -> [String] {
        [session.principal.id.text, mailbox.address.lowercased()]
    }

    /// Takes one of the caller away, with its dead letters.
    public func remove(_ id: ID<Destination>, by session: Session) async throws(AdvisoryFault) {
        try await write(session) { [self] transaction, reader in
            try transaction.remove(try own(id, reader, transaction), of: reader.principal.number)
        }
    }

    /// Sends a message that says nothing, to an unconfirmed mailbox the code, and tells what was answered.
    public func ping(_ id: ID<Destination>, by session: Session) async throws -> PushAnswer {
        let found = try await destination(id, of: session).destination
        guard case .mail(let mailbox) = found.address, found.isUnconfirmed else {
            return await pushing.couriers.ping(found)
        }
        try checkMail(mailbox, session)
        return await mailCode(to: found, session)
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
        if answer.isTaken {
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
        let kind = destination.address.kind
        let secrets = pushing.couriers.secrets(of: destination, at: now)
        return Sight(
            destination: destination,
            circuit: destination.delivery.circuit(at: now),
            isAuthorised: live.session(of: destination, at: now) != nil,
            deadLetterCount: try DestinationRows.deadLetterCount(of: destination, connection),
            secret: showingSecret && kind == .webhook ? secrets.first?.text : nil,
            key: kind == .sftp ? pushing.couriers.dropKeyLine : nil
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

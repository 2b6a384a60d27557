public import Exchange
import Foundation
public import Logging
public import Store

/// One node of an exchange: its use cases over one store.
///
/// It and each of its parts are classes, though nothing of them ever changes: every request hands them on, and each is
/// many values.
public final class Node: Sendable {
    /// What a node may be told.
    public struct Settings: Sendable {
        /// A page ends, with more to come, once its content has this many bytes.
        public var pageBytesMax: Int
        /// What one envelope may hold.
        public var envelope: Envelope.Limits
        /// Requests a second of one principal; 0 is no limit.
        public var requestsPerSecond: Int
        /// Requests that one principal may make at once.
        public var requestBurst: Int
        /// Failed attempts a minute, of one source and for one account.
        public var failuresPerMinute: Int
        /// Where destinations may be.
        public var pushNetworks: AllowedNetworks
        /// What takes the mail; nil where none is sent.
        public var mail: MailRelay?
        /// A key that is kept outside of the store, the same for every node of an exchange; nil for none.
        public var outsideKey: [UInt8]?
        /// What each tier may take; every node of an exchange is told the same.
        public var terms: ReciprocityTerms

        /// Puts it together from its parts.
        public init(
            pageBytesMax: Int = 8 << 20,
            envelope: Envelope.Limits = Envelope.Limits(),
            requestsPerSecond: Int = 200,
            requestBurst: Int = 1_000,
            failuresPerMinute: Int = 10,
            pushNetworks: AllowedNetworks = .publicOnly,
            mail: MailRelay? = nil,
            outsideKey: [UInt8]? = nil,
            terms: ReciprocityTerms = .standard
        ) {
            self.pageBytesMax = pageBytesMax
            self.envelope = envelope
            self.requestsPerSecond = requestsPerSecond
            self.requestBurst = requestBurst
            self.failuresPerMinute = failuresPerMinute
            self.pushNetworks = pushNetworks
            self.mail = mail
            self.outsideKey = outsideKey
            self.terms = terms
        }
    }

    /// What it was made with.
    public let settings: Settings
    /// The exchange's id, the same on every node and after every restart.
    public let exchangeID: String
    /// What it knows of the journal.
    public let live: LiveState
    /// Finds out who calls.
    public let authentication: Authentication
    /// The one door in.
    public let acceptance: Acceptance
    /// The one door out.
    public let disclosure: Disclosure
    /// What one reader is given of all its pools.
    public let feed: Feed
    /// What members do with their own destinations.
    public let destinations: DestinationDesk
    /// Brings destinations what is for them.
    public let pushing: Pushing
    /// Brings in what sources have.
    public let pulling: Pulling
    /// What originators do with advisories, and what holders owe.
    public let advisories: AdvisoryDesk
    /// Reports to authorities, requests for information, and feedback.
    public let reports: ReportDesk
    /// What the lead of a task force and its contributors do there.
    public let forces: TaskForceDesk
    /// What contributions come to.
    public let ledgers: LedgerDesk
    /// Whether those that members ask about are known.
    public let screening: ScreeningDesk
    /// Whom members want to be told of.
    public let watch: WatchDesk
    /// What advisories have in common.
    public let references: CrossReferenceDesk
    /// Whom it is told that there is something.
    public let notices: NoticeDesk
    /// What ownership groups may take, and what is left of it.
    public let quotas: QuotaBook
    /// Gives what was put off by tiers once it is due.
    public let delays: DelayDesk
    /// What holders and offices do with entitlements.
    public let entitlements: EntitlementDesk
    /// Answers to POSTs.
    public let statuses: Statuses
    /// What an operator does.
    public let administration: Administration
    /// Signs and checks `next`.
    public let cursor: PageCursor
    /// Time, chance and the network.
    public let surroundings: Surroundings
    /// The store.
    public let database: any Database

    /// Tells the keys of one principal's calls from those of another's.
    let callKeys: KeyedIDs

    /// Brings the store up to date and reads what the node needs of it.
    /// - Throws: `MigrationFault`, `DatabaseFault`.
    public init(
        _ database: any Database,
        settings: Settings,
        surroundings: Surroundings,
        logger: Logger
    ) async throws {
        try await Migrator.migrate(database)
        let identity = try await ExchangeIdentity.found(
            in: database,
            proposal: ExchangeIdentity(
                id: surroundings.uuid().text,
                cursorKey: surroundings.randomBytes(32)
            ),
            with: settings.outsideKey
        )
        let live = try await LiveState(database)
        let commits = GroupCommit(database, clock: surroundings.clock) { committed in
            await live.follow(committed, telling: logger)
        }
        let own = try OwnKey(identity)
        let federation = Federation(live, surroundings, own, Delays(settings.terms), key: identity.cursorKey)
        self.settings = settings
        self.live = live
        self.database = database
        self.surroundings = surroundings
        exchangeID = identity.id
        cursor = PageCursor(key: identity.cursorKey)
        authentication = Authentication(
            live,
            surroundings,
            failures: FailureLimit(failuresPerMinute: settings.failuresPerMinute),
            rate: RequestRate(perSecond: settings.requestsPerSecond, burst: settings.requestBurst)
        )
        quotas = QuotaBook(live, database, settings.terms, clock: surroundings.clock)
        delays = DelayDesk(live, database, commits, Delays(settings.terms), quotas, clock: surroundings.clock)
        screening = ScreeningDesk(live, database, commits, surroundings, quotas, key: identity.cursorKey)
        watch = WatchDesk(live, database, commits, screening, surroundings, exchangeKey: identity.cursorKey)
        acceptance = Acceptance(live, commits, surroundings, federation, watch)
        disclosure = Disclosure(live, database, commits, pageBytesMax: settings.pageBytesMax, clock: surroundings.clock)
        feed = Feed(live, disclosure, watch, database, clock: surroundings.clock)
        let couriers = Couriers(
            surroundings,
            networks: settings.pushNetworks,
            relay: settings.mail,
            exchangeKey: identity.cursorKey
        )
        pushing = Pushing(live, feed, database, commits, surroundings, federation, couriers)
        destinations = DestinationDesk(live, database, commits, surroundings, pushing)
        pulling = Pulling(live, disclosure, acceptance, database, commits, surroundings, limits: settings.envelope)
        advisories = AdvisoryDesk(live, database, commits, surroundings, federation, key: identity.cursorKey)
        let press = advisories.press
        reports = ReportDesk(live, database, commits, surroundings, press, watch, quotas, key: identity.cursorKey)
        forces = TaskForceDesk(live, database, commits, surroundings, advisories)
        callKeys = KeyedIDs(key: identity.cursorKey, use: "call")
        references = CrossReferenceDesk(live, database, commits, surroundings)
        notices = NoticeDesk(references)
        ledgers = LedgerDesk(live, database, commits, watch, own, key: identity.cursorKey, clock: surroundings.clock)
        entitlements = EntitlementDesk(live, database, commits, own, clock: surroundings.clock)
        statuses = Statuses(live, database, commits)
        administration = Administration(live, commits, surroundings, authentication, own)
    }
}

extension LiveState {
    fileprivate func follow(_ committed: CommittedEntries?, telling logger: Logger) async {
        if let committed, take(committed) { return }
        do {
            try await follow()
        } catch {
            // The commit stands; the next look at the journal brings what this one did not.
            logger.error("journal not followed", metadata: ["error.kind": "\(error)"])
        }
    }
}

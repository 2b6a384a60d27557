/// What an exchange has of one release, from whom, and to whom it went on: a node of the tree that the copies walked.
public struct FederatedCopy: Hashable, Sendable, Codable {
    /// What it has.
    public enum State: Hashable, Sendable, Codable {
        case absent
        case held(number: Int, terms: PassageTerms)
        /// The copy no longer counts, and what took its place may not be had here.
        case superseded(number: Int)
        /// It was taken back, for good.
        case ended(number: Int, Release.Purpose)
    }

    /// What follows for an exchange from something that came.
    public enum Taken: Hashable, Sendable {
        /// It changed what is had, and goes on.
        case new
        /// It is had already; by this way it may go where it could not before.
        case anotherWay
        /// Nothing follows.
        case known
    }

    /// What it has.
    public private(set) var state = State.absent
    /// From which exchange it was first had; nil where it is of this exchange, or was never had.
    public private(set) var parent: ID<Peer>?
    /// All exchanges from which anything of it was heard.
    public private(set) var sources: Set<ID<Peer>> = []
    /// The strictest marking of what was taken whole from each exchange.
    private(set) var taken: [ID<Peer>: TLP] = [:]
    /// What was given to other exchanges, in order.
    public private(set) var grants: [ID<Peer>: [Grant]] = [:]
    /// The terms under which the version that is had came, each way once.
    private var ways: [PassageTerms] = []
    private var reports: [ID<Peer>: RecallReport] = [:]
    /// Those of this exchange that were given it.
    public private(set) var holders = 0
    /// How many of them acknowledged that it was taken back.
    public private(set) var acknowledged = 0

    /// A copy that nothing is had of yet.
    public init() {}

    /// The version that is had, and its terms; nil where none is.
    public var held: (number: Int, terms: PassageTerms)? {
        guard case .held(let number, let terms) = state else { return nil }
        return (number, terms)
    }

    /// Whether it was taken back.
    public var isEnded: Bool {
        switch state {
        case .ended: true
        case .absent, .held, .superseded: false
        }
    }

    /// Whether something of it is still to go on: the newest that there is.
    public func isNewest(_ release: Release) -> Bool { release.number == number }

    /// The number of the newest version that was heard of; 0 for none.
    public var number: Int {
        switch state {
        case .absent: 0
        case .held(let number, _), .superseded(let number), .ended(let number, _): number
        }
    }

    /// Notes that a peer gave something, taken or not, or sent word of it: it waits for a word once it was taken back.
    /// - Returns: whether nothing was heard of it from there before.
    public mutating func hear(from peer: ID<Peer>) -> Bool { sources.insert(peer).inserted }

    /// Takes what came.
    /// - Parameters:
    ///   - peer: from which exchange; nil for what this exchange releases itself.
    ///   - isNotice: whether it came without its objects, or they are not kept.
    public mutating func take(_ signed: SignedRelease, from peer: ID<Peer>?, isNotice: Bool) -> Taken {
        let release = signed.release
        if let peer { sources.insert(peer) }
        if isEnded || release.purpose.isEnd {
            guard release.purpose.isEnd, release.number > number else { return .known }
            state = .ended(number: release.number, release.purpose)
            ways = []
            return .new
        }
        guard release.number >= number else { return .known }
        if isNotice {
            guard release.number > number else { return .known }
            state = .superseded(number: release.number)
            ways = []
            return .new
        }
        if let peer { taken[peer] = max(taken[peer] ?? .clear, signed.terms.marking) }
        let isOther = release.number > number || held == nil
        if isOther {
            state = .held(number: release.number, terms: signed.terms)
            ways = []
            parent = parent ?? peer
        } else if ways.contains(where: { $0.covers(signed.terms) }) {
            return .known
        }
        ways.append(signed.terms)
        return isOther ? .new : .anotherWay
    }

    /// Notes what is given to a peer, before it leaves.
    public mutating func give(_ grant: Grant, to peer: ID<Peer>) { grants[peer, default: []].append(grant) }

    // MARK: Acknowledgements

    /// Notes how many of this exchange were given it, and how many of those acknowledged that it was taken back.
    public mutating func count(holders: Int, acknowledged: Int) {
        self.holders = holders
        self.acknowledged = acknowledged
    }

    /// What this exchange and those behind it in the tree know of who acknowledged.
    public var tally: RecallTally {
        var tally = RecallTally()
        tally.holders = holders
        tally.acknowledged = acknowledged
        for peer in grants.keys {
            switch reports[peer]?.word {
            case .counted(let theirs): tally += theirs
            case .elsewhere: break
            case nil: tally.awaited += 1
            }
        }
        return tally
    }

    /// What a peer is told once it was taken back: the one that the copy was first had from counts it, the others need
    /// not wait; nil for one that waits for nothing.
    ///
    /// One that was given a copy, and knew before this exchange that it was taken back, may never have had that copy:
    /// it sends a word only if it hears one.
    public func word(to peer: ID<Peer>) -> RecallReport.Word? {
        guard case .ended(let number, _) = state else { return nil }
        if peer == parent { return .counted(tally) }
        let isAsked = grants[peer].map { !$0.contains { $0.number == number } } ?? false
        return sources.contains(peer) || isAsked ? .elsewhere : nil
    }

    /// Takes what a peer told.
    /// - Returns: whether it says something new.
    public mutating func take(_ report: RecallReport, from peer: ID<Peer>) -> Bool {
        guard grants[peer] != nil, reports[peer].map({ $0.tick < report.tick }) ?? true else { return false }
        let isNew = reports[peer]?.word != report.word
        reports[peer] = report
        return isNew
    }
}

/// How many were given what was taken back, and how many acknowledged it.
public struct RecallTally: Hashable, Sendable, Codable {
    /// Those that were given it.
    public var holders = 0
    /// Those of them that acknowledged.
    public var acknowledged = 0
    /// Exchanges that were given it and have not answered yet.
    public var awaited = 0

    /// Nobody.
    public init() {}

    /// All of several.
    public init(of tallies: [RecallTally]) { for tally in tallies { self += tally } }

    /// Adds others.
    static func += (left: inout Self, right: Self) {
        left.holders += right.holders
        left.acknowledged += right.acknowledged
        left.awaited += right.awaited
    }
}

/// What an exchange tells one that gave it a copy, once that was taken back.
public struct RecallReport: Hashable, Sendable, Codable {
    /// What is told.
    public enum Word: Hashable, Sendable, Codable {
        case counted(RecallTally)
        /// It had its copy first from another, which counts it.
        case elsewhere
    }

    /// What is told.
    public let word: Word
    /// When, in the journal of who tells: of two reports the later counts.
    public let tick: Tick

    /// Puts it together from its parts.
    public init(_ word: Word, tick: Tick) {
        self.word = word
        self.tick = tick
    }
}

import Exchange
import TestSupport

/// Which release: ids are the releasing exchange's own.
struct ReleaseKey: Hashable {
    let origin: ID<Peer>
    let id: ID<Release>
}

extension ReleaseKey {
    init(_ release: Release) { self.init(origin: release.exchange, id: release.id) }
}

/// What goes over the network at once.
struct SimMessage {
    enum Item {
        case release(SignedRelease, objects: [STIXObject]?, pool: Name)
        case report(ReleaseKey, RecallReport)
    }

    let items: [Item]
    let reach: PushMessage.Reach
}

/// A rule that an exchange breaks, to see that the world notices.
enum BrokenRule: CaseIterable {
    case goesBack, widens, ignoresCeiling, passesOnWhatItMayNot, keepsNoGrants, forgetsRecalls, followsTheAgreementAlone
    case countsEverywhere, takesEverythingAnew, movesOnUnanswered
}

/// One exchange as a state machine: all of it is what a commit keeps.
struct SimExchange {
    /// One entry of its journal.
    struct Entry {
        enum What {
            case arrived(SignedRelease, isNotice: Bool)
            case counted(ReleaseKey)
        }

        let tick: Tick
        let what: What
    }

    let number: Int
    let id: ID<Peer>
    let pool: ID<Pool>
    /// Members that read the pool.
    let members: Int
    var agreements: [ID<Peer>: Agreement]
    var journal: [Entry] = []
    var copies: [ReleaseKey: FederatedCopy] = [:]
    var deliveries: [ID<Peer>: Delivery]
    /// What its own members were given, in order.
    var given: [(key: ReleaseKey, number: Int)] = []
    var tick = Tick.zero
    var broken: BrokenRule?

    static let itemsMax = 4

    // MARK: What comes

    /// Releases, corrects or withdraws something of its own.
    mutating func release(_ release: Release, _ signatory: some Signatory, at clock: Timestamp) {
        take(SignedRelease(release, by: signatory), from: nil, isNotice: false, at: clock)
    }

    /// Takes a message.
    /// - Returns: what was wrong with it.
    mutating func take(
        _ message: SimMessage,
        from peer: ID<Peer>,
        _ ring: SimKeys,
        at clock: Timestamp
    ) -> [String] {
        var faults: [String] = []
        for item in message.items {
            switch item {
            case .report(let key, let report):
                guard var copy = copies[key] else { continue }
                let isFirst = copy.hear(from: peer)
                let isNew = copy.take(report, from: peer)
                copies[key] = copy
                if isFirst || isNew { append(.counted(key), at: clock) }
            case .release(let signed, let objects, let pool):
                let found = signed.faults(
                    for: id,
                    from: peer,
                    isNotice: objects == nil,
                    keys: ring.ring,
                    at: clock,
                    signatures: ring.check
                )
                faults += found.map(\.description)
                if let objects { faults += signed.release.faults(in: objects).map(\.description) }
                guard found.isEmpty else { continue }
                intake(signed, isNotice: objects == nil, from: peer, pool, at: clock)
            }
        }
        return faults
    }

    private mutating func intake(
        _ signed: SignedRelease,
        isNotice: Bool,
        from peer: ID<Peer>,
        _ pool: Name,
        at clock: Timestamp
    ) {
        let key = ReleaseKey(signed.release)
        var copy = copies[key, default: FederatedCopy()]
        let intake = Agreement.intake(
            of: signed,
            isNotice: isNotice,
            from: peer,
            pool: pool,
            under: agreements[peer],
            holding: copy
        )
        let isFirst: Bool
        switch intake {
        case .refused: isFirst = copy.hear(from: peer)
        case .whole, .notice:
            isFirst = !copy.sources.contains(peer)
            copies[key] = copy
            take(signed, from: peer, isNotice: intake == .notice, at: clock)
            copy = copies[key] ?? copy
        }
        copies[key] = copy
        // Who gave it waits for a word once it was taken back; all that gave it before then were told at that time.
        if isFirst, copy.isEnded { append(.counted(key), at: clock) }
    }

    private mutating func take(_ signed: SignedRelease, from peer: ID<Peer>?, isNotice: Bool, at clock: Timestamp) {
        let key = ReleaseKey(signed.release)
        var copy = copies[key, default: FederatedCopy()]
        if broken == .forgetsRecalls, signed.release.purpose.isEnd { return }
        let taken = copy.take(signed, from: peer, isNotice: isNotice)
        let isNew = taken == .new || broken == .takesEverythingAnew
        if isNew, copy.held != nil { given.append((key, signed.release.number)) }
        if taken == .new, copy.isEnded, given.contains(where: { $0.key == key }) {
            copy.count(holders: members, acknowledged: 0)
        }
        copies[key] = copy
        guard taken != .known else { return }
        append(.arrived(signed, isNotice: isNotice), at: clock)
        if copy.isEnded { append(.counted(key), at: clock) }
    }

    /// One more of its members acknowledges.
    mutating func acknowledge(_ key: ReleaseKey, at clock: Timestamp) {
        guard var copy = copies[key] else { return }
        copy.count(holders: copy.holders, acknowledged: min(copy.holders, copy.acknowledged + 1))
        copies[key] = copy
        append(.counted(key), at: clock)
    }

    private mutating func append(_ what: Entry.What, at clock: Timestamp) {
        tick = tick.next(at: clock)
        journal.append(Entry(tick: tick, what: what))
    }

    // MARK: What goes

    /// What a peer is sent next, its grants kept; nil where there is nothing.
    mutating func next(for peer: ID<Peer>, _ keys: SimKeys, at clock: Timestamp) -> SimMessage? {
        guard let delivery = deliveries[peer] else { return nil }
        let recalls = journal.filter { $0.tick > delivery.recalls && isEnd($0) }.prefix(Self.itemsMax)
        if let last = recalls.last {
            var items: [SimMessage.Item] = []
            for entry in recalls { items += self.items(entry, for: peer, keys, at: clock) }
            return SimMessage(items: items, reach: .recalls(through: last.tick))
        }
        var items: [SimMessage.Item] = []
        var through = delivery.cursor
        for entry in journal[place(after: delivery.cursor)...] {
            items += self.items(entry, for: peer, keys, at: clock)
            through = entry.tick
            if items.count >= Self.itemsMax { break }
        }
        return through == delivery.cursor ? nil : SimMessage(items: items, reach: .feed(through: through))
    }

    private func place(after cursor: Tick) -> Int {
        journal.firstIndex { $0.tick > cursor } ?? journal.endIndex
    }

    private func isEnd(_ entry: Entry) -> Bool {
        if case .arrived(let signed, _) = entry.what { signed.release.purpose.isEnd } else { false }
    }

    private mutating func items(
        _ entry: Entry,
        for peer: ID<Peer>,
        _ keys: SimKeys,
        at clock: Timestamp
    ) -> [SimMessage.Item] {
        switch entry.what {
        case .counted(let key):
            var word = copies[key]?.word(to: peer)
            if broken == .countsEverywhere, word != nil, let tally = copies[key]?.tally { word = .counted(tally) }
            return word.map { [.report(key, RecallReport($0, tick: entry.tick))] } ?? []
        case .arrived(let signed, let isNotice):
            let key = ReleaseKey(signed.release)
            guard var copy = copies[key], copy.isNewest(signed.release) else { return [] }
            decide(entry, signed, isNotice: isNotice, for: peer, &copy, at: clock)
            copies[key] = copy
            let grants = (copy.grants[peer] ?? []).filter { $0.entry == entry.tick }
            return grants.map { item($0, entry, signed, for: peer, keys) }
        }
    }

    /// Notes what the peer is to be given of an entry; what it was given before is sent again as it was.
    private mutating func decide(
        _ entry: Entry,
        _ signed: SignedRelease,
        isNotice: Bool,
        for peer: ID<Peer>,
        _ copy: inout FederatedCopy,
        at clock: Timestamp
    ) {
        while true {
            var grants = copy.grants[peer] ?? []
            if broken == .followsTheAgreementAlone, !signed.release.purpose.isEnd { grants = [] }
            let passage = passage(of: signed, isNotice: isNotice, to: peer, grants)
            let (terms, bare): (PassageTerms, Bool)
            switch passage {
            case .forward(let given): (terms, bare) = (given, false)
            case .notice(let given): (terms, bare) = (given, true)
            case .refuse: return
            }
            tick = tick.next(at: clock)
            let grant = Grant(
                entry: entry.tick,
                given: tick,
                number: signed.release.number,
                had: signed.terms.marking,
                terms: terms,
                isNotice: bare
            )
            let known = copy.grants[peer, default: []]
            if known.contains(where: { $0.entry == entry.tick && $0.terms == terms }) { return }
            copy.give(grant, to: peer)
        }
    }

    private func passage(of signed: SignedRelease, isNotice: Bool, to peer: ID<Peer>, _ grants: [Grant]) -> Passage {
        let decided = Passage.decide(
            signed,
            isNotice: isNotice,
            in: pool,
            to: peer,
            under: agreements[peer],
            grants: grants
        )
        switch (broken, decided) {
        case (.goesBack, .refuse(.cameFromThere)): return .forward(signed.terms)
        case (.ignoresCeiling, .refuse(.tooStrict)): return .forward(signed.terms)
        case (.passesOnWhatItMayNot, .refuse(.notOnward)): return .forward(signed.terms)
        case (.widens, .forward(let terms)): return .forward(PassageTerms(marking: .clear, onward: terms.onward))
        default: return decided
        }
    }

    private func item(
        _ grant: Grant,
        _ entry: Entry,
        _ signed: SignedRelease,
        for peer: ID<Peer>,
        _ keys: SimKeys
    ) -> SimMessage.Item {
        let passed = signed.passing(
            id,
            to: peer,
            under: grant.terms,
            received: entry.tick.time,
            released: grant.given.time,
            by: keys.signatory(number)
        )
        let objects = grant.isNotice ? nil : SimKeys.objects(of: signed.release)
        let theirs = agreements[peer]?.outgoing(pool)
        return .release(keys.carried(passed), objects: objects, pool: theirs ?? SimKeys.poolName)
    }

    /// What follows from an answer, or from none.
    mutating func settle(
        _ answer: PushAnswer,
        to message: SimMessage,
        of peer: ID<Peer>,
        at clock: Timestamp,
        chance: Double
    ) {
        guard let delivery = deliveries[peer] else { return }
        deliveries[peer] = delivery.after(answer, to: message.reach, at: clock, chance: chance).delivery
    }
}

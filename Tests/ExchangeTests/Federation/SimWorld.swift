import Exchange
import Foundation
import TestSupport

/// Several exchanges, the network between them and what happens to both: all of it follows from one seed.
struct SimWorld {
    static let exchangesMax = 5
    /// From then on nothing is lost, late or broken any more.
    static let healed = 3 * 3_600.0
    static let answerTime = 15.0
    static let stepsMax = 60_000

    struct Link: Hashable {
        let from: Int
        let to: Int
    }

    enum Event {
        case pump(Int)
        case arrives(SimMessage, Link, serial: Int)
        case answered(Link, serial: Int, PushAnswer)
        case act(SimAct)
        case acknowledge(Int, ReleaseKey)
    }

    /// A stretch of time in which one or both ways of a link are cut.
    struct Cut {
        let link: Link
        let time: ClosedRange<Double>
    }

    /// A stretch of time in which a link passes on little by little what is sent.
    struct Drip {
        let link: Link
        let time: ClosedRange<Double>
        /// Seconds that each item takes.
        let pace: Double
    }

    let seed: UInt64
    var random: SplitMix64
    var exchanges: [SimExchange]
    let before: [[ID<Peer>: Agreement]]
    let keys: SimKeys
    let skews: [Double]
    let cuts: [Cut]
    let drips: [Drip]
    /// How likely a connection outlives, at its one end, a restart of the other.
    let halfOpening: Double
    let trouble: Double
    var released: [ReleaseKey: [Release]] = [:]
    /// What went wrong, in words.
    var faults: [String] = []
    /// How many messages were sent, lost, doubled, late; how many commits were cut.
    var counts: [String: Int] = [:]

    private var now = 0.0
    private var queue: [(time: Double, event: Event)] = []
    private var serial = 0
    private var inFlight: [Link: (serial: Int, message: SimMessage)] = [:]
    /// How many acknowledgements are still to come.
    private var chased: [Int: [ReleaseKey: Int]] = [:]
    /// Connections of which the other end knows nothing any more, until their own end gives them up.
    private var halfOpen: Set<Link> = []
    /// When each link that waits is looked at again.
    private var waking: [Link: Double] = [:]

    init(seed: UInt64, breaking rule: BrokenRule? = nil) throws {
        var plan = try SimPlan(seed: seed)
        self.seed = seed
        keys = plan.keys
        skews = plan.skews
        cuts = plan.cuts
        drips = plan.drips
        halfOpening = plan.halfOpening
        trouble = plan.trouble
        exchanges = plan.exchanges
        before = plan.exchanges.map(\.agreements)
        for place in exchanges.indices { exchanges[place].broken = rule }
        let acts = plan.acts()
        random = plan.random
        for (time, act) in acts { schedule(time, .act(act)) }
    }

    // MARK: Time

    private mutating func schedule(_ time: Double, _ event: Event) {
        serial += 1
        // The next stands last; of two at one time the first that was scheduled is the next.
        var (low, high) = (0, queue.count)
        while low < high {
            let middle = (low + high) / 2
            if queue[middle].time > time { low = middle + 1 } else { high = middle }
        }
        queue.insert((time, event), at: low)
    }

    private mutating func popped() -> Event? {
        guard let (time, event) = queue.popLast() else { return nil }
        now = max(now, time)
        return event
    }

    func clock(_ exchange: Int) -> Timestamp {
        FederationSamples.start.advanced(by: .milliseconds(Int64((now + skews[exchange]) * 1_000)))
    }

    private mutating func chance(_ probability: Double) -> Bool {
        now < Self.healed && Double.random(in: 0..<1, using: &random) < probability * trouble
    }

    private mutating func count(_ what: String) { counts[what, default: 0] += 1 }

    /// Lets everything happen until nothing does any more.
    mutating func run() throws {
        for _ in 0..<Self.stepsMax {
            guard let event = popped() else { return }
            switch event {
            case .pump(let place): pump(place)
            case .arrives(let message, let link, let serial): arrive(message, link, serial)
            case .answered(let link, let serial, let answer): settle(link, serial, answer)
            case .act(let act): try perform(act)
            case .acknowledge(let place, let key):
                chased[place]?[key]? -= 1
                var changed = exchanges[place]
                changed.acknowledge(key, at: clock(place))
                if commit(changed, at: place) == .lost { chase(place) }
            }
        }
        faults.append("does not settle")
    }

    // MARK: Commits

    private enum Commit { case done, kept, lost }

    /// Keeps what an exchange became, unless it crashes before; it may crash after.
    private mutating func commit(_ changed: SimExchange, at place: Int) -> Commit {
        if chance(0.05) {
            count("crashes before a commit")
            restart(place)
            return .lost
        }
        exchanges[place] = changed
        chase(place)
        if chance(0.05) {
            count("crashes after a commit")
            restart(place)
            return .kept
        }
        schedule(now, .pump(place))
        return .done
    }

    private mutating func restart(_ place: Int) {
        for link in inFlight.keys where link.from == place { inFlight[link] = nil }
        halfOpen = halfOpen.filter { $0.from != place }
        let id = exchanges[place].id
        for other in exchanges.indices where exchanges[other].deliveries[id] != nil && chance(halfOpening) {
            halfOpen.insert(Link(from: other, to: place))
        }
        schedule(now + 5, .pump(place))
    }

    /// Has the members of an exchange acknowledge, one after the other.
    private mutating func chase(_ place: Int) {
        for (key, copy) in exchanges[place].copies where copy.isEnded {
            let missing = copy.holders - copy.acknowledged - chased[place, default: [:]][key, default: 0]
            for _ in 0..<max(0, missing) {
                chased[place, default: [:]][key, default: 0] += 1
                schedule(now + Double.random(in: 60..<7_200, using: &random), .acknowledge(place, key))
            }
        }
    }

    private mutating func perform(_ act: SimAct) throws {
        var changed = exchanges[act.place]
        switch act.what {
        case .narrow(let peer, let agreement):
            changed.agreements[peer] = agreement
            if commit(changed, at: act.place) == .lost { schedule(now + 60, .act(act)) }
        case .release(let id, let purpose, let marking):
            let key = ReleaseKey(origin: changed.id, id: id)
            let last = released[key]?.last
            // Put off by a crash, it may come after the end.
            guard last?.purpose.isEnd != true || purpose == .erasure && last?.purpose == .recall else { return }
            let number = (last?.number ?? 0) + 1
            let release = Release(
                id: id,
                number: number,
                purpose: number == 1 ? .release : purpose == .release ? .correction : purpose,
                exchange: changed.id,
                member: nil,
                signer: .exchange,
                released: clock(act.place),
                marking: marking,
                objects: try SimKeys.objects(version: number).map { Release.Entry($0) }
            )
            changed.release(release, keys.signatory(act.place), at: clock(act.place))
            if commit(changed, at: act.place) == .lost {
                schedule(now + 60, .act(act))
            } else {
                released[key, default: []].append(release)
            }
        }
    }

    // MARK: The network

    private func place(of peer: ID<Peer>) -> Int? { exchanges.firstIndex { $0.id == peer } }

    private func isCut(_ link: Link) -> Bool { cuts.contains { $0.link == link && $0.time.contains(now) } }

    /// Seconds that an item takes on a link.
    private func pace(_ link: Link) -> Double {
        drips.filter { $0.link == link && $0.time.contains(now) }.map(\.pace).max() ?? 0
    }

    private mutating func pump(_ place: Int) {
        for peer in exchanges[place].deliveries.keys.sorted() {
            guard let other = self.place(of: peer) else { continue }
            pump(Link(from: place, to: other), peer)
        }
    }

    private mutating func pump(_ link: Link, _ peer: ID<Peer>) {
        guard inFlight[link] == nil, let delivery = exchanges[link.from].deliveries[peer] else { return }
        let clock = clock(link.from)
        guard delivery.isDue(at: clock) else {
            if case .retrying(_, _, let until, _) = delivery.phase {
                let wake = now + max(Double(until.nanoseconds - clock.nanoseconds) / 1e9, 0.001)
                guard waking[link].map({ $0 <= now || wake < $0 }) ?? true else { return }
                waking[link] = wake
                schedule(wake, .pump(link.from))
            }
            return
        }
        var changed = exchanges[link.from]
        while let message = changed.next(for: peer, keys, at: clock) {
            guard message.items.isEmpty else {
                if changed.broken == .keepsNoGrants {
                    send(message, link)
                } else if commit(changed, at: link.from) == .done {
                    send(message, link)
                }
                return
            }
            changed.settle(.accepted, to: message, of: peer, at: clock, chance: 0)
        }
        // Nothing to send: that the cursor moved on need not survive a crash.
        exchanges[link.from] = changed
    }

    private mutating func send(_ message: SimMessage, _ link: Link) {
        serial += 1
        let id = serial
        inFlight[link] = (id, message)
        count("messages")
        look(at: message, link)
        let fault = PushFault(.slow)
        schedule(now + Self.answerTime, .answered(link, serial: id, .failed(fault, wait: nil)))
        guard !halfOpen.contains(link) else { return count("sent into half-open connections") }
        guard !isCut(link), !chance(0.15) else { return count("lost") }
        let dripping = pace(link) * Double(message.items.count)
        // What takes longer is given up by who sends it, and half a message is none.
        guard dripping < Self.answerTime else { return count("given up in the middle") }
        if dripping > 0 { count("dripped") }
        let copies = chance(0.1) ? 2 : 1
        if copies == 2 { count("doubled") }
        for _ in 0..<copies {
            let isLate = chance(0.1)
            if isLate { count("late") }
            let delay = Double.random(in: isLate ? 10..<900 : 0.01..<2, using: &random)
            schedule(now + dripping + delay, .arrives(message, link, serial: id))
        }
    }

    private mutating func arrive(_ message: SimMessage, _ link: Link, _ id: Int) {
        guard !chance(0.05) else {
            count("refused for now")
            let answer = PushAnswer(status: 503, retryAfter: "20")
            return schedule(now + 0.1, .answered(link, serial: id, answer))
        }
        var changed = exchanges[link.to]
        let found = changed.take(message, from: exchanges[link.from].id, keys, at: clock(link.to))
        faults += found.map { "exchange \(link.to) from \(link.from): \($0)" }
        guard commit(changed, at: link.to) == .done else { return }
        let back = Link(from: link.to, to: link.from)
        guard !isCut(back), !chance(0.1) else { return count("answers lost") }
        let delay = Double.random(in: 0.01..<2, using: &random) + pace(back)
        schedule(now + delay, .answered(link, serial: id, .accepted))
    }

    private mutating func settle(_ link: Link, _ id: Int, _ answer: PushAnswer) {
        guard let (serial, message) = inFlight[link], serial == id else { return }
        inFlight[link] = nil
        halfOpen.remove(link)
        var changed = exchanges[link.from]
        let taken = changed.broken == .movesOnUnanswered ? .accepted : answer
        let chance = Double.random(in: 0..<1, using: &random)
        changed.settle(taken, to: message, of: exchanges[link.to].id, at: clock(link.from), chance: chance)
        _ = commit(changed, at: link.from)
    }

    /// Whatever leaves is looked at, apart from those who decided on it.
    private mutating func look(at message: SimMessage, _ link: Link) {
        let to = exchanges[link.to].id
        for case .release(let signed, _, _) in message.items {
            if signed.release.exchange == to || signed.passed(to) {
                faults.append("went back from \(link.from) to \(link.to)")
            }
            var marking = signed.release.marking
            for hop in signed.custody {
                if hop.content.terms.marking < marking { faults.append("widened at \(link.from)") }
                marking = hop.content.terms.marking
            }
        }
    }
}

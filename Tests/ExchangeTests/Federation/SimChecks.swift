import Exchange
import TestSupport

/// What must hold once nothing happens any more, by what was agreed on and released alone.
extension SimWorld {
    /// Everything that does not hold.
    func broken() -> [String] {
        var broken = faults
        for (key, releases) in released { broken += self.broken(key, releases) }
        for exchange in exchanges {
            let once = Set(exchange.given.map { "\($0.key.origin) \($0.key.id) \($0.number)" })
            if once.count != exchange.given.count { broken.append("exchange \(exchange.number) was given one twice") }
            let head = exchange.journal.last?.tick ?? .zero
            for (peer, delivery) in exchange.deliveries where delivery.cursor < head {
                broken.append("exchange \(exchange.number) stopped before the end of its journal for \(peer)")
            }
        }
        return broken
    }

    private func broken(_ key: ReleaseKey, _ releases: [Release]) -> [String] {
        guard let last = releases.last else { return [] }
        let holders = exchanges.filter { $0.given.contains { $0.key == key } }
        if last.purpose.isEnd { return notEnded(key, holders) }
        let widest = reach(of: last, under: before)
        let narrowest = reach(of: last, under: exchanges.map(\.agreements))
        // A correction no stricter than all before goes wherever a copy went.
        let isFollowed = releases.allSatisfy { $0.marking >= last.marking }
        return exchanges.flatMap { exchange -> [String] in
            let isOrigin = exchange.id == key.origin
            guard let held = exchange.copies[key]?.held else {
                let isOwed =
                    isOrigin || narrowest[exchange.id] != nil || isFollowed && holders.contains { $0.id == exchange.id }
                return isOwed ? ["exchange \(exchange.number) lacks number \(last.number)"] : []
            }
            if held.number != last.number {
                return ["exchange \(exchange.number) has number \(held.number) of \(last.number)"]
            }
            let isAllowed =
                isOrigin
                || widest[exchange.id, default: []].contains {
                    $0.marking <= held.terms.marking && ($0.onward || !held.terms.onward)
                }
            return isAllowed ? [] : ["exchange \(exchange.number) has what it may not have"]
        }
    }

    private func notEnded(_ key: ReleaseKey, _ holders: [SimExchange]) -> [String] {
        var broken: [String] = []
        for exchange in holders where exchange.copies[key]?.isEnded != true {
            broken.append("exchange \(exchange.number) was not told that it was taken back")
        }
        for exchange in exchanges where exchange.copies[key]?.held != nil {
            broken.append("exchange \(exchange.number) has what was taken back")
        }
        let expected = holders.reduce(0) { $0 + $1.members }
        guard let tally = exchanges.first(where: { $0.id == key.origin })?.copies[key]?.tally else {
            return broken + ["the origin has no copy"]
        }
        if tally.holders != expected || tally.acknowledged != expected || tally.awaited != 0 {
            broken.append("\(tally) of \(expected) that were given it")
        }
        return broken
    }

    /// The exchanges that a release may come to by any way without a loop, and under which terms: worked out from the
    /// agreements, without what decides in earnest.
    private func reach(of release: Release, under agreements: [[ID<Peer>: Agreement]]) -> [ID<Peer>: Set<PassageTerms>]
    {
        var reached: [ID<Peer>: Set<PassageTerms>] = [:]
        func walk(_ place: Int, _ terms: PassageTerms, _ path: Set<Int>) {
            for other in exchanges.indices where !path.contains(other) && terms.onward {
                let (one, theirs) = (exchanges[place].id, exchanges[other].id)
                guard let gives = agreements[place][theirs], gives.pools.contains(where: { $0.direction != .takes }),
                    let takes = agreements[other][one], takes.pools.contains(where: { $0.direction != .gives }),
                    terms.marking <= gives.ceiling
                else { continue }
                let next = PassageTerms(marking: max(terms.marking, gives.floor), onward: gives.onward)
                guard next.marking <= takes.ceiling else { continue }
                reached[theirs, default: []].insert(next)
                walk(other, next, path.union([other]))
            }
        }
        if let origin = exchanges.firstIndex(where: { $0.id == release.exchange }) {
            walk(origin, PassageTerms(marking: release.marking, onward: true), [origin])
        }
        return reached
    }
}

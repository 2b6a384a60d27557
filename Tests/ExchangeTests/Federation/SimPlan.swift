import Exchange
import Foundation
import TestSupport

/// Something that somebody at one exchange does.
struct SimAct {
    enum What {
        case release(ID<Release>, Release.Purpose, TLP)
        case narrow(ID<Peer>, Agreement?)
    }

    let place: Int
    let what: What
}

/// What a world is made of, drawn from its seed.
struct SimPlan {
    var random: SplitMix64
    let keys: SimKeys
    private(set) var exchanges: [SimExchange] = []
    private(set) var skews: [Double] = []
    private(set) var cuts: [SimWorld.Cut] = []
    private(set) var drips: [SimWorld.Drip] = []
    private(set) var halfOpening = 0.0
    /// Whether corrections have the marking of what they correct, as most have, and not any.
    private let keepsMarkings: Bool
    /// How much goes wrong: in some worlds nothing does.
    let trouble: Double

    /// Every so many worlds sign in earnest.
    static let realEvery: UInt64 = 64
    /// Two clocks differ by less than an exchange allows.
    private static let skewMax = 5.5 * 3_600

    init(seed: UInt64) throws {
        random = SplitMix64(seed: seed)
        keepsMarkings = !seed.isMultiple(of: 2)
        keys = try SimKeys(isReal: seed % Self.realEvery == 0)
        trouble = [0, 0.5, 1, 1, 2].randomElement(using: &random) ?? 1
        let count = Int.random(in: 2...SimWorld.exchangesMax, using: &random)
        let links = network(count)
        for number in 0..<count {
            let peers = links.filter { $0.from == number }.map { Self.id($0.to) }
            var agreements: [ID<Peer>: Agreement] = [:]
            for peer in peers { agreements[peer] = agreement(number) }
            exchanges.append(
                SimExchange(
                    number: number,
                    id: Self.id(number),
                    pool: Self.pool(number),
                    members: Int.random(in: 0...3, using: &random),
                    agreements: agreements,
                    deliveries: Dictionary(uniqueKeysWithValues: peers.map { ($0, Delivery(cursor: .zero)) })
                )
            )
            skews.append(Double.random(in: -Self.skewMax...Self.skewMax, using: &random))
        }
        guard trouble > 0 else { return }
        cut(links)
        // Two worlds of five; the seeds that are kept are worlds without.
        if seed % 5 % 2 == 1 {
            slow(links)
            halfOpening = 0.5
        }
    }

    private static func id(_ number: Int) -> ID<Peer> { FederationSamples.exchange(number + 1) }
    private static func pool(_ number: Int) -> ID<Pool> { ID(Samples.uuid(700 + number)) }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    /// A tree over all, and some links more: loops of any shape.
    private mutating func network(_ count: Int) -> [SimWorld.Link] {
        var links: Set<SimWorld.Link> = []
        for number in 1..<count {
            let other = Int.random(in: 0..<number, using: &random)
            links.formUnion([.init(from: number, to: other), .init(from: other, to: number)])
        }
        for one in 0..<count {
            for other in 0..<one where chance(0.4) {
                links.formUnion([.init(from: one, to: other), .init(from: other, to: one)])
            }
        }
        return links.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    private mutating func agreement(_ number: Int) -> Agreement {
        let directions: [Agreement.Direction] = [.both, .both, .both, .both, .gives, .takes]
        let ceilings: [TLP] = [.red, .red, .amberStrict, .amber, .green]
        let floors: [TLP] = [.clear, .clear, .clear, .amber, .amberStrict]
        let shared = Agreement.SharedPool(
            ours: Self.pool(number),
            theirs: SimKeys.poolName,
            direction: directions.randomElement(using: &random) ?? .both
        )
        return Agreement(
            pools: [shared],
            ceiling: ceilings.randomElement(using: &random) ?? .red,
            floor: floors.randomElement(using: &random) ?? .clear,
            onward: chance(0.8)
        )
    }

    /// Partitions, and links that are open one way only.
    private mutating func cut(_ links: [SimWorld.Link]) {
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let start = Double.random(in: 0..<SimWorld.healed * 0.8, using: &random)
            let time = start...min(SimWorld.healed, start + Double.random(in: 60..<5_400, using: &random))
            let island = Set((0..<exchanges.count).filter { _ in chance(0.5) })
            for link in links where island.contains(link.from) != island.contains(link.to) {
                cuts.append(SimWorld.Cut(link: link, time: time))
            }
        }
        for link in links where chance(0.1) {
            let start = Double.random(in: 0..<SimWorld.healed * 0.8, using: &random)
            cuts.append(SimWorld.Cut(link: link, time: start...min(SimWorld.healed, start + 1_800)))
        }
    }

    /// Links on which messages come little by little: in time, too late, or too late where they are long.
    private mutating func slow(_ links: [SimWorld.Link]) {
        for link in links where chance(0.4) {
            let start = Double.random(in: 0..<SimWorld.healed * 0.8, using: &random)
            let end = min(SimWorld.healed, start + Double.random(in: 60..<5_400, using: &random))
            let pace = Double.random(in: 0.5..<SimWorld.answerTime * 1.2, using: &random)
            drips.append(SimWorld.Drip(link: link, time: start...end, pace: pace))
        }
    }

    /// What is released, corrected and withdrawn, and which agreements are narrowed meanwhile.
    mutating func acts() -> [(Double, SimAct)] {
        var acts: [(Double, SimAct)] = []
        for number in 0..<Int.random(in: 1...2, using: &random) {
            let place = Int.random(in: 0..<exchanges.count, using: &random)
            let id = ID<Release>(Samples.uuid(300 + number))
            var time = Double.random(in: 0..<1_800, using: &random)
            var purposes: [Release.Purpose] = [.release]
            for _ in 0..<Int.random(in: 0...2, using: &random) { purposes.append(.correction) }
            if chance(0.6) { purposes.append(chance(0.3) ? .erasure : .recall) }
            if purposes.last == .recall, chance(0.2) { purposes.append(.erasure) }
            var first: TLP?
            for purpose in purposes {
                let drawn = [TLP.clear, .green, .green, .amber, .amberStrict].randomElement(using: &random) ?? .green
                let marking = keepsMarkings && purpose == .correction ? first ?? drawn : drawn
                first = first ?? marking
                acts.append((time, SimAct(place: place, what: .release(id, purpose, marking))))
                time += Double.random(in: chance(0.3) ? 0..<5 : 60..<3_600, using: &random)
            }
        }
        guard chance(0.4) else { return acts }
        for exchange in exchanges {
            for (peer, agreement) in exchange.agreements.sorted(by: { $0.key < $1.key }) where chance(0.3) {
                let narrow = narrowed(agreement)
                let time = Double.random(in: 0..<5_400, using: &random)
                acts.append((time, SimAct(place: exchange.number, what: .narrow(peer, narrow))))
            }
        }
        return acts
    }

    private mutating func narrowed(_ agreement: Agreement) -> Agreement? {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: nil
        case 1: Agreement(pools: agreement.pools, ceiling: .clear, floor: agreement.floor, onward: agreement.onward)
        default: Agreement(pools: agreement.pools, ceiling: agreement.ceiling, floor: agreement.floor, onward: false)
        }
    }
}

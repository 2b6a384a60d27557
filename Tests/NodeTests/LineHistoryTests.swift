import Exchange
import Node
import Store
import TestSupport
import Testing

/// Random histories of asking and answering over two nodes, with commits that fail, beside a model that was written
/// apart: a list of requests and nothing else.
@Suite("Histories of request lines")
struct LineHistoryTests {
    /// A request as the model has it.
    private struct Asked {
        let request: InformationRequest
        let asker: String
        /// The group that was named; nil for the pool.
        let named: String?
        let units: Int64
        var answered: Set<String> = []
        var isOver = false
    }

    private static let groups = ["fjord": "fjord", "branch": "fjord", "grove": "grove", "heath": "heath"]
    private static let units: [RequestWeight: Int64] = [.simple: 1, .moderate: 3, .deep: 8]

    /// What each group owes each other by the model, and what is open.
    private struct Model {
        var requests: [Asked] = []
        /// What netting took off what a group owed another.
        var netted: [[String]: Int64] = [:]

        func owes(_ debtor: String, _ creditor: String) -> Int64 {
            func sum(_ asker: String, _ other: String) -> Int64 {
                requests.filter { $0.asker == asker && $0.answered.contains(other) }.reduce(0) { $0 + $1.units }
            }
            return sum(debtor, creditor) - sum(creditor, debtor) - (netted[[debtor, creditor]] ?? 0)
                + (netted[[creditor, debtor]] ?? 0)
        }

        func open(_ asker: String, _ other: String, at now: Timestamp) -> Int64 {
            requests.filter { asked in
                asked.asker == asker && !asked.isOver && asked.request.due >= now
                    && (asked.named == other || asked.named == nil && !asked.answered.contains(other))
            }.reduce(0) { $0 + $1.units }
        }

        func hasRoom(_ asker: String, _ other: String, _ units: Int64, at now: Timestamp) -> Bool {
            owes(asker, other) + open(asker, other, at: now) + units <= 20
        }
    }

    @Test(
        "I3, I5: agree with a list of requests, whoever asks whom over which node",
        arguments: Engine.both,
        UInt64(0)..<8
    )
    func histories(engine: Engine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let ring = try await Ring(engine, seed: seed)
        let nodes = [
            ring.exchange.node,
            try await TestExchange.node(over: ring.exchange.database, ring.exchange.clock, seed: seed + 1_000),
        ]
        var model = Model()
        var refusals = 0
        for step in 0..<80 {
            let node = nodes[Int.random(in: 0...1, using: &random)]
            let name = Self.groups.keys.sorted()[Int.random(in: 0..<4, using: &random)]
            let group = try #require(Self.groups[name])
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let others = Ring.banks.filter { $0 != group }
                let named = Bool.random(using: &random) ? others[Int.random(in: 0...1, using: &random)] : nil
                let weight = RequestWeight.allCases[Int.random(in: 0...2, using: &random)]
                let units = try #require(Self.units[weight])
                let roomy = others.filter { model.hasRoom(group, $0, units, at: ring.exchange.clock.now) }
                do {
                    let request = try await once(step, over: node, by: name, in: ring, &random) {
                        try await ring.ask(named ?? "banks", weight, by: name, about: step + 1, over: $0, as: $1)
                    }
                    #expect(named.map { roomy.contains($0) } ?? true, "seed \(seed), step \(step)")
                    let asked = request.asked.compactMap { node.live.directory.members[$0]?.name.text }
                    let banks = Set(asked).intersection(Ring.banks).subtracting([group])
                    #expect(banks == Set(named.map { [$0] } ?? roomy))
                    model.requests.append(Asked(request: request, asker: group, named: named, units: units))
                } catch AdvisoryFault.conflict(.line) {
                    refusals += 1
                    #expect(named.map { !roomy.contains($0) } ?? false, "seed \(seed), step \(step)")
                }
            case 4..<8:
                try await answer(step, of: name, over: node, in: ring, &model, &random)
            case 8:
                guard let place = model.requests.indices.randomElement(using: &random) else { continue }
                let asked = model.requests[place]
                let asker = try #require(node.live.directory.members[asked.request.member]?.name.text)
                guard (try? await ring.close(asked.request, by: asker)) != nil else { continue }
                model.requests[place].isOver = true
            default:
                try await pass(ring, &random)
                try await adopt(&model, ring)
            }
            try await compare(model, ring, "seed \(seed), step \(step)")
        }
        try await ring.checkBooks()
        #expect(model.requests.count > 5)
        await ring.exchange.close()
    }

    /// Lets some one answer one of those that were put to it.
    private func answer(
        _ step: Int,
        of name: String,
        over node: Node,
        in ring: Ring,
        _ model: inout Model,
        _ random: inout SplitMix64
    ) async throws {
        let mine = model.requests.indices.filter { place in
            let request = model.requests[place].request
            return request.asked.contains { node.live.directory.members[$0]?.name.text == name }
        }
        guard let place = mine.randomElement(using: &random), let group = Self.groups[name] else { return }
        let replies: [InformationRequest.Reply] = [.nothing, .positive("Yes."), .refused(.capacity)]
        let reply = replies[Int.random(in: 0...2, using: &random)]
        let request = model.requests[place].request
        let now = ring.exchange.clock.now
        let answered = try? await once(step, over: node, by: name, in: ring, &random) {
            try await ring.answer(request, reply, by: name, over: $0, as: $1)
        }
        guard answered != nil else { return }
        let isOwed = if case .refused = reply { false } else { now <= request.due }
        if isOwed, model.requests[place].asker != group { model.requests[place].answered.insert(group) }
        if model.requests[place].named != nil { model.requests[place].isOver = true }
    }

    /// Lets time pass, at times after a commit of it failed on another node.
    private func pass(_ ring: Ring, _ random: inout SplitMix64) async throws {
        ring.exchange.clock.advance(by: .seconds(Int64.random(in: 1...400_000, using: &random)))
        if Bool.random(using: &random) {
            let fault = Bool.random(using: &random) ? FaultyDatabase.Fault.beforeCommit : .afterCommit
            let write = Int.random(in: 1...3, using: &random)
            try? await ring.exchange.faulty(fault, write: write).ledgers.elapse()
        }
        try await ring.pass(seconds: 0)
    }

    /// Does something by a key of its own, at times after its commit failed on another node.
    private func once<Output>(
        _ number: Int,
        over node: Node,
        by name: String,
        in ring: Ring,
        _ random: inout SplitMix64,
        _ body: (Node, KeyedCall) async throws -> Output
    ) async throws -> Output {
        let session = try await ring.session(name)
        if Int.random(in: 0..<5, using: &random) == 0 {
            let fault = Bool.random(using: &random) ? FaultyDatabase.Fault.beforeCommit : .afterCommit
            let faulty = try await ring.exchange.faulty(fault)
            _ = try? await body(faulty, faulty.call("\(number)", by: session, asked: []))
        }
        return try await body(node, node.call("\(number)", by: session, asked: []))
    }

    /// Takes over what netting took off, which is a matter of the order of names, where it took nothing from anybody.
    private func adopt(_ model: inout Model, _ ring: Ring) async throws {
        var now: [[String]: Int64] = [:]
        for debtor in Ring.banks {
            for (creditor, line) in try await ring.lines(debtor) { now[[debtor, creditor]] = -line[0] }
        }
        for debtor in Ring.banks {
            let others = Ring.banks.filter { $0 != debtor }
            let (before, after) = (others.map { model.owes(debtor, $0) }, others.map { now[[debtor, $0]] ?? 0 })
            #expect(before.reduce(0, +) == after.reduce(0, +))
        }
        for (place, debtor) in Ring.banks.enumerated() {
            for creditor in Ring.banks[(place + 1)...] {
                let (before, after) = (model.owes(debtor, creditor), now[[debtor, creditor]] ?? 0)
                #expect(abs(after) <= abs(before) && after * before >= 0)
                model.netted[[debtor, creditor], default: 0] += before - after
            }
        }
    }

    private func compare(_ model: Model, _ ring: Ring, _ what: String) async throws {
        let now = ring.exchange.clock.now
        for name in Ring.banks {
            let view = try await ring.view(name)
            for other in Ring.banks where other != name {
                let line = view.lines.first { $0.other.text == other }
                #expect(-(line?.posted ?? 0) == model.owes(name, other), "\(what): \(name) owes \(other)")
                let named = model.requests.filter {
                    $0.asker == name && $0.named == other && !$0.isOver && $0.request.due >= now
                }
                #expect((line?.asked ?? 0) == named.reduce(0) { $0 + $1.units }, "\(what): \(name) asks \(other)")
            }
        }
    }
}

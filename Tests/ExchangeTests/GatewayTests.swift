import Exchange
import TestSupport
import Testing

@Suite("Gateways")
struct GatewayTests {
    private static let seeds = UInt64(0)..<400

    @Test("cover some and not others, so that what follows says something")
    func notVacuous() {
        let covered = Self.seeds.filter { seed in
            var world = GatewayWorld(seed: seed)
            return world.question().isCovered(by: world.gateway("a"))
        }.count
        #expect((40..<360).contains(covered), "\(covered)")
    }

    @Test("cover no more when a fact is dropped or ends before", arguments: seeds)
    func dropped(seed: UInt64) {
        var world = GatewayWorld(seed: seed)
        let gateway = world.gateway("a")
        let question = world.question()
        var weaker: [GatewayQuestion] = []
        for fact in question.origin.holds.keys {
            var dropped = question
            dropped.origin.holds.removeValue(forKey: fact)
            var ended = question
            ended.origin.holds.updateValue(question.date, forKey: fact)
            weaker += [dropped, ended]
        }
        for fact in question.reader.holds.keys {
            var dropped = question
            dropped.reader.holds.removeValue(forKey: fact)
            var ended = question
            ended.reader.holds.updateValue(question.date, forKey: fact)
            weaker += [dropped, ended]
        }
        let covers = question.isCovered(by: gateway)
        for question in weaker { #expect(covers || !question.isCovered(by: gateway)) }
    }

    @Test("need every fact that they ask for", arguments: seeds)
    func needed(seed: UInt64) {
        var world = GatewayWorld(seed: seed)
        let gateway = world.gateway("a")
        let question = world.question()
        guard question.isCovered(by: gateway) else { return }
        for fact in gateway.origin.preconditions {
            var without = question
            without.origin.holds.removeValue(forKey: fact)
            #expect(!without.isCovered(by: gateway))
        }
        for fact in gateway.reader.preconditions {
            var without = question
            without.reader.holds.removeValue(forKey: fact)
            #expect(!without.isCovered(by: gateway))
        }
    }

    @Test("never cover outside their days", arguments: seeds)
    func days(seed: UInt64) {
        var world = GatewayWorld(seed: seed)
        let gateway = world.gateway("a")
        var question = world.question()
        for hour in stride(from: -30 * 24, through: 30 * 24, by: 12) {
            question.date = world.now.advanced(by: .seconds(hour * 3_600))
            let isBefore = gateway.from.map { question.date < $0 } ?? false
            let isAfter = gateway.until.map { question.date >= $0 } ?? false
            if isBefore || isAfter { #expect(!question.isCovered(by: gateway)) }
        }
    }

    @Test("respect kinds, countries, relation, mode and purpose", arguments: seeds)
    func respected(seed: UInt64) {
        var world = GatewayWorld(seed: seed)
        let gateway = world.gateway("a")
        var question = world.question()
        for origin in GatewayWorld.countries + ["XX"] {
            for reader in GatewayWorld.countries + ["XX"] {
                question.origin.jurisdiction = origin
                question.reader.jurisdiction = reader
                guard question.isCovered(by: gateway) else { continue }
                #expect(gateway.origin.jurisdictions?.contains(origin) ?? true)
                #expect(gateway.reader.jurisdictions?.contains(reader) ?? true)
                #expect(gateway.relation == .any || (gateway.relation == .same) == (origin == reader))
                #expect(gateway.origin.kinds.contains(question.origin.kind))
                #expect(gateway.reader.kinds.contains(question.reader.kind))
                #expect(gateway.modes.contains(question.mode) && gateway.purposes.contains(question.purpose))
            }
        }
    }

    @Test("give the first by name, in whatever order they come", arguments: seeds)
    func order(seed: UInt64) throws {
        var world = GatewayWorld(seed: seed)
        let all = ["a", "b", "b-2", "c", "d", "e"].map { world.gateway($0) }
        let question = world.question()
        let expected = all.first { question.isCovered(by: $0) }
        for _ in 0..<4 {
            let gateways = try #require(Gateways(all.shuffled(using: &world.random)))
            #expect(question.answer(of: gateways) == expected)
            #expect(gateways.all == all)
        }
        #expect(Gateways(all + [world.gateway("c")]) == nil)
        #expect(question.answer(of: .none) == nil)
    }

    @Test("never cover strategic use", arguments: seeds)
    func strategic(seed: UInt64) {
        var world = GatewayWorld(seed: seed)
        let gateway = world.gateway("a")
        var question = world.question()
        question.purpose = .strategic
        #expect(!question.isCovered(by: gateway))
    }

    @Test("want one and the same partnership at both ends, and an end ends it")
    func shared() throws {
        let kind = try #require(Name("pact"))
        let now = Timestamp(microseconds: 1_800_000_000_000_000)
        let gateway = Gateway(
            name: kind,
            title: "T",
            about: "A",
            origin: Party(kinds: [.bank]),
            reader: Party(kinds: [.bank]),
            relation: .any,
            shared: [kind],
            modes: [.published],
            purposes: [.monitoring]
        )
        func covers(_ origin: [String: Timestamp?], _ reader: [String: Timestamp?]) throws -> Bool {
            func party(_ holds: [String: Timestamp?]) throws -> GatewayParty {
                var party = GatewayParty(kind: .bank, jurisdiction: "DE")
                for (text, end) in holds { party.holds.updateValue(end, forKey: try #require(Precondition(text))) }
                return party
            }
            return gateway.covers(
                origin: try party(origin),
                reader: try party(reader),
                mode: .published,
                purpose: .monitoring,
                at: now
            )
        }
        let later = now.advanced(by: .seconds(1))
        #expect(try covers(["pact:x": nil], ["pact:x": later, "pact:y": nil]))
        #expect(try !covers(["pact:x": nil], ["pact:y": nil]) && !covers(["pact:x": nil], [:]))
        #expect(try !covers(["pact:x": nil], ["pact:x": now]) && !covers(["pact:x": now], ["pact:x": nil]))
        // The kind alone names no partnership.
        #expect(try !covers(["pact": nil], ["pact": nil]) && !covers(["deal:x": nil], ["deal:x": nil]))
    }

    @Test("read facts of one name or two")
    func facts() {
        for text in ["notice-314b", "mou:harbour-watch", "a:1"] { #expect(Precondition(text)?.text == text) }
        for text in ["", ":", "a:", ":a", "a:b:c", "A", "a b", "-a", "a:-b"] { #expect(Precondition(text) == nil) }
    }
}

/// Everything that a gateway is asked.
private struct GatewayQuestion {
    var origin: GatewayParty
    var reader: GatewayParty
    var mode: Mode
    var purpose: Purpose
    var date: Timestamp

    func isCovered(by gateway: Gateway) -> Bool {
        gateway.covers(origin: origin, reader: reader, mode: mode, purpose: purpose, at: date)
    }

    func answer(of gateways: Gateways) -> Gateway? {
        gateways.covering(origin: origin, reader: reader, mode: mode, purpose: purpose, at: date)
    }
}

/// Random gateways and questions of so few kinds, countries and facts that they often meet.
private struct GatewayWorld {
    static let countries = ["DE", "FR", "US"]
    private static let kinds: [MemberKind] = [.bank, .customs]
    private static let facts = ["notice", "pact:x", "pact:y"].compactMap(Precondition.init)

    let now = Timestamp(microseconds: 1_800_000_000_000_000)
    var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    mutating func gateway(_ name: String) -> Gateway {
        guard let name = Name(name), let pact = Name("pact") else { preconditionFailure("a constant is a name") }
        return Gateway(
            name: name,
            title: "T",
            about: "A",
            origin: party(),
            reader: party(),
            relation: Bool.random(using: &random) ? .any : pick(Gateway.Relation.allCases),
            shared: Int.random(in: 0..<4, using: &random) == 0 ? [pact] : [],
            modes: some(Mode.allCases, of: 4),
            purposes: some(Purpose.allCases.filter { $0 != .strategic }, of: 20),
            from: Bool.random(using: &random) ? nil : day(-20...1),
            until: Bool.random(using: &random) ? nil : day(2...20)
        )
    }

    mutating func question() -> GatewayQuestion {
        GatewayQuestion(
            origin: gatewayParty(),
            reader: gatewayParty(),
            mode: pick(Mode.allCases),
            purpose: pick(Purpose.allCases),
            date: now
        )
    }

    private mutating func party() -> Party {
        Party(
            kinds: some(Self.kinds),
            jurisdictions: Bool.random(using: &random) ? nil : some(Self.countries),
            preconditions: Set(Self.facts.filter { _ in Int.random(in: 0..<6, using: &random) == 0 })
        )
    }

    private mutating func gatewayParty() -> GatewayParty {
        var party = GatewayParty(kind: pick(Self.kinds), jurisdiction: pick(Self.countries))
        for fact in Self.facts where Int.random(in: 0..<4, using: &random) != 0 {
            party.holds.updateValue(Bool.random(using: &random) ? nil : day(-5...20), forKey: fact)
        }
        return party
    }

    private mutating func day(_ range: ClosedRange<Int>) -> Timestamp {
        now.advanced(by: .seconds(86_400 * Int.random(in: range, using: &random)))
    }

    private mutating func pick<Item>(_ items: [Item]) -> Item {
        items[Int.random(in: items.indices, using: &random)]
    }

    /// Some of the items, never none.
    private mutating func some<Item: Hashable>(_ items: [Item], of count: Int = 3) -> Set<Item> {
        Set((0..<count).map { _ in pick(items) })
    }
}

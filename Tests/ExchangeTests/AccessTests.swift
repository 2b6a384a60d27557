import Exchange
import TestSupport
import Testing

@Suite("Access")
struct AccessTests {
    private static let now = Timestamp(microseconds: 1_800_000_000_000_000)
    private let pool = Samples.pool(100, PoolTerms(title: "P", reading: .everyone, writing: .everyone))
    private let author = Samples.member(1)
    private let other = Samples.member(2)

    private func reader(
        _ number: Int,
        of member: Member,
        pools: [ID<Pool>: Reader.Span]? = nil,
        until: Timestamp? = nil,
        roles: Set<Role> = [.reader]
    ) -> Reader {
        Reader(
            principal: Samples.principal(number, of: member, roles: roles),
            member: member,
            pools: pools ?? [pool.id: .open],
            until: until
        )
    }

    private func label(_ marking: TLP, to addressees: [STIXID] = []) throws -> Label {
        let object = try Samples.object(Samples.indicator(1, marking: marking, addressees: addressees))
        return Label(of: object, in: pool, from: Samples.principal(11, of: author))
    }

    @Test(
        "follows the marking",
        arguments: [
            // marking, addressed to, author's own principal, its colleague, addressed principal, its colleague, a third
            (TLP.clear, "nobody", "+++++"), (.green, "nobody", "+++++"), (.amber, "nobody", "+++++"),
            (.amberStrict, "nobody", "++---"), (.red, "nobody", "+----"), (.amberStrict, "member", "++++-"),
            (.red, "member", "+----"), (.red, "principal", "+-+--"), (.amberStrict, "principal", "+++--"),
            (.green, "member", "++++-"), (.amber, "principal", "+++--"),
        ]
    )
    func marking(level: TLP, addressed: String, expected: String) throws {
        let named = Samples.principal(21, of: other)
        let addressees: [STIXID] =
            switch addressed {
            case "member": [other.identity]
            case "principal": [named.identity]
            default: []
            }
        let label = try label(level, to: addressees)
        let readers = [
            reader(11, of: author), reader(12, of: author), reader(21, of: other), reader(22, of: other),
            reader(31, of: Samples.member(3)),
        ]
        let decided = readers.map { AccessPolicy.decide($0, label, at: Self.now).isPermitted ? "+" : "-" }.joined()
        #expect(decided == expected)
    }

    @Test("gives what came from a source by a gateway to whom that gateway covers, for what it covers, and to no other")
    func passage() throws {
        func gateway(_ name: String, _ kinds: Set<MemberKind>) -> Gateway {
            Gateway(
                name: Samples.name(name),
                title: name,
                about: "",
                origin: Party(kinds: [.bank]),
                reader: Party(kinds: kinds),
                relation: .any,
                modes: [.published],
                purposes: [.monitoring]
            )
        }
        let gateways = try #require(Gateways([gateway("one", [.bank]), gateway("two", [.carrier])]))
        func decided(_ name: String, _ number: Int, _ kind: MemberKind, _ purpose: Purpose = .monitoring) throws -> Bool
        {
            var reader = reader(number * 10, of: Samples.member(number, kind))
            (reader.gateways, reader.purpose) = (gateways, purpose)
            let object = try Samples.object(Samples.indicator(1, marking: .green))
            let origin = GatewayParty(author)
            let passage = Label.Passage(gateway: Samples.name(name), originator: author.id, origin: origin)
            let label = Label(of: object, in: pool, from: Samples.principal(11, of: author), by: passage)
            return AccessPolicy.decide(reader, label, at: Self.now).isPermitted
        }
        #expect(try decided("one", 2, .bank) && decided("two", 2, .carrier))
        #expect(try !decided("one", 2, .carrier) && !decided("two", 2, .bank) && !decided("three", 2, .bank))
        #expect(try !decided("one", 2, .bank, .decision))
        #expect(try decided("three", 1, .bank, .decision), "its own member has it whatever gateway there is")
    }

    @Test("is hidden without the pool, the role, a standing member, or an unexpired credential")
    func hidden() throws {
        let label = try label(.clear)
        let suspended = Samples.member(2, standing: .suspended)
        func decision(_ reader: Reader) -> Decision { AccessPolicy.decide(reader, label, at: Self.now) }
        #expect(decision(reader(21, of: other, pools: [:])) == .hidden(by: .scope))
        #expect(decision(reader(21, of: other, pools: [pool.id: .until(Self.now)])) == .hidden(by: .compartment))
        #expect(decision(reader(21, of: other, roles: [.reporter])) == .hidden(by: .noReader))
        #expect(decision(reader(21, of: suspended)) == .hidden(by: .suspended))
        #expect(decision(reader(21, of: other, until: Self.now)) == .hidden(by: .noReader))
        let later = Self.now.advanced(by: .seconds(1))
        #expect(decision(reader(21, of: other, until: later)).isPermitted)
    }

    @Test("labels are the same after their text was read", arguments: TLP.allCases)
    func labelText(level: TLP) throws {
        for addressees in [[], [other.identity], [author.identity, other.identity].sorted()] {
            let label = try label(level, to: addressees)
            #expect(Label(text: label.text) == label)
            let late = Label(pool: pool.id, marking: level, scope: label.scope, cohort: 7)
            #expect(Label(text: late.text) == late && late.text != label.text)
        }
        #expect(Label(text: "nonsense") == nil)
    }

    @Test(
        "in a task force is to what was released since the reader joined",
        arguments: [(1, true), (2, true), (3, false)]
    )
    func joining(cohort: Int, isSeen: Bool) {
        var late = reader(21, of: other)
        late.joinings = [pool.id: Joining(cohort: cohort)]
        let label = Label(pool: pool.id, marking: .green, scope: nil, cohort: 2)
        let expected: Decision = isSeen ? .permitted(by: .open, []) : .hidden(by: .compartment)
        #expect(AccessPolicy.decide(late, label, at: Self.now) == expected)
    }

    @Test("to pools follows their terms")
    func audiences() {
        let customs = Samples.member(1, .customs)
        let bank = Samples.member(2, .bank)
        func reads(_ audience: Audience, _ member: Member, enrolled: Enrolment? = nil, _ standing: Standing = .active)
            -> Bool
        {
            let terms = PoolTerms(title: "P", reading: audience, writing: .nobody, standing: standing)
            return Samples.pool(1, terms, enrolled: enrolled.map { [member.id: $0] } ?? [:]).isRead(by: member)
        }
        #expect(reads(.everyone, bank) && reads(.authorities, customs) && !reads(.authorities, bank))
        #expect(reads(.authorities, bank, enrolled: Enrolment(reads: true, writes: false)))
        #expect(!reads(.enrolled, customs) && reads(.enrolled, bank, enrolled: Enrolment(reads: true, writes: false)))
        #expect(!reads(.enrolled, bank, enrolled: Enrolment(reads: false, writes: true)) && !reads(.nobody, customs))
        #expect(!reads(.everyone, bank, .suspended))
    }
}

@Suite("Standings of versions")
struct StandingsTests {
    @Test("find each reader's last version without looking at the superseded", arguments: UInt64(0)..<500)
    func standings(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let versions = (0..<Int.random(in: 1...8, using: &random)).map { tick in
            PlacedVersion(
                tick: Tick(microseconds: Int64(tick)),
                label: .random(in: 1...3, using: &random),
                instant: .random(in: 1...5, using: &random)
            )
        }.shuffled(using: &random)
        let permitted = Set((Int64(1)...3).filter { _ in Bool.random(using: &random) })
        let visible = versions.filter { permitted.contains($0.label) }
        let expected = visible.max { !$0.isLater(than: $1) }
        let standings = PlacedVersion.standings(versions)
        let served = zip(versions, standings).filter { version, standing in
            guard permitted.contains(version.label) else { return false }
            return switch standing {
            case .superseded: false
            case .last: true
            case .contested: VersionFilter.last.chosen(of: versions, permitted: permitted).contains(version)
            }
        }.map(\.0)
        #expect(served == [expected].compactMap { $0 })
    }
}

import Exchange
import Node
import Store
import TestSupport
import Testing

/// Members of one owner: what one of them is linked to, or was given, is all of theirs.
@Suite("Ownership groups")
struct OwnershipGroupTests {
    /// A bank and its broker, kin of customs, and police.
    private func exchange(_ engine: Engine) async throws -> AdvisoryExchange {
        let readers: [(name: String, kind: MemberKind)] = [
            ("bank", .bank), ("broker", .freightForwarder), ("kin", .port), ("police", .police),
        ]
        let world = try await AdvisoryExchange(engine, readers: readers)
        for (name, owner) in [("broker", "bank"), ("kin", "customs")] {
            _ = try await world.node.administration.changeMember(name) { $0.group = Samples.name(owner) }
        }
        return world
    }

    @Test("hide from all what one of them declared a link to, and note it of each", arguments: Engine.both)
    func link(engine: Engine) async throws {
        let world = try await exchange(engine)
        try await world.node.administration.link("bank", to: try AdvisoryExchange.content().subjects)
        let advisory = try await world.published()
        for name in ["bank", "broker"] { #expect(try await world.reports(name) == []) }
        for name in ["kin", "police"] { #expect(try await world.reports(name) == ["full"]) }
        let decisions = try await world.desk.decisions(
            on: .id(advisory.id),
            to: "broker",
            as: nil,
            for: nil,
            asked: try await world.session("lena")
        )
        #expect(decisions.map(\.decision) == Array(repeating: .hidden(by: .conflict), count: 3))
        #expect(try await conflicts(in: world) == ["bank", "broker"])
        await world.exchange.close()
    }

    @Test("take nobody in by its name alone")
    func names() async throws {
        let exchange = try await TestExchange()
        let administration = exchange.node.administration
        func add(_ name: String, _ group: String?) async throws {
            let new = Administration.NewMember(
                name: Samples.name(name),
                title: name,
                kind: .bank,
                sector: "",
                jurisdiction: "NL",
                group: group.map(Samples.name)
            )
            _ = try await administration.add(new)
        }
        try await add("north-quay", "quay")
        await #expect {
            try await add("quay", nil)
        } throws: { "\($0)".contains("quay is an ownership group of others already") }
        #expect(administration.directory.member(named: Samples.name("quay")) == nil)
        try await add("quay", "quay")
        await exchange.close()
    }

    @Test("note a link of the originator's own of the others in its group", arguments: Engine.both)
    func own(engine: Engine) async throws {
        let world = try await exchange(engine)
        try await world.node.administration.link("customs", to: try AdvisoryExchange.content().subjects)
        _ = try await world.published()
        #expect(try await world.reports("customs") == ["full"])
        #expect(try await world.reports("kin") == [])
        #expect(try await conflicts(in: world) == ["kin"])
        await world.exchange.close()
    }

    /// The members that the journal has a silent conflict of, in the order of their numbers.
    private func conflicts(in world: AdvisoryExchange) async throws -> [String] {
        let numbers = try await world.exchange.database.read { connection in
            try connection.rows(
                "select object from journal where kind = $1 order by tick",
                .integer(EntryKind.conflict.rawValue)
            ) { $0.integer(0) }
        }
        return numbers.compactMap { world.node.live.directory.member(numbered: $0)?.name.text }
    }

    @Test("confirm nothing on their own once one of them was given it", arguments: Engine.both, [true, false])
    func readBefore(engine: Engine, isGivenFirst: Bool) async throws {
        let world = try await exchange(engine)
        let witness = try await Witness(of: "bank", world)
        _ = try await world.published()
        if isGivenFirst { #expect(try await world.reports("broker") == ["full"]) }
        let observed = try await witness.commit()
        #expect(try await world.reports("broker") == ["full"])
        let said = try await witness.confirm(with: observed)
        #expect(said.outcome == (isGivenFirst ? .sighting : .corroborated))
        #expect(said.note == (isGivenFirst ? Corroboration.Shortfall.readBefore.rawValue : nil))
        await world.exchange.close()
    }

    @Test("confirm nothing that comes from one of them", arguments: Engine.both)
    func sameGroup(engine: Engine) async throws {
        let world = try await exchange(engine)
        let witness = try await Witness(of: "kin", world)
        let observed = try await witness.commit()
        _ = try await world.published()
        let said = try await witness.confirm(with: observed)
        #expect(said.outcome == .sighting && said.note == Corroboration.Shortfall.sameGroup.rawValue)
        await world.exchange.close()
    }
}

import Exchange
import Node
import Store
import TestSupport
import Testing

/// What a member confirms may have one origin with the advisory: then it is no more than a sighting.
@Suite("Provenance of confirmations")
struct ProvenanceTests {
    /// A bank with its broker, customs with their kin, and police of nobody else's; whoever asks or reports may.
    private func exchange(_ engine: Engine) async throws -> AdvisoryExchange {
        let readers: [(name: String, kind: MemberKind)] = [
            ("bank", .bank), ("broker", .freightForwarder), ("kin", .police), ("police", .police),
        ]
        let world = try await AdvisoryExchange(engine, readers: readers)
        for (name, owner) in [("broker", "bank"), ("kin", "customs")] {
            _ = try await world.node.administration.changeMember(name) { $0.group = Samples.name(owner) }
        }
        for (name, _) in readers {
            _ = try await world.node.administration.changePrincipal(name) { $0.roles.insert(.reporter) }
        }
        let gateway = Gateway(
            name: Samples.name("all"),
            title: "All",
            about: "",
            origin: Party(kinds: Set(MemberKind.allCases)),
            reader: Party(kinds: Set(MemberKind.allCases)),
            relation: .same,
            modes: [.published, .report, .request],
            purposes: [.monitoring, .reporting]
        )
        try await world.node.administration.keep(try #require(Gateways([gateway])))
        return world
    }

    /// What is told of a person.
    private func content(_ name: String = "Tamsin Verloop") throws -> ReportContent {
        let known = try AdvisoryExchange.content(name)
        return try ReportContent(
            categories: Set(known.categories),
            severity: .serious,
            facts: "Who is it?",
            subjects: known.subjects
        )
    }

    /// What two members told each other before the advisory was out, or after.
    struct Telling: Sendable {
        enum Form: Sendable { case request, report }

        let form: Form
        let from: String
        let to: String
        var name = "Tamsin Verloop"
        var isBefore = true
        var isShared = true
    }

    static let tellings = [
        // Customs ask the bank, which says what it was asked, and a telephone number.
        Telling(form: .request, from: "customs", to: "bank"),
        Telling(form: .request, from: "kin", to: "broker"),
        Telling(form: .request, from: "broker", to: "customs"),
        Telling(form: .report, from: "bank", to: "customs"),
        // To another of the originator's group.
        Telling(form: .report, from: "bank", to: "kin"),
        Telling(form: .report, from: "broker", to: "kin"),
        Telling(form: .report, from: "bank", to: "police", isShared: false),
        Telling(form: .request, from: "customs", to: "police", isShared: false),
        Telling(form: .request, from: "customs", to: "bank", name: "Ottoline Brack", isShared: false),
        Telling(form: .report, from: "bank", to: "customs", isBefore: false, isShared: false),
    ]

    @Test("is one where the two groups told each other of the subject before", arguments: Engine.both, tellings)
    func told(engine: Engine, telling: Telling) async throws {
        let world = try await exchange(engine)
        let witness = try await Witness(of: "bank", world)
        let observed = try await witness.commit()
        if !telling.isBefore { _ = try await world.published() }
        let (session, said) = (try await world.session(telling.from), try content(telling.name))
        switch telling.form {
        case .request: _ = try await world.node.reports.ask(said, to: telling.to, by: session)
        case .report: _ = try await world.node.reports.report(said, to: telling.to, by: session)
        }
        world.exchange.clock.advance(by: .seconds(1))
        if telling.isBefore { _ = try await world.published() }
        let told = try await witness.confirm(with: observed)
        #expect(told.outcome == (telling.isShared ? .sighting : .corroborated))
        #expect(told.note == (telling.isShared ? Corroboration.Shortfall.sharedOrigin.rawValue : nil))
        await world.exchange.close()
    }

    /// What became of an advisory that was recalled and issued again.
    struct Reading: Sendable {
        var name = "Tamsin Verloop"
        var reader = "bank"
        var isFar = false
        var isBefore = true
        var isRead = true
    }

    static let readings = [
        Reading(), Reading(reader: "broker"), Reading(name: "Ottoline Brack", isRead: false),
        Reading(reader: "police", isRead: false), Reading(isFar: true, isRead: false),
        Reading(isBefore: false, isRead: false),
    ]

    @Test("is one where the group read of the subject in an earlier advisory", arguments: Engine.both, readings)
    func read(engine: Engine, reading: Reading) async throws {
        let world = try await exchange(engine)
        let witness = try await Witness(of: "bank", world)
        let early = reading.isBefore ? nil : try await witness.commit()
        let first = try await world.published(try AdvisoryExchange.content(reading.name))
        // From afar it is given the method and the route alone.
        if reading.isFar {
            _ = try await world.node.administration.changeMember(reading.reader) { $0.jurisdiction = "SG" }
        }
        #expect(try await world.reports(reading.reader) == [reading.isFar ? "non-nominal" : "full"])
        if reading.isFar {
            _ = try await world.node.administration.changeMember(reading.reader) { $0.jurisdiction = "NL" }
        }
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.error)), on: .id(first.id), by: customs)
        let observed = if let early { early } else { try await witness.commit() }
        _ = try await world.published()
        let told = try await witness.confirm(with: observed)
        #expect(told.outcome == (reading.isRead ? .sighting : .corroborated))
        #expect(told.note == (reading.isRead ? Corroboration.Shortfall.readBefore.rawValue : nil))
        await world.exchange.close()
    }

    @Test("is looked for on every page of what was told", arguments: Engine.both)
    func pages(engine: Engine) async throws {
        let world = try await exchange(engine)
        let witness = try await Witness(of: "bank", world)
        let observed = try await witness.commit()
        for number in 0...100 {
            let said = try content(number == 0 ? "Tamsin Verloop" : "Ottoline Brack")
            _ = try await world.node.reports.report(said, to: "customs", by: try await world.session("bank"))
        }
        world.exchange.clock.advance(by: .seconds(1))
        _ = try await world.published()
        #expect(try await witness.confirm(with: observed).note == Corroboration.Shortfall.sharedOrigin.rawValue)
        await world.exchange.close()
    }
}

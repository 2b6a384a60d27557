import Exchange
import Node
import Store
import Synchronization
import TestSupport
import Testing

@Suite("Federation")
struct FederationTests {
    /// What a reader is shown, as an audit of its own.
    private static func audit(_ world: AdvisoryExchange, _ name: String = "bank") async throws -> ReleaseAudit {
        let objects = try await world.versions(name).map { try STIXObject(try JSON(parsing: $0.bytes).root) }
        let keys = try await world.node.administration.keys()
        return ReleaseAudit(of: objects, keys: keys, at: world.exchange.clock.now)
    }

    private static func counts(_ audit: ReleaseAudit) -> [String: Int] {
        Dictionary(grouping: audit.findings.map(\.verdict.rawValue), by: \.self).mapValues(\.count)
    }

    @Test("an advisory goes round a loop, signed, and is good wherever it is", arguments: Engine.both)
    func loop(engine: Engine) async throws {
        let loop = try await FederationLoop(engine)
        let advisory = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .green))
        try await loop.settle()
        for name in ["b", "c"] {
            #expect(try await loop[name].reports("bank") == ["full"], "once, at \(name)")
            let audit = try await Self.audit(loop[name])
            #expect(Self.counts(audit).keys.sorted() == ["good"], "at \(name)")
            let told = try #require(audit.told.first)
            #expect(audit.told.count == 1 && told.isGood)
            let hops = told.signed.custody.map(\.content.exchange)
            let way = name == "b" ? ["a", "b"] : ["a", "b", "c"]
            #expect(hops == way.map { loop[$0].node.administration.exchange })
            #expect(told.signed.release.signer == .exchange)
        }
        let home = try await Self.audit(loop["a"])
        #expect(home.told.allSatisfy(\.isGood) && home.told.count == 1, "at home its note has one hop")
        #expect(loop.net.state.withLock { $0.posted["a"] } == nil, "nothing goes back to where it came from")
        for name in FederationLoop.names { #expect(loop.net.refusals(of: name).isEmpty) }

        let customs = try await loop["a"].session("customs")
        let amend = AdvisoryAction.amend(
            try AdvisoryExchange.content("Edda Morrow"),
            try AdvisoryTerms(marking: .amber),
            what: "The name",
            why: "A second source"
        )
        try await loop["a"].approve(try await loop["a"].desk.act(.action(amend), on: .id(advisory.id), by: customs))
        _ = try await loop["a"].desk.act(.action(.publishAmendment), on: .id(advisory.id), by: customs)
        try await loop.settle()
        for name in ["b", "c"] {
            let versions = try await loop[name].versions("bank")
            #expect(versions.contains { $0.bytes.contains(Array("Edda Morrow".utf8)) })
            let audit = try await Self.audit(loop[name])
            #expect(audit.told.map(\.signed.release.number) == [2], "the note of the first is gone")
            #expect(audit.told.allSatisfy { $0.signed.terms.marking == .amber })
        }
        await loop.close()
    }

    @Test("a recall walks the tree, and its acknowledgements come back up with counts", arguments: Engine.both)
    func recall(engine: Engine) async throws {
        let loop = try await FederationLoop(engine)
        let advisory = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .green))
        try await loop.settle()
        for name in ["b", "c"] { _ = try await loop[name].versions("bank") }
        let customs = try await loop["a"].session("customs")
        #expect(try await loop["a"].desk.tally(of: .id(advisory.id), for: customs) == nil)
        _ = try await loop["a"].desk.act(.action(.recall(.mistakenIdentity)), on: .id(advisory.id), by: customs)
        try await loop.settle()
        for name in ["b", "c"] {
            #expect(try await loop[name].reports("bank") == ["stubx"], "at \(name)")
            let owed = try await loop[name].desk.recalls(for: try await loop[name].session("bank"), upTo: 10)
            #expect(owed.map(\.reason) == [.mistakenIdentity] && owed.allSatisfy { $0.owed.acknowledged == nil })
        }
        var tally = try #require(try await loop["a"].desk.tally(of: .id(advisory.id), for: customs))
        #expect(tally.holders == 2 && tally.acknowledged == 0 && tally.awaited == 0)
        for (count, name) in ["c", "b"].enumerated() {
            let bank = try await loop[name].session("bank")
            let report = try STIXID(parsing: try await loop[name].desk.recalls(for: bank, upTo: 1)[0].report)
            try await loop[name].desk.acknowledge(report, "done", by: bank)
            try await loop.settle()
            tally = try #require(try await loop["a"].desk.tally(of: .id(advisory.id), for: customs))
            #expect(tally.acknowledged == count + 1 && tally.holders == 2)
        }
        await loop.close()
    }

    @Test("agreements hold: ceiling, floor, onward release and direction", arguments: Engine.both)
    func agreements(engine: Engine) async throws {
        let loop = try await FederationLoop(engine) { from, _ in
            from == "a" ? (.green, .green, true) : (.amber, .amber, false)
        }
        _ = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .amber))
        try await loop.settle()
        #expect(try await loop["b"].versions("bank").isEmpty, "stricter than A gives")
        _ = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .clear))
        try await loop.settle()
        let atB = try await Self.audit(loop["b"])
        #expect(atB.told.map(\.signed.terms.marking) == [.green], "at the least what A gives it under")
        let atC = try await Self.audit(loop["c"])
        #expect(atC.told.map(\.signed.terms) == [PassageTerms(marking: .amber, onward: false)])
        _ = try await loop["b"].published(nil, on: AdvisoryTerms(marking: .green))
        _ = try await loop["c"].published(nil, on: AdvisoryTerms(marking: .green))
        try await loop.settle()
        #expect(try await loop["c"].reports("bank").count == 3, "its own, that of B, and one of A")
        #expect(try await loop["a"].reports("bank").count == 2, "its own: what C gives is stricter than A takes")
        #expect(loop.net.refusals(of: "a").contains("its marking is stricter than was agreed on"))
        #expect(loop.net.refusals(of: "b").isEmpty && loop.net.refusals(of: "c").isEmpty)
        let letters = try await loop["c"].node.administration.peer("a").routes.map {
            $0.refusals.reduce(0) { $0 + $1.count }
        }
        #expect(letters.reduce(0, +) > 0, "who gave it sees that it was refused")
        #expect(try await Self.replay("c", to: "a", loop)[0] == 0, "as long as the reason holds")
        _ = try await loop["a"].node.administration.changePeer("c") { terms in
            terms.agreement = Agreement(pools: terms.agreement.pools, ceiling: .amber, onward: true)
        }
        #expect(try await Self.replay("c", to: "a", loop)[1] == 0)
        #expect(try await Self.replay("c", to: "a", loop) == [0, 0], "each once")
        #expect(try await loop["a"].reports("bank").count == 3)
        await loop.close()
    }

    /// Gives again what was refused: how many were taken, and how many refused.
    private static func replay(_ name: String, to other: String, _ loop: FederationLoop) async throws -> [Int] {
        let sight = try await loop[name].node.administration.peer(other)
        let principal = try #require(sight.principal)
        let replayed = try await loop[name].node.pushing.replay(allTo: sight.routes[0].destination, of: principal)
        return [replayed.taken, replayed.refused]
    }

    @Test("what is not to be trusted is refused by name, and costs nothing else", arguments: Engine.both)
    func refused(engine: Engine) async throws {
        let loop = try await FederationLoop(engine)
        _ = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .green))
        loop.net.state.withLock { $0.isCut = ["c"] }
        try await loop.settle()
        let envelope = try #require(loop.net.state.withLock { $0.posted["b"]?.first })
        func changed(_ old: String, _ new: String) -> [UInt8] {
            Array(String(decoding: envelope, as: UTF8.self).replacing(old, with: new).utf8)
        }
        func reasons(_ bytes: [UInt8], from: String = "a", to: String = "b") async throws -> String {
            try await loop.post(bytes, from: from, to: to).joined(separator: "\n")
        }
        #expect(try await reasons(envelope) == "", "again is no error")
        #expect(try await loop["b"].reports("bank") == ["full"], "and once")
        #expect(try await reasons(envelope, to: "c").contains("was given to another than"))
        #expect(try await reasons(envelope, from: "c", to: "b").contains("not of the exchange that brought it"))
        #expect(try await reasons(envelope, from: "b", to: "a").contains("was here before"))
        #expect(try await reasons(changed("Tamsin", "Thomas")).contains("its content was changed"))
        #expect(try await reasons(changed(#""onward":true"#, #""onward":false"#)).contains("never signed"))
        #expect(try await reasons(changed(#""marking":"green""#, #""marking":"clear""#)).contains("never signed"))
        #expect(try await reasons(changed(#""purpose":"release""#, #""purpose":"gift""#)).contains("purpose: must be"))
        let key = try #require(try await loop["a"].node.administration.ownKey())
        #expect(try await reasons(changed(key.id.text, String(repeating: "0", count: 32))).contains("not among those"))
        _ = try await loop["b"].node.administration.revokeKey(key.id.text, from: nil)
        #expect(try await reasons(envelope).contains("was revoked from"))
        let bare = Samples.indicator(1)
        #expect(try await reasons(Array("{\"objects\":[\(bare)]}".utf8)).contains("no release names it"))
        #expect(try await loop["c"].versions("bank").isEmpty)
        await loop.close()
    }

    @Test("plain STIX goes, is corrected and is revoked as one release", arguments: Engine.both)
    func plain(engine: Engine) async throws {
        let loop = try await FederationLoop(engine)
        let customs = try #require(loop["a"].tokens["customs"])
        let objects = [1, 2].map { Samples.indicator($0, marking: .green) }
        func publish(_ objects: [String]) async throws {
            let report = try await loop["a"].exchange.publish(objects, to: loop["a"].pool, as: customs)
            #expect(report.failures == nil)
            try await loop.settle()
        }
        func shown(_ name: String) async throws -> [String] {
            try await loop[name].exchange.all(loop[name].pool, as: loop[name].tokens["bank"] ?? "")
                .map { String(decoding: $0.bytes, as: UTF8.self) }.filter { $0.contains("indicator") }
                .filter { !$0.contains("object_refs") }
        }
        try await publish(objects)
        for name in ["b", "c"] { #expect(try await shown(name).count == 2) }
        let later = objects[0].replacing(#""modified":"2026"#, with: #""modified":"2027"#)
        try await publish([later])
        for name in ["b", "c"] {
            #expect(try await shown(name).filter { $0.contains(#""modified":"2027"#) }.count == 1)
            let audit = try await Self.audit(loop[name])
            #expect(audit.told.map(\.signed.release.number) == [2] && audit.told[0].signed.release.objects.count == 2)
        }
        let last = objects.map {
            $0.replacing(#""modified":"2026"#, with: #""modified":"2028"#).replacing(
                "{\"type\"",
                with: "{\"revoked\":true,\"type\""
            )
        }
        try await publish(last)
        for name in ["b", "c"] {
            #expect(try await shown(name).allSatisfy { $0.contains(#""revoked":true"#) }, "at \(name)")
            #expect(try await shown(name).count == 2)
        }
        for name in FederationLoop.names { #expect(loop.net.refusals(of: name).isEmpty) }
        await loop.close()
    }

    @Test("what is cut off, lost and sent again comes once, and a recall passes what waits", arguments: Engine.both)
    func cut(engine: Engine) async throws {
        let loop = try await FederationLoop(engine)
        let customs = try await loop["a"].session("customs")
        let first = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .green))
        try await loop.settle()
        _ = try await loop["b"].versions("bank")
        loop.net.state.withLock { $0.isCut = ["b"] }
        _ = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .green))
        try await loop.settle()
        _ = try await loop["a"].desk.act(.action(.recall(.error)), on: .id(first.id), by: customs)
        try await loop.settle()
        loop.net.state.withLock { $0.isCut = [] }
        loop["a"].exchange.clock.advance(by: Delivery.waitMax)
        let before = loop.net.state.withLock { $0.posted["b"]?.count ?? 0 }
        try await loop.settle()
        let sent = try #require(loop.net.state.withLock { $0.posted["b"].map { Array($0[before...]) } })
        let firstSent = String(decoding: try #require(sent.first), as: UTF8.self)
        #expect(firstSent.contains(#""purpose":"recall""#) && !firstSent.contains(#""purpose":"release""#))
        #expect(try await loop["b"].reports("bank").sorted() == ["full", "stubx"])
        #expect(try await loop["c"].reports("bank") == ["full"], "its bank never had the first")
        for name in FederationLoop.names { #expect(loop.net.refusals(of: name).isEmpty) }
        await loop.close()
    }

    @Test("what may be read under conditions alone does not go to other exchanges")
    func narrowed() async throws {
        let loop = try await FederationLoop(.sqlite)
        let member = try #require(loop["a"].node.administration.directory.member(named: Samples.name("bank")))
        _ = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .amber, addressees: [member.identity]))
        _ = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .green, caveats: [.originatorControlled]))
        _ = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .amberStrict))
        try await loop.settle()
        #expect(loop.net.state.withLock { $0.posted.isEmpty })
        let advisory = try await loop["a"].published(nil, on: AdvisoryTerms(marking: .green))
        try await loop.settle()
        #expect(try await loop["c"].reports("bank") == ["full"])
        let customs = try await loop["a"].session("customs")
        let narrow = AdvisoryAction.amend(
            try AdvisoryExchange.content(),
            try AdvisoryTerms(marking: .green, addressees: [member.identity]),
            what: "Addressees",
            why: "It leaked"
        )
        try await loop["a"].approve(try await loop["a"].desk.act(.action(narrow), on: .id(advisory.id), by: customs))
        _ = try await loop["a"].desk.act(.action(.publishAmendment), on: .id(advisory.id), by: customs)
        try await loop.settle()
        for name in ["b", "c"] { #expect(try await loop[name].reports("bank").isEmpty, "the copy no longer counts") }
        await loop.close()
    }
}

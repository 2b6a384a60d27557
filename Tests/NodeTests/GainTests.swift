import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Access gained inside a pool")
struct GainTests {
    /// A poller that only knows `added_after`.
    private struct Poller {
        let exchange: TestExchange
        let token: String
        var after = Tick.zero
        var ids: [String] = []

        mutating func poll(_ pool: Pool) async throws {
            var more = true
            while more {
                let page = try await exchange.node.disclosure.page(
                    Disclosure.Question(form: .objects, after: after, limit: 2, filter: ObjectFilter()),
                    of: pool,
                    to: try await exchange.session(token),
                    over: .taxii
                )
                ids += page.stored.versions.map { String($0.shownID.suffix(2)) }
                #expect(page.stored.versions.map(\.tick) == page.stored.versions.map(\.tick).sorted())
                after = page.stored.versions.last?.tick ?? after
                more = page.stored.more
            }
        }
    }

    @Test("reaches a poller that only knows added_after, once, and nothing that was lost does", arguments: Engine.both)
    func resumed(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let ann = try await exchange.join("ann")
        var bob = Poller(exchange: exchange, token: try await exchange.join("bob", roles: [.reader]))
        let pool = try await exchange.pool("open", .open)
        let administration = exchange.node.administration
        for number in 1...3 {
            _ = try await exchange.publish([Samples.indicator(number)], to: pool, as: ann)
        }
        try await bob.poll(pool)
        #expect(bob.ids == ["01", "02", "03"])
        _ = try await administration.changeMember("bob") { $0.standing = .suspended }
        for number in 4...8 {
            _ = try await exchange.publish([Samples.indicator(number)], to: pool, as: ann)
        }
        try await bob.poll(pool)
        #expect(bob.ids.count == 3)
        // A client that goes on from what others were given meanwhile would pass them by.
        bob.after = try await exchange.database.read { try JournalRows.head($0) }
        _ = try await administration.changeMember("bob") { $0.standing = .active }
        try await bob.poll(pool)
        #expect(bob.ids == (1...8).map { "0\($0)" })
        _ = try await exchange.publish([Samples.indicator(9)], to: pool, as: ann)
        try await bob.poll(pool)
        #expect(bob.ids.last == "09")
        // From the beginning, each version is given once.
        var again = Poller(exchange: exchange, token: bob.token)
        try await again.poll(pool)
        #expect(again.ids.sorted() == (1...9).map { "0\($0)" })
        // A node that starts over the same store knows of the gains.
        let fresh = try await TestExchange.node(over: exchange.database, exchange.clock, seed: 9)
        let session = try await fresh.authentication.session(for: .bearer(bob.token), from: "x")
        let page = try await fresh.disclosure.page(
            Disclosure.Question(form: .manifest, after: .zero, limit: 100, filter: ObjectFilter()),
            of: pool,
            to: session,
            over: .taxii
        )
        #expect(page.stored.versions.map { String($0.shownID.suffix(2)) } == again.ids)
        await exchange.close()
    }

    @Test("a pool that is given back goes on where its reader stood", arguments: Engine.both)
    func enrolledAgain(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let ann = try await exchange.join("ann")
        var bob = Poller(exchange: exchange, token: try await exchange.join("bob", roles: [.reader]))
        let terms = PoolTerms(title: "P", reading: .enrolled, writing: .everyone, defaultMarking: .green)
        let pool = try await exchange.pool("closed", terms)
        let administration = exchange.node.administration
        _ = try await administration.enrol("bob", in: "closed", Enrolment(reads: true, writes: false))
        _ = try await exchange.publish([Samples.indicator(1)], to: pool, as: ann)
        try await bob.poll(pool)
        _ = try await administration.enrol("bob", in: "closed", nil)
        _ = try await exchange.publish([Samples.indicator(2)], to: pool, as: ann)
        try await bob.poll(pool)
        #expect(bob.ids == ["01"])
        bob.after = try await exchange.database.read { try JournalRows.head($0) }
        _ = try await administration.enrol("bob", in: "closed", Enrolment(reads: true, writes: false))
        try await bob.poll(pool)
        #expect(bob.ids == ["01", "02"])
        await exchange.close()
    }

    @Test("a gateway that begins gives what was released before it, once", arguments: Engine.both)
    func gatewayBegins(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let exchange = world.exchange
        let day = exchange.clock.now.advanced(by: .seconds(3_600))
        let gateway = try #require(AdvisoryExchange.gateways.all.first)
        let later = Gateway(
            name: gateway.name,
            title: gateway.title,
            about: "",
            origin: gateway.origin,
            reader: gateway.reader,
            relation: gateway.relation,
            modes: gateway.modes,
            purposes: gateway.purposes,
            from: day
        )
        let gateways = try #require(Gateways([later]))
        try await exchange.node.administration.keep(gateways)
        _ = try await world.published()
        #expect(try await world.reports("bank") == ["non-nominal"])
        let seen = try await world.head
        exchange.clock.advance(by: .seconds(3_600))
        try await exchange.node.administration.beginGateways()
        #expect(try await world.reports("bank", after: seen) == ["full"])
        let head = try await world.head
        // Neither another look, nor the same configuration at the next start, gives it again.
        try await exchange.node.administration.beginGateways()
        try await exchange.node.administration.keep(gateways)
        #expect(try await world.head == head)
        await exchange.close()
    }

    @Test("reach a poller for another purpose, too, though one for the first was given it", arguments: Engine.both)
    func purposes(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine)
        let purposes: [Purpose] = [.monitoring, .diligence]
        let token = try await world.node.administration
            .addCredential(.token, for: "bank", expires: nil, purposes: purposes).secret
        let terms = try AdvisoryTerms(
            marking: .amber,
            caveats: [.originatorControlled],
            purposes: Set(purposes)
        )
        let advisory = try await world.published(on: terms)
        func poll(_ purpose: Purpose, after tick: Tick) async throws -> [String] {
            let session = try #require(try await world.exchange.session(token ?? "").acting(for: purpose))
            let question = Disclosure.Question(form: .objects, after: tick, limit: 100, filter: ObjectFilter())
            let page = try await world.node.disclosure.page(question, of: world.pool, to: session, over: .taxii)
            return try page.stored.versions.filter { $0.shownID.hasPrefix("report--") }.map { version in
                try JSON(parsing: version.bytes).root["extensions"]?[AdvisoryExtension.id]?["rendition"]?.string ?? "?"
            }
        }
        for purpose in purposes { #expect(try await poll(purpose, after: .zero) == ["tearline"]) }
        for purpose in purposes {
            let head = try await world.head
            _ = try await world.desk.consent(
                to: .id(advisory.id),
                reader: "bank",
                for: purpose,
                .full,
                until: world.exchange.clock.now.advanced(by: .seconds(86_400)),
                by: try await world.session("customs")
            )
            #expect(try await poll(purpose, after: head).contains("full"), "\(purpose)")
        }
        await world.exchange.close()
    }
}

import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Peers")
struct PeerTests {
    /// An exchange with a principal that stands for another, and a pool.
    private static func world(_ engine: Engine) async throws -> (TestExchange, Pool) {
        let exchange = try await TestExchange(engine)
        _ = try await exchange.join("harbour", .exchange, roles: [.reporter])
        return (exchange, try await exchange.pool("warnings", .open))
    }

    private static func new(_ pool: Pool, _ direction: Agreement.Direction = .both) throws -> Administration.NewPeer {
        let shared = Agreement.SharedPool(ours: pool.id, theirs: try TestExchange.name("alerts"), direction: direction)
        return Administration.NewPeer(
            name: try TestExchange.name("harbour"),
            exchange: ID<Peer>(Samples.uuid(1)),
            publicKey: [UInt8](repeating: 7, count: 32),
            principal: "harbour",
            authorization: nil,
            terms: PeerTerms(
                root: "https://harbour.example/api/",
                agreement: Agreement(pools: [shared], ceiling: .amber, onward: true)
            )
        )
    }

    @Test(
        "the exchange's own key is the same after a restart, and another once it is rotated",
        arguments: [Engine.sqlite, .postgresql]
    )
    func ownKey(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let first = try #require(try await exchange.node.administration.ownKey())
        let again = try await TestExchange.node(over: exchange.database, exchange.clock, seed: 9)
        #expect(try await again.administration.ownKey() == first)
        let later = exchange.clock.now.advanced(by: .seconds(3_600))
        let second = try await again.administration.rotateOwnKey(from: later)
        #expect(try await again.administration.ownKey()?.id == first.id, "until then the first signs")
        exchange.clock.advance(by: .seconds(3_601))
        #expect(try await again.administration.ownKey()?.id == second.id)
        let ring = try await again.administration.keys()
        #expect(ring[first.id]?.until == second.from && ring[second.id]?.until == nil)
        _ = try await again.administration.revokeKey(second.id.text, from: nil)
        let third = try #require(try await again.administration.ownKey())
        #expect(third.id != second.id, "what is revoked signs no more")
        #expect(try await again.administration.keys()[second.id]?.revoked != nil)
        await exchange.close()
    }

    @Test("a key that is added ends the one before it, and this exchange's own is not to be added")
    func addedKeys() async throws {
        let exchange = try await TestExchange()
        let desk = exchange.node.administration
        let holder = KeyHolder.member(ID<Member>(Samples.uuid(3)), of: ID<Peer>(Samples.uuid(1)))
        func key(_ byte: UInt8, of holder: KeyHolder, from: Timestamp? = nil) -> Administration.NewKey {
            Administration.NewKey(publicKey: [UInt8](repeating: byte, count: 32), holder: holder, name: "K", from: from)
        }
        let first = try await desk.addKey(key(1, of: holder))
        #expect(first.from == Timestamp(microseconds: 0), "the first counts for what was signed before")
        let second = try await desk.addKey(key(2, of: holder))
        #expect(try await desk.keys()[first.id]?.until == second.from)
        await #expect(throws: AdministrationFault.self) { try await desk.addKey(key(2, of: holder)) }
        // It was used before it was told of; later than was told it cannot have begun.
        let used = second.from.advanced(by: .seconds(-3_600))
        #expect(try await desk.addKey(key(2, of: holder, from: used)).from == used)
        #expect(try await desk.keys()[first.id]?.until == used)
        await #expect(throws: AdministrationFault.self) {
            try await desk.addKey(key(2, of: holder, from: second.from))
        }
        await #expect(throws: AdministrationFault.self) {
            try await desk.addKey(key(3, of: .exchange(desk.exchange)))
        }
        #expect(try KeyRing(JSON(parsing: try await desk.keys().file).root) == (try await desk.keys()))
        await exchange.close()
    }

    @Test("a peer is kept with its destinations, paused, resumed and removed", arguments: [Engine.sqlite, .postgresql])
    func kept(engine: Engine) async throws {
        let (exchange, pool) = try await Self.world(engine)
        let desk = exchange.node.administration
        let made = try await desk.addPeer(try Self.new(pool))
        #expect(made.routes.map(\.destination.address.text) == ["https://harbour.example/api/collections/alerts/"])
        #expect(made.key?.publicKey == [UInt8](repeating: 7, count: 32) && made.peer.signs)
        #expect(try await desk.peers().map(\.peer) == [made.peer])
        try await desk.changePeer("harbour", .pause)
        guard case .paused(.byOperator, _) = try await desk.peer("harbour").routes[0].destination.delivery.phase else {
            Issue.record("is not paused")
            return
        }
        try await desk.changePeer("harbour", .resume)
        #expect(try await desk.peer("harbour").routes[0].destination.delivery.phase == .flowing)
        let narrowed = try await desk.changePeer("harbour") { terms in
            terms.agreement = Agreement(pools: terms.agreement.pools, ceiling: .green, onward: false)
        }
        #expect(narrowed.peer.terms.agreement.ceiling == .green)
        let shared = narrowed.peer.terms.agreement.pools
        for pools in [[], shared] {
            let changed = try await desk.changePeer("harbour") { terms in
                terms.agreement = Agreement(pools: pools, ceiling: .green, onward: false)
            }
            #expect(changed.peer.terms.agreement.pools == pools && changed.routes.count == 1)
        }
        let elsewhere = try TestExchange.name("elsewhere")
        await #expect(throws: AdministrationFault.self, "its destination leads to the other pool") {
            _ = try await desk.changePeer("harbour") { terms in
                let other = Agreement.SharedPool(ours: pool.id, theirs: elsewhere, direction: .both)
                terms.agreement = Agreement(pools: [other], ceiling: .green, onward: false)
            }
        }
        let member = try #require(desk.directory.member(named: try TestExchange.name("harbour")))
        #expect(desk.directory.pools[pool.id]?.enrolled[member.id] == Enrolment(reads: false, writes: true))
        try await desk.changePeer("harbour", .remove)
        #expect(try await desk.peers().isEmpty)
        #expect(try await desk.destinations(after: 0, upTo: 10).isEmpty)
        #expect(try await desk.keys().all.count == 2, "its key still tells who signed")
        await exchange.close()
    }

    @Test("a peer that breaks a rule is refused by the field")
    func refused() async throws {
        let (exchange, pool) = try await Self.world(.sqlite)
        let desk = exchange.node.administration
        func fault(_ change: (inout Administration.NewPeer) throws -> Void) async throws -> String {
            var new = try Self.new(pool)
            try change(&new)
            do {
                _ = try await desk.addPeer(new)
                return "-"
            } catch AdministrationFault.invalid(let field, _), AdministrationFault.taken(let field, _) {
                return field
            } catch AdministrationFault.absent(_) {
                return "absent"
            }
        }
        _ = try await exchange.join("reader", .exchange, roles: [.reader, .reporter])
        _ = try await exchange.join("bank", .bank, roles: [.reporter])
        #expect(try await fault { $0.principal = "reader" } == "principal", "it would read past the agreement")
        #expect(try await fault { $0.principal = "bank" } == "principal")
        #expect(try await fault { $0.principal = "nobody" } == "absent")
        #expect(try await fault { $0.exchange = desk.exchange } == "exchange")
        #expect(try await fault { $0.publicKey = nil } == "public")
        #expect(try await fault { $0.exchange = nil } == "public")
        #expect(try await fault { $0.terms.root = nil } == "url")
        #expect(try await fault { $0.terms.root = "http://harbour.example/" } == "url")
        #expect(try await fault { $0.terms.networks = ["lan"] } == "networks")
        #expect(try await fault { $0.terms.certificate = "/c.pem" } == "key")
        #expect(try await fault { $0.terms.authorities = "ca.pem" } == "authorities")
        let pools = try Self.new(pool).terms.agreement.pools
        #expect(
            try await fault { $0.terms.agreement = Agreement(pools: pools, ceiling: .red, onward: true) } == "ceiling"
        )
        #expect(
            try await fault { $0.terms.agreement = Agreement(pools: pools + pools, ceiling: .amber, onward: true) }
                == "pools"
        )
        let second = try await exchange.pool(
            "second",
            PoolTerms(title: "S", reading: .everyone, writing: .everyone, release: .secondPerson)
        )
        #expect(try await fault { $0.terms = try Self.new(second).terms } == "pools")
        #expect(try await fault { _ in } == "-")
        #expect(try await fault { _ in } == "name")
        await exchange.close()
    }

    @Test("what is no exchange says what it lacks")
    func ordinary() async throws {
        let (exchange, pool) = try await Self.world(.sqlite)
        var new = try Self.new(pool, .gives)
        (new.exchange, new.publicKey) = (nil, nil)
        let made = try await exchange.node.administration.addPeer(new)
        #expect(!made.peer.signs && made.key == nil)
        #expect(PeerTerms.lacking.map { $0.prefix(7) } == ["custody", "recalls", "counts:"])
        await exchange.close()
    }
}

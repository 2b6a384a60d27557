import Exchange
import Foundation
import Node
import Store
import Synchronization
import TestSupport
import Testing

@Suite("Pulling")
struct PullingTests {
    /// An exchange with an importer, a pool for lists and one for what others share.
    private struct World {
        let exchange: TestExchange
        let web = Web()
        let importer: String
        let list: Pool
        let shared: Pool
        let node: Node

        init(_ engine: Engine, wrap: (any Database) -> any Database = { $0 }) async throws {
            exchange = try await TestExchange(engine, wrap: wrap)
            importer = try await exchange.join("importer")
            list = try await exchange.node.administration.addPool(
                try TestExchange.name("list"),
                .officialList,
                PoolTerms(title: "L", reading: .everyone, writing: .everyone, defaultMarking: .clear)
            )
            shared = try await exchange.pool("shared", .open)
            node = try await TestExchange.node(over: exchange.database, exchange.clock, seed: 7, carrier: web)
        }

        func terms(_ url: String, _ pool: Pool) async throws -> SourceTerms {
            let principal = try await exchange.session(importer).principal.id
            return SourceTerms(url: url, pool: pool.id, principal: principal)
        }

        func add(
            _ kind: Source.Kind,
            _ url: String,
            to pool: Pool,
            _ change: (inout SourceTerms) -> Void = { _ in }
        ) async throws {
            var terms = try await terms(url, pool)
            change(&terms)
            _ = try await node.administration.addSource(try TestExchange.name("feed"), kind, terms)
        }

        /// Pulls what is due, on a node that may be another than the last.
        @discardableResult
        func pull(_ other: Node? = nil) async throws -> Source {
            let node = other ?? node
            try await node.live.follow()
            for source in try await node.pulling.due() { try await node.pulling.pull(source) }
            return try await source()
        }

        func source() async throws -> Source { try await node.administration.source("feed").source }

        func run(afresh: Bool = false) async throws {
            _ = try await node.administration.changeSource("feed") { $0.pull.run(afresh: afresh, at: $1) }
        }

        func quarantine() async throws -> [QuarantinedRecord] {
            try await node.administration.quarantine(of: "feed", after: .zero, upTo: 100)
        }

        /// The last versions in a pool: names, or ids of what has none, of what was not revoked.
        func held(_ pool: Pool) async throws -> [String] {
            try await exchange.node.live.follow()
            var names: [String] = []
            for version in try await exchange.all(pool, as: importer) {
                let value = try JSON(parsing: version.bytes).root
                guard value["revoked"]?.boolean != true, value["type"]?.string != "extension-definition",
                    value["identity_class"]?.string != "system"
                else { continue }
                names.append(value["name"]?.string ?? value["id"]?.string ?? "")
            }
            return names.sorted()
        }
    }

    private static func entities(_ numbers: some Sequence<Int>, _ suffix: String = "") -> String {
        numbers.map { #"{"id":"e\#($0)","schema":"Person","properties":{"name":["Name \#($0)\#(suffix)"]}}"# }
            .joined(separator: "\n")
    }

    // MARK: Lists

    @Test(
        "keeps a pool as the list is: new, changed, gone; what did not change is not read again",
        arguments: Engine.both
    )
    func list(engine: Engine) async throws {
        let world = try await World(engine)
        let url = "https://lists.example/a.jsonl"
        world.web.set(url, Self.entities(0..<30), etag: "\"1\"")
        try await world.add(.ftm, url, to: world.list) { $0.grade = Grade(code: "B2") }
        var source = try await world.pull()
        #expect(source.pull.fault == nil && source.pull.counts?.taken == 30)
        #expect(try await world.held(world.list).count == 30)
        let sample = try await world.exchange.all(world.list, as: world.importer)
            .compactMap { try JSON(parsing: $0.bytes).root["extensions"]?[ListExtension.subject] }.first
        #expect(sample?["grade"]?.string == "B2")

        #expect(try await world.pull() == source)
        world.exchange.clock.advance(by: .seconds(4_000))
        source = try await world.pull()
        #expect(world.web.asked(url) == [200, 304] && source.pull.done == world.exchange.clock.now)

        world.web.set(url, Self.entities(3..<30) + "\n" + Self.entities(30..<32, " new"), etag: "\"2\"")
        try await world.run()
        source = try await world.pull()
        #expect(source.pull.counts.map { [$0.taken, $0.revoked, $0.unchanged] } == [2, 3, 27])
        #expect(try await world.held(world.list).count == 29)
        await world.exchange.close()
    }

    @Test("takes no list that shrank much for a mass delisting, until somebody says so")
    func shrunk() async throws {
        let world = try await World(.sqlite)
        let url = "https://lists.example/a.jsonl"
        world.web.set(url, Self.entities(0..<100))
        try await world.add(.ftm, url, to: world.list)
        try await world.pull()
        world.web.set(url, Self.entities(0..<40))
        try await world.run()
        #expect(try await world.pull().pull.phase == .asking(gone: 60))
        #expect(try await world.held(world.list).count == 100)
        world.exchange.clock.advance(by: .seconds(86_400))
        #expect(try await world.node.pulling.due().isEmpty)
        // By then more is gone than was confirmed: it asks again.
        world.web.set(url, Self.entities(0..<30))
        _ = try await world.node.administration.changeSource("feed") { $0.pull.confirm(at: $1) }
        #expect(try await world.pull().pull.phase == .asking(gone: 70))
        _ = try await world.node.administration.changeSource("feed") { $0.pull.confirm(at: $1) }
        let source = try await world.pull()
        #expect(source.pull.phase == .scheduled && source.pull.counts?.revoked == 70 && source.pull.confirmed == 0)
        #expect(try await world.held(world.list).count == 30)
        await world.exchange.close()
    }

    @Test("puts what it cannot read into quarantine, revokes nothing meanwhile, and loses nothing else")
    func quarantined() async throws {
        let world = try await World(.sqlite)
        let url = "https://lists.example/a.jsonl"
        world.web.set(url, Self.entities(0..<30), etag: "\"1\"")
        try await world.add(.ftm, url, to: world.list)
        try await world.pull()
        world.web.set(url, Self.entities(2..<31) + "\n{\"broken", etag: "\"2\"")
        try await world.run()
        var source = try await world.pull()
        #expect(source.pull.counts.map { [$0.taken, $0.revoked, $0.quarantined] } == [1, 0, 1])
        let record = try #require(try await world.quarantine().first)
        #expect(record.place == "line 30" && record.bytes == Array("{\"broken".utf8))
        // A record that does not matter holds up nothing.
        try await world.node.administration.dismiss(record.number, of: "feed")
        try await world.run(afresh: true)
        source = try await world.pull()
        #expect(source.pull.counts.map { [$0.revoked, $0.quarantined] } == [2, 0])
        // Once it is mended nothing is left of it.
        world.web.set(url, Self.entities(2..<32), etag: "\"3\"")
        try await world.run()
        try await world.pull()
        #expect(try await world.quarantine().isEmpty)
        #expect(try await world.held(world.list).count == 30)
        await world.exchange.close()
    }

    @Test("reads CSV and OFAC's files of one folder; where one is new all are read")
    func files() async throws {
        let world = try await World(.sqlite)
        let base = "https://lists.example/sdn"
        func row(_ number: Int, _ name: String) -> String {
            "\(number),\"\(name)\",-0-,P,-0-,-0-,-0-,-0-,-0-,-0-,-0-,-0-"
        }
        world.web.set("\(base)/sdn.csv", row(1, "ACME") + "\n" + row(2, "OTHER"), etag: "a")
        for name in ["alt", "add", "sdn_comments"] { world.web.set("\(base)/\(name).csv", "", etag: "a") }
        try await world.add(.ofacSDN, base, to: world.list)
        #expect(try await world.pull().pull.fault == nil)
        #expect(try await world.held(world.list) == ["ACME", "OTHER"])
        world.web.set("\(base)/alt.csv", "1,1,\"aka\",\"ACME LTD\",-0-", etag: "b")
        try await world.run()
        #expect(try await world.pull().pull.counts.map { [$0.taken, $0.unchanged] } == [1, 1])
        world.web.remove("\(base)/add.csv")
        try await world.run(afresh: true)
        let failed = try await world.pull().pull
        #expect(failed.fault == "answered with status 404" && failed.failures == 1)
        await world.exchange.close()
    }

    // MARK: TAXII

    @Test(
        "takes all that a TAXII server has, whatever fails, stops or restarts in the middle",
        arguments: Engine.both,
        UInt64(0)..<6
    )
    func taxii(engine: Engine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let world = try await World(engine)
        let url = "https://taxii.example/c/"
        let start = Timestamp(microseconds: 1_700_000_000_000_000)
        world.web.serve(
            url,
            TAXIIModel(now: start, grain: 1_000, givesNext: Bool.random(using: &random), pageMax: 50)
        )
        try await world.add(.taxii, url, to: world.shared)
        var (node, count) = (world.node, 0)
        for step in 0..<25 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                for _ in 0..<Int.random(in: 1...120, using: &random) {
                    world.web.add(Samples.indicator(count + 1), to: url)
                    count += 1
                    // Without `next` a server tells no more objects of one date apart than a page has.
                    if count.isMultiple(of: 20) { world.web.pass(.milliseconds(1), at: url) }
                }
            case 2:
                world.web.fail(
                    Int.random(in: 1...3, using: &random),
                    status: [500, 404, nil].randomElement(using: &random) ?? nil
                )
            case 3:
                // Another process goes on where this one stopped, once the claim has lapsed.
                node = try await TestExchange.node(
                    over: world.exchange.database,
                    world.exchange.clock,
                    seed: seed + UInt64(step) + 20,
                    carrier: world.web
                )
                world.exchange.clock.advance(by: Pulling.claim)
            default:
                try await world.pull(node)
                world.exchange.clock.advance(by: .seconds(Int64.random(in: 0...5_000, using: &random)))
            }
            world.web.pass(.seconds(1), at: url)
        }
        world.web.fail(0, status: nil)
        world.exchange.clock.advance(by: .seconds(90_000))
        try await world.run()
        let source = try await world.pull(node)
        #expect(source.pull.fault == nil)
        let held = try await world.held(world.shared)
        #expect(held.count == count && Set(held).count == count)
        await world.exchange.close()
    }

    @Test("takes nothing stricter than the source may bring; it is taken by hand once it may")
    func ceiling() async throws {
        let world = try await World(.sqlite)
        let url = "https://taxii.example/c/"
        world.web.serve(url, TAXIIModel(now: world.exchange.clock.now, grain: 1, givesNext: true, pageMax: 100))
        world.web.add(Samples.indicator(1, marking: .green), to: url)
        world.web.add(Samples.indicator(2, marking: .amber), to: url)
        world.web.add("{\"type\":\"indicator\",\"id\":\"indicator--x\"}", to: url)
        try await world.add(.taxii, url, to: world.shared) { $0.ceiling = .green }
        let source = try await world.pull()
        #expect(source.pull.counts.map { [$0.taken, $0.quarantined] } == [1, 2])
        #expect(try await world.quarantine().map(\.form) == [.object, .object])
        #expect(try await world.quarantine()[0].reason.contains("stricter"))
        #expect(try await world.node.pulling.retry(source) == (0, 2))
        let raised = try await world.node.administration.changeSource("feed") { source, _ in
            source.terms.ceiling = .amber
        }
        #expect(try await world.node.pulling.retry(raised.source) == (1, 1))
        #expect(try await world.quarantine().map(\.place) == ["indicator--x"])
        #expect(try await world.held(world.shared).count == 2)
        await world.exchange.close()
    }

    @Test("passes what it brings on by the source's gateway alone")
    func gateway() async throws {
        let world = try await World(.sqlite)
        let gateway = Gateway(
            name: try TestExchange.name("banks"),
            title: "Banks",
            about: "",
            origin: Party(kinds: [.bank]),
            reader: Party(kinds: [.bank]),
            relation: .any,
            modes: [.published],
            purposes: [.monitoring]
        )
        let url = "https://taxii.example/c/"
        world.web.serve(url, TAXIIModel(now: world.exchange.clock.now, grain: 1, givesNext: true, pageMax: 100))
        world.web.add(Samples.indicator(1), to: url)
        await #expect(throws: AdministrationFault.self) {
            try await world.add(.taxii, url, to: world.shared) { $0.gateway = gateway.name }
        }
        try await world.node.administration.keep(try #require(Gateways([gateway])))
        try await world.node.live.follow()
        try await world.add(.taxii, url, to: world.shared) { $0.gateway = gateway.name }
        #expect(try await world.pull().pull.counts?.taken == 1)
        for (name, kind, isCovered) in [("lender", MemberKind.bank, true), ("ship", .carrier, false)] {
            let token = try await world.exchange.join(name, kind)
            try await world.exchange.node.live.follow()
            #expect(try await world.exchange.all(world.shared, as: token).count == (isCovered ? 1 : 0))
        }
        await world.exchange.close()
    }

    @Test("stops where it may no longer write, and says why; goes on when it may")
    func forbidden() async throws {
        let world = try await World(.sqlite)
        let url = "https://taxii.example/c/"
        world.web.serve(url, TAXIIModel(now: world.exchange.clock.now, grain: 1, givesNext: true, pageMax: 100))
        world.web.add(Samples.indicator(1), to: url)
        try await world.add(.taxii, url, to: world.shared)
        _ = try await world.node.administration.changePool("shared") { $0.writing = .nobody }
        var pull = try await world.pull().pull
        #expect(pull.fault?.hasPrefix("pool: ") == true && pull.failures == 1)
        _ = try await world.node.administration.changePool("shared") { $0.writing = .everyone }
        _ = try await world.node.administration.changePrincipal("importer") { $0.standing = .suspended }
        try await world.run()
        pull = try await world.pull().pull
        #expect(pull.fault?.hasPrefix("principal: ") == true && pull.failures == 2)
        _ = try await world.node.administration.changePrincipal("importer") { $0.standing = .active }
        try await world.run()
        #expect(try await world.pull().pull.fault == nil)
        #expect(try await world.held(world.shared).count == 1)
        await world.exchange.close()
    }

    // MARK: MISP

    @Test("takes in the events of a MISP feed that changed, and fetches no other")
    func misp() async throws {
        let world = try await World(.sqlite)
        let base = "https://misp.example/feed"
        func uuid(_ number: Int) -> String { "5a2b3c4d-0000-4000-8000-00000000000\(number)" }
        func event(_ number: Int, _ timestamp: Int, _ ip: String) {
            let attribute = #"{"uuid":"\#(uuid(number + 5))","type":"ip-dst","value":"\#(ip)","timestamp":1}"#
            let text = """
                {"Event":{"uuid":"\(uuid(number))","info":"Event \(number)","timestamp":"\(timestamp)",
                 "Attribute":[\(attribute)]}}
                """
            world.web.set("\(base)/\(uuid(number)).json", text)
        }
        func manifest(_ events: [(Int, Int)]) {
            let entries = events.map { "\"\(uuid($0.0))\":{\"timestamp\":\"\($0.1)\"}" }
            world.web.set("\(base)/manifest.json", "{\(entries.joined(separator: ","))}")
        }
        event(1, 100, "192.0.2.1")
        event(2, 200, "192.0.2.2")
        manifest([(1, 100), (2, 200), (3, 300)])
        world.web.set("\(base)/\(uuid(3)).json", "{}")
        try await world.add(.misp, base, to: world.shared)
        let first = try await world.pull()
        #expect(first.pull.counts.map { [$0.taken, $0.quarantined] } == [4, 1])
        event(1, 400, "192.0.2.9")
        event(3, 300, "192.0.2.3")
        manifest([(1, 400), (2, 200), (3, 300)])
        try await world.run()
        let second = try await world.pull()
        // The first event's indicator, its grouping is as it was; the third is whole.
        #expect(second.pull.counts.map { [$0.taken, $0.quarantined] } == [3, 0])
        #expect(world.web.asked("\(base)/\(uuid(2)).json") == [200])
        #expect(try await world.quarantine().isEmpty)
        await world.exchange.close()
    }

    // MARK: Stores

    @Test("is pulled by one node at a time, and given back when it is done")
    func claimed() async throws {
        let world = try await World(.postgresql)
        let url = "https://lists.example/a.jsonl"
        world.web.set(url, Self.entities(0..<3))
        try await world.add(.ftm, url, to: world.list)
        let other = try await TestExchange.node(
            over: world.exchange.database,
            world.exchange.clock,
            seed: 9,
            carrier: world.web
        )
        let source = try await world.source()
        let gate = world.web.hold()
        async let first = world.node.pulling.pull(source)
        await gate.reached()
        #expect(try await other.pulling.pull(source) == nil)
        gate.open()
        #expect(try await first?.pull.counts?.taken == 3)
        try await world.run()
        #expect(try await other.pulling.pull(try await world.source())?.pull.fault == nil)
        await world.exchange.close()
    }
}

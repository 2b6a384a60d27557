import Exchange
import Foundation
import Node
import Store
import Synchronization
import TestSupport
import Testing

enum Base64 {
    static func text(_ text: String) -> String { String(decoding: Data(base64Encoded: text) ?? Data(), as: UTF8.self) }
}

/// Destinations that are no webhooks.
@Suite("Pushing by TAXII, mail and SFTP")
struct KindsOfPushTests {
    @discardableResult
    private func push(_ node: Node) async throws -> Int {
        try await node.live.follow()
        var sent = 0
        for wave in try await node.pushing.due() { sent += await node.pushing.push(to: wave) { Issue.record($1) } }
        return sent
    }

    private func indicators(_ numbers: ClosedRange<Int>) -> [String] { numbers.map { Samples.indicator($0) } }

    // MARK: TAXII

    private struct TAXIIWorld {
        let receiver = TAXIIReceiver()
        let exchange: TestExchange
        let pool: Pool
        let ann: String
        let session: Session
        let made: DestinationDesk.Sight

        init(_ engine: Engine = .sqlite) async throws {
            exchange = try await TestExchange(engine, carrier: receiver)
            ann = try await exchange.join("ann")
            pool = try await exchange.pool("open", .open)
            session = try await exchange.session(try await exchange.join("bob"))
            let wanted = try Destination.Wanted(url: TAXIIReceiver.collection + "objects/", token: "hush-token")
            made = try await exchange.node.destinations.make(wanted, by: session)
        }

        func publish(_ numbers: ClosedRange<Int>) async throws {
            _ = try await exchange.publish(numbers.map { Samples.indicator($0) }, to: pool, as: ann)
        }

        func sight() async throws -> DestinationDesk.Sight {
            try await exchange.node.destinations.destination(made.destination.id, of: session)
        }

        func letters() async throws -> [DeadLetter] {
            try await exchange.node.destinations.deadLetters(of: made.destination.id, after: .zero, for: session)
        }
    }

    @Test("posts envelopes with the member's credential, which is kept sealed", arguments: Engine.both)
    func envelopes(engine: Engine) async throws {
        let world = try await TAXIIWorld(engine)
        #expect(world.made.secret == nil)
        #expect(
            try await world.exchange.node.destinations.ping(world.made.destination.id, by: world.session) == .accepted
        )
        try await world.publish(1...250)
        #expect(try await push(world.exchange.node) == 3)
        #expect(Set(world.receiver.ids).count == 250 && world.receiver.ids.count == 250)
        #expect(world.receiver.state.withLock { $0.authorizations } == ["Bearer hush-token"])
        guard case .taxii(_, let sealed) = try await world.sight().destination.address else {
            Issue.record("it is a TAXII collection")
            return
        }
        #expect(!String(decoding: sealed.bytes, as: UTF8.self).contains("hush"))
        await world.exchange.close()
    }

    @Test("keeps to what the server takes, and halves what it finds too large")
    func splits() async throws {
        let world = try await TAXIIWorld()
        world.receiver.state.withLock { $0.countMax = 30 }
        try await world.publish(1...100)
        try await push(world.exchange.node)
        #expect(Set(world.receiver.ids).count == 100)
        #expect(world.receiver.state.withLock { $0.envelopes.allSatisfy { $0.count < 30 } })
        // From here on it says how much, in bytes: nothing larger is even sent.
        let small = try await TAXIIWorld()
        small.receiver.state.withLock { $0.bytesMax = 4_000 }
        try await small.publish(1...100)
        try await push(small.exchange.node)
        #expect(Set(small.receiver.ids).count == 100)
        // One that alone is too large is put aside, and the next has its turn.
        small.receiver.state.withLock { $0.bytesMax = 100 }
        small.exchange.clock.advance(by: .seconds(7_200))
        try await small.publish(101...101)
        for _ in 0..<Delivery.refusalsMax {
            try await push(small.exchange.node)
            small.exchange.clock.advance(by: Delivery.waitMax)
        }
        #expect(try await small.letters().map(\.fault) == [PushFault(.status, status: 413)])
        await world.exchange.close()
        await small.exchange.close()
    }

    @Test("follows the status of what is pending, without posting it again", arguments: Engine.both)
    func pending(engine: Engine) async throws {
        let world = try await TAXIIWorld(engine)
        world.receiver.state.withLock { $0.isPending = true }
        try await world.publish(1...3)
        #expect(try await push(world.exchange.node) == 1)
        guard case .awaiting(let awaited) = try await world.sight().destination.delivery.phase else {
            Issue.record("its status is awaited")
            return
        }
        #expect(awaited.status == "0")
        try await world.publish(4...4)
        world.exchange.clock.advance(by: .seconds(60))
        try await push(world.exchange.node)
        #expect(world.receiver.state.withLock { $0.looks } == 1 && world.receiver.ids.count == 3)
        world.receiver.state.withLock { $0.isPending = false }
        world.exchange.clock.advance(by: .seconds(60))
        try await push(world.exchange.node)
        #expect(world.receiver.state.withLock { $0.envelopes.map(\.count) } == [3, 1])
        #expect(try await world.sight().destination.delivery.phase == .flowing)
        #expect(try await world.letters().isEmpty)
        await world.exchange.close()
    }

    @Test("puts aside what stays pending for too long, or what the server no longer knows")
    func forgotten() async throws {
        for knows in [true, false] {
            let world = try await TAXIIWorld()
            world.receiver.state.withLock { ($0.isPending, $0.knowsStatuses) = (true, knows) }
            try await world.publish(1...2)
            try await push(world.exchange.node)
            world.exchange.clock.advance(by: Delivery.pendingMax)
            try await push(world.exchange.node)
            let fault = knows ? PushFault(.pending) : PushFault(.status, status: 404)
            #expect(try await world.letters().map(\.fault) == [fault])
            #expect(try await world.sight().destination.delivery.phase == .flowing)
            await world.exchange.close()
        }
    }

    @Test("puts aside the objects that the server will not have; the rest is delivered")
    func failures() async throws {
        let world = try await TAXIIWorld()
        let bad = try #require(try JSON(parsing: Array(Samples.indicator(2).utf8)).root["id"]?.string)
        world.receiver.state.withLock { $0.refused = [bad] }
        try await world.publish(1...3)
        #expect(try await push(world.exchange.node) == 1)
        #expect(try await push(world.exchange.node) == 0)
        let letter = try #require(try await world.letters().first)
        #expect(try await world.letters().count == 1 && letter.fault == PushFault(.object))
        world.receiver.state.withLock { $0.refused = [] }
        let (id, desk) = (world.made.destination.id, world.exchange.node.destinations)
        #expect(try await desk.replay(letter.number, of: id, by: world.session) == .accepted)
        #expect(world.receiver.state.withLock { $0.envelopes.last } == [bad])
        #expect(try await world.letters().isEmpty)
        await world.exchange.close()
    }

    @Test("a recall passes what is pending, at once")
    func recallPasses() async throws {
        let receiver = TAXIIReceiver()
        let world = try await AdvisoryExchange(.sqlite, carrier: receiver)
        let bank = try await world.session("bank")
        let wanted = try Destination.Wanted(url: TAXIIReceiver.collection, token: "hush-token")
        let made = try await world.node.destinations.make(wanted, by: bank).destination
        let wrong = try await world.published()
        receiver.state.withLock { $0.isPending = true }
        #expect(try await push(world.node) == 1)
        let officer = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.mistakenIdentity)), on: .id(wrong.id), by: officer)
        #expect(try await push(world.node) == 1)
        #expect(receiver.state.withLock { $0.envelopes.count == 2 && $0.looks == 0 })
        let phase = try await world.node.destinations.destination(made.id, of: bank).destination.delivery.phase
        guard case .awaiting(let awaited) = phase else {
            Issue.record("the first is still awaited")
            return
        }
        #expect(awaited.status == "0")
        await world.exchange.close()
    }

    // MARK: Mail

    private func mailExchange(_ hosts: Hosts) async throws -> (TestExchange, Session, DestinationDesk.Sight) {
        let exchange = try await TestExchange(mail: hosts, files: hosts)
        let session = try await exchange.session(try await exchange.join("bob"))
        let wanted = try Destination.Wanted(url: "mailto:desk@example.org")
        return (exchange, session, try await exchange.node.destinations.make(wanted, by: session))
    }

    private func code(in text: String) throws -> String {
        let mark = "within a day: "
        return String(
            try #require(text.split(separator: "\n").first { $0.contains(mark) }).split(separator: " ").last ?? ""
        )
    }

    @Test("mails nothing but a code until that is entered")
    func confirmation() async throws {
        let hosts = Hosts()
        let (exchange, session, made) = try await mailExchange(hosts)
        let (ann, pool) = (try await exchange.join("ann"), try await exchange.pool("open", .open))
        let (desk, id) = (exchange.node.destinations, made.destination.id)
        #expect(made.mailed == .accepted && hosts.texts.count == 1)
        _ = try await exchange.publish([Samples.indicator(1)], to: pool, as: ann)
        #expect(try await push(exchange.node) == 0)
        await #expect(throws: AdvisoryFault.self) { try await desk.change(id, .resume, by: session) }
        await #expect(throws: AdvisoryFault.self) { try await desk.confirm(id, "0000000000", by: session) }
        let code = try code(in: hosts.texts[0])
        // The test button mails it again, but nobody is mailed at will.
        for _ in 1..<MailCode.mailsPerDayMax { #expect(try await desk.ping(id, by: session) == .accepted) }
        await #expect(throws: AdvisoryFault.self) { try await desk.ping(id, by: session) }
        #expect(Set(hosts.texts.map { try? self.code(in: $0) }) == [code])
        _ = try await desk.confirm(id, code.lowercased(), by: session)
        #expect(try await push(exchange.node) == 0)
        _ = try await exchange.publish([Samples.indicator(2)], to: pool, as: ann)
        #expect(try await push(exchange.node) == 1)
        #expect(hosts.texts.last?.hasPrefix("1 new for you") == true)
        await exchange.close()
    }

    @Test("a code is worth nothing after a day")
    func lateCode() async throws {
        let hosts = Hosts()
        let (exchange, session, made) = try await mailExchange(hosts)
        exchange.clock.advance(by: MailCode.lifetime + .seconds(1))
        let code = try code(in: hosts.texts[0])
        await #expect(throws: AdvisoryFault.self) {
            try await exchange.node.destinations.confirm(made.destination.id, code, by: session)
        }
        await exchange.close()
    }

    @Test("mails content of what is CLEAR or GREEN alone, and has receipts for that alone")
    func content() async throws {
        let hosts = Hosts()
        let (exchange, session, made) = try await mailExchange(hosts)
        let (ann, desk) = (try await exchange.join("ann"), exchange.node.destinations)
        let green = try await exchange.pool("open", .open)
        var terms = PoolTerms.open
        terms.defaultMarking = .amber
        let amber = try await exchange.pool("closed", terms)
        _ = try await desk.confirm(made.destination.id, try code(in: hosts.texts[0]), by: session)
        _ = try await exchange.publish([Samples.indicator(1)], to: green, as: ann)
        _ = try await exchange.publish([Samples.indicator(2)], to: amber, as: ann)
        #expect(try await push(exchange.node) == 1)
        let text = try #require(hosts.texts.last)
        let ids = try [1, 2].map {
            try #require(try JSON(parsing: Array(Samples.indicator($0).utf8)).root["id"]?.string)
        }
        #expect(text.hasPrefix("2 new for you at the exchange.\n1 of them may not be sent by mail: sign in"))
        #expect(text.contains(ids[0]) && !text.contains(ids[1]))
        let receipts = try await exchange.database.read { connection in
            try [green, amber].map {
                try ReceiptRows.receipts(of: session.principal.number, for: $0.number, connection).map(\.channel)
            }
        }
        #expect(receipts == [[.mail], []])
        // What comes soon after goes with the next.
        _ = try await exchange.publish([Samples.indicator(3)], to: green, as: ann)
        #expect(try await push(exchange.node) == 0)
        exchange.clock.advance(by: MailDigest.interval)
        #expect(try await push(exchange.node) == 1)
        // A mailbox that is no more is not tried for ever.
        hosts.state.withLock { $0.fault = .recipientRefused(place: "x", recipient: "y", status: 550) }
        _ = try await exchange.publish([Samples.indicator(4)], to: green, as: ann)
        exchange.clock.advance(by: MailDigest.interval)
        #expect(try await push(exchange.node) == 1)
        let phase = try await desk.destination(made.destination.id, of: session).destination.delivery.phase
        #expect(phase == .paused(.gone, since: exchange.clock.now))
        await exchange.close()
    }

    @Test("mails a recall at once, without a word of what it was about")
    func recall() async throws {
        let hosts = Hosts()
        let world = try await AdvisoryExchange(.sqlite, mail: hosts)
        let bank = try await world.session("bank")
        let desk = world.node.destinations
        let made = try await desk.make(try Destination.Wanted(url: "mailto:desk@example.org"), by: bank)
        _ = try await desk.confirm(made.destination.id, try code(in: hosts.texts[0]), by: bank)
        let wrong = try await world.published()
        let report = try await world.report("bank")
        #expect(try await push(world.node) == 1)
        let officer = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.mistakenIdentity)), on: .id(wrong.id), by: officer)
        #expect(try await push(world.node) == 1)
        let text = try #require(hosts.texts.last)
        #expect(text.contains("Recalled on") && text.contains(report.text))
        await world.exchange.close()
    }

    // MARK: SFTP

    private static let hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g host"

    @Test("drops a file for each message, under the same name when it comes again")
    func drops() async throws {
        let hosts = Hosts()
        let exchange = try await TestExchange(mail: hosts, files: hosts)
        let (ann, pool) = (try await exchange.join("ann"), try await exchange.pool("open", .open))
        let session = try await exchange.session(try await exchange.join("bob"))
        let wanted = try Destination.Wanted(url: "sftp://caveat@drop.example:2222/in", hostKey: Self.hostKey)
        let made = try await exchange.node.destinations.make(wanted, by: session)
        #expect(made.key?.hasPrefix("ssh-ed25519 ") == true && made.secret == nil)
        _ = try await exchange.publish([Samples.indicator(1)], to: pool, as: ann)
        hosts.state.withLock { $0.fault = .fileRefused(place: "x", path: "y", cause: "no folder") }
        #expect(try await push(exchange.node) == 1)
        let phase = try await exchange.node.destinations.destination(made.destination.id, of: session).destination
            .delivery.phase
        guard case .retrying(1, 0, _, PushFault(.file)) = phase else {
            Issue.record("it is tried again")
            return
        }
        hosts.state.withLock { $0.fault = nil }
        exchange.clock.advance(by: Delivery.waitMax)
        #expect(try await push(exchange.node) == 1)
        let file = try #require(hosts.state.withLock { $0.files.first })
        let item = try JSON(parsing: file.bytes).root["data"]?["items"]?.elements.first
        let tick = try #require(item?["tick"]?.string)
        #expect(file.name == "/in/caveat-\(tick)-\(tick).json")
        #expect(!"\(file.login)".contains("PRIVATE"))
        await exchange.close()
    }

    // MARK: Operators and looks

    @Test("an operator sees all of them, and what it paused no owner resumes")
    func operators() async throws {
        let world = try await TAXIIWorld()
        let (node, id) = (world.exchange.node, world.made.destination.id)
        let all = try await node.administration.destinations(after: 0, upTo: 10)
        #expect(all.map(\.destination.id) == [id] && all.first?.principal.name.text == "bob")
        try await node.administration.changeDestination(id.text, .pause)
        await #expect(throws: AdvisoryFault.self) { try await node.destinations.change(id, .resume, by: world.session) }
        // Nor by pausing it itself in between.
        _ = try await node.destinations.change(id, .pause, by: world.session)
        await #expect(throws: AdvisoryFault.self) { try await node.destinations.change(id, .resume, by: world.session) }
        try await world.publish(1...1)
        #expect(try await push(node) == 0)
        try await node.administration.changeDestination(id.text, .resume)
        #expect(try await push(node) == 1)
        try await node.administration.changeDestination(id.text, .remove)
        #expect(try await node.administration.destinations(after: 0, upTo: 10).isEmpty)
        await #expect(throws: AdministrationFault.self) {
            try await node.administration.changeDestination(id.text, .pause)
        }
        await world.exchange.close()
    }

    @Test("a look gives no destination without news, and reads none", arguments: Engine.both)
    func looks(engine: Engine) async throws {
        let world = try await TAXIIWorld(engine)
        let node = world.exchange.node
        for _ in 1..<Destination.countMax {
            let wanted = try Destination.Wanted(url: TAXIIReceiver.collection, token: "hush-token")
            _ = try await node.destinations.make(wanted, by: world.session)
        }
        try await push(node)
        try await world.publish(1...1)
        #expect(try await push(node) == Destination.countMax)
        #expect(try await node.pushing.due().isEmpty)
        // What concerns no feed is no news.
        _ = try await node.destinations.change(world.made.destination.id, .pause, by: world.session)
        #expect(try await push(node) == 0)
        world.exchange.clock.advance(by: .seconds(1))
        #expect(try await node.pushing.due().isEmpty)
        try await world.publish(2...2)
        #expect(try await node.pushing.due().count == Destination.countMax - 1)
        await world.exchange.close()
    }
}

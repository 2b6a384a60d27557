import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Destinations")
struct DestinationTests {
    private static let key = Array("a key of 32 bytes, or about that".utf8)
    private static let nonce = (1...12).map { UInt8($0) }
    private static let hostKey =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"

    private func field(
        _ url: String,
        token: String? = nil,
        user: String? = nil,
        password: String? = nil,
        hostKey: String? = nil
    ) -> String? {
        do throws(PlaceFault) {
            _ = try Destination.Wanted(url: url, token: token, user: user, password: password, hostKey: hostKey)
            return nil
        } catch {
            return error.field
        }
    }

    @Test("are of the kind that their URL and what comes with it say")
    func kinds() throws {
        let taxii = "https://t.example/api/collections/91a7/"
        for url in [taxii, taxii + "objects/", String(taxii.dropLast())] {
            let wanted = try Destination.Wanted(url: url, token: "hush")
            let address = wanted.sealed(exchangeKey: Self.key, nonce: Self.nonce)
            #expect(address.kind == .taxii && address.text == taxii)
        }
        let collection = try CollectionURL(taxii)
        #expect(collection.root == "https://t.example/api/" && collection.objects == taxii + "objects/")
        #expect(collection.status("x1") == "https://t.example/api/status/x1/")
        #expect(try Destination.Wanted(url: taxii) == .webhook(try PushURL(taxii)))
        let mail = try Destination.Wanted(url: "mailto:desk@example.org")
        #expect(mail == .mail(try MailboxAddress("mailto:desk@example.org")))
        let folder = try DropFolder("sftp://me@[2001:db8::1]:2222/in/box/", hostKeys: Self.hostKey + " comment\n")
        #expect(folder.host == "[2001:db8::1]" && folder.port == 2_222 && folder.path == "/in/box")
        #expect(folder.knownHosts == "[2001:db8::1]:2222 \(Self.hostKey)\n")
        let usual = try DropFolder("sftp://me@drop.example/in", hostKeys: Self.hostKey)
        #expect(usual.port == 22 && usual.knownHosts == "drop.example \(Self.hostKey)\n")
    }

    @Test("are refused with the field and the rule")
    func refused() {
        let taxii = "https://t.example/api/collections/91a7/"
        for url in ["https://t.example/api/", "https://t.example/collections/", taxii + "x/y", taxii + "?a=b"] {
            #expect(field(url, token: "hush") == "url", "\(url)")
        }
        #expect(field(taxii, token: "two words") == "token" && field(taxii, token: "a", user: "b") == "token")
        #expect(field(taxii, token: "") == "token" && field(taxii, token: "a\r\nX: b") == "token")
        #expect(field(taxii, user: "a:b", password: "c") == "user" && field(taxii, password: "c") == "user")
        #expect(field(taxii, user: "a") == "password" && field(taxii, user: "a", password: "b\r\nX: y") == "password")
        for url in [
            "mailto:", "mailto:a", "mailto:a@b,c@d", "mailto:a@b?cc=c@d", "mailto:a@b\r\nX: y", "mailto:a%40b@c",
        ] {
            #expect(field(url) == "url", "\(url)")
        }
        #expect(
            field("mailto:a@b", token: "hush") == "token" && field("mailto:a@b", hostKey: Self.hostKey) == "host_key"
        )
        let folders = [
            "sftp://drop.example/in", "sftp://a:b@drop.example/in", "sftp://a@drop.example", "sftp://a@drop.example/",
            "sftp://a@drop.example/../in", "sftp://a@drop.example/./in", "sftp://a@drop.example/~/in",
            "sftp://a@drop.example:0/in", "sftp://a@drop.example:x/in", "sftp://a@dr op/in", "sftp://a@h/in?b",
            "sftp://a@h/in\"x", "sftp://a@b@h/in", "sftp://a@h/i%2e",
        ]
        for url in folders { #expect(field(url, hostKey: Self.hostKey) == "url", "\(url)") }
        let keys = [
            "", "drop.example \(Self.hostKey)", "ssh-ed25519 AAAA", "ssh-dss AAAAB3NzaC1kc3M=",
            "ssh-rsa \(Self.hostKey.split(separator: " ")[1])",
            Array(repeating: Self.hostKey, count: DropFolder.hostKeysMax + 1).joined(separator: "\n"),
        ]
        for key in keys { #expect(field("sftp://a@h/in", hostKey: key) == "host_key", "\(key)") }
        #expect(field("sftp://a@h/in") == "host_key" && field("sftp://a@h/in", token: "x") == "token")
    }

    @Test("keep a credential sealed: for one place, by one exchange, and out of every text")
    func sealed() throws {
        let wanted = try Destination.Wanted(
            url: "https://t.example/api/collections/1/",
            user: "me",
            password: "hush-hush"
        )
        guard case .taxii(_, let authorization) = wanted,
            case .taxii(let collection, let secret) = wanted.sealed(exchangeKey: Self.key, nonce: Self.nonce)
        else {
            Issue.record("it is a TAXII collection")
            return
        }
        let plain = "Basic " + Data("me:hush-hush".utf8).base64EncodedString()
        #expect(authorization.header == plain)
        #expect(secret.text(for: collection.text, exchangeKey: Self.key) == plain)
        #expect(secret.text(for: "https://evil.example/api/collections/1/", exchangeKey: Self.key) == nil)
        #expect(secret.text(for: collection.text, exchangeKey: Self.key.reversed()) == nil)
        #expect(SealedSecret(bytes: []).text(for: collection.text, exchangeKey: Self.key) == nil)
        for text in ["\(wanted)", String(reflecting: wanted), "\(authorization)"] {
            #expect(!text.contains("hush") && !text.contains(plain.dropFirst(6)))
        }
    }

    @Test("read what a TAXII server says became of an envelope")
    func statuses() throws {
        let items = try (1...3).map { number in
            PushMessage.Item(
                tick: Tick(microseconds: Int64(number)),
                pool: try #require(Name("warnings")),
                recall: nil,
                bytes: Array(Samples.indicator(number).utf8)
            )
        }
        let id = try #require(try JSON(parsing: items[1].bytes).root["id"]?.string)
        let version = try #require(try JSON(parsing: items[1].bytes).root["modified"]?.string)
        func answer(_ text: String) -> PushAnswer? { EnvelopeStatus(Array(text.utf8))?.answer(to: items) }
        func refused(_ ticks: Int64...) -> PushAnswer {
            .partly(refused: ticks.map { Tick(microseconds: $0) }, PushFault(.object))
        }
        #expect(answer(#"{"id":"a","status":"complete","failure_count":0}"#) == .accepted)
        #expect(answer(#"{"id":"a","status":"complete"}"#) == .accepted)
        #expect(answer(#"{"id":"a","status":"pending","failure_count":1}"#) == .pending(status: "a"))
        let one = #"{"id":"a","status":"complete","failure_count":1,"failures":[{"id":"\#(id)"VERSION}]}"#
        #expect(answer(one.replacing("VERSION", with: "")) == refused(2))
        #expect(answer(one.replacing("VERSION", with: #","version":"\#(version)""#)) == refused(2))
        // Another exchange's own words are told, and nobody else's are.
        let words = [
            ("note--1: its marking is stricter than was agreed on", PushFault.Kind.marking),
            ("object_marking_refs: TLP:AMBER is stricter than this collection takes; x", .marking),
            ("note--1: the pool is not shared", .agreement), ("note--1: it may not be passed on", .agreement),
            ("note--1: signed with key 0f, which did not count at 2026-01-01T00:00:00Z", .key),
            ("a name that nobody should see", .object),
        ]
        for (message, kind) in words {
            let told = one.replacing("VERSION", with: #","message":"\#(message)""#)
            #expect(answer(told) == .partly(refused: [Tick(microseconds: 2)], PushFault(kind)), "\(message)")
        }
        // Which failed is not said, or not of ours: then none is known to be there.
        let other = #","version":"1999-01-01T00:00:00Z""#
        #expect(answer(one.replacing("VERSION", with: other)) == refused(1, 2, 3))
        #expect(answer(#"{"id":"a","status":"complete","failure_count":2}"#) == refused(1, 2, 3))
        for text in ["", "{}", #"{"id":"a/../b","status":"pending"}"#, #"{"id":"a","status":"done"}"#, "<html>"] {
            #expect(answer(text) == nil, "\(text)")
        }
    }

    @Test("await what is pending for a while, let recalls pass it, and then put it aside")
    func awaiting() throws {
        let start = try Timestamp(parsing: "2026-01-01T00:00:00Z")
        let (end, recalls) = (Tick(microseconds: 9), Tick(microseconds: 12))
        let flowing = Delivery(cursor: Tick(microseconds: 5))
        let waits = flowing.after(.pending(status: "s"), to: .feed(through: end), at: start, chance: 0.5).delivery
        guard case .awaiting(let awaited) = waits.phase else {
            Issue.record("it is awaited")
            return
        }
        #expect(awaited.status == "s" && awaited.through == end && waits.cursor == flowing.cursor)
        #expect(!waits.isDue(at: start) && waits.isDue(at: awaited.until))
        let passed = waits.after(.accepted, to: .recalls(through: recalls), at: start, chance: 0).delivery
        #expect(passed.recalls == recalls && passed.phase == waits.phase)
        #expect(
            passed.after(.pending(status: "t"), to: .recalls(through: recalls), at: start, chance: 0).delivery == passed
        )
        let done = waits.after(look: .accepted, at: start, chance: 0)
        #expect(done.delivery == Delivery(cursor: end) && done.deadLetter == nil)
        let still = waits.after(look: .pending(status: "s"), at: start, chance: 1)
        #expect(still.deadLetter == nil && still.delivery.isDue(at: start.advanced(by: .seconds(8))))
        let late = start.advanced(by: Delivery.pendingMax)
        #expect(waits.after(look: .pending(status: "s"), at: late, chance: 0).deadLetter == PushFault(.pending))
        #expect(waits.resumed() == waits && waits.circuit(at: start) == .closed)
        // Paused meanwhile, it is sent again.
        #expect(waits.paused(at: start).after(look: .accepted, at: start, chance: 0).delivery.cursor == flowing.cursor)
    }

    // MARK: Mail

    @Test("mail shows what is CLEAR or GREEN and no further restricted, and nothing else", arguments: TLP.allCases)
    func mayShow(marking: TLP) {
        let pool = ID<Pool>(Samples.uuid(1))
        #expect(MailDigest.mayShow(Label(pool: pool, marking: marking, scope: nil)) == (marking <= .green))
        let scope = Label.Scope(originator: ID(Samples.uuid(2)), author: nil, addressees: [])
        #expect(!MailDigest.mayShow(Label(pool: pool, marking: marking, scope: scope)))
        #expect(!MailDigest.mayShow(Label(pool: pool, marking: marking, scope: nil, cohort: 1)))
        var terms = Label.Terms(
            ID(Samples.uuid(3)),
            originator: ID(Samples.uuid(2)),
            origin: GatewayParty(kind: .customs, jurisdiction: "NL", holds: [:]),
            .full,
            of: [.full]
        )
        func shows(_ terms: Label.Terms) -> Bool {
            MailDigest.mayShow(Label(pool: pool, marking: marking, scope: nil, terms: terms))
        }
        #expect(shows(terms) == (marking <= .green))
        terms.caveats = [.noOnward]
        #expect(!shows(terms))
        terms.caveats = []
        terms.compartment = Name("amber-room")
        #expect(!shows(terms))
    }

    @Test("mail says of what may not be shown only that it is there")
    func digest() throws {
        let pool = try #require(Name("warnings"))
        let shown = Array(#"{"type":"indicator","id":"indicator--1","name":"A\u001b[2Jb","pattern":"p"}"#.utf8)
        let recall = PushMessage.Recall(
            report: "report--1",
            recalled: try Timestamp(parsing: "2026-01-01T00:00:00Z"),
            due: try Timestamp(parsing: "2026-01-02T00:00:00Z")
        )
        let items = [
            PushMessage.Item(tick: Tick(microseconds: 1), pool: pool, recall: nil, bytes: shown),
            PushMessage.Item(tick: Tick(microseconds: 2), pool: pool, recall: recall, bytes: []),
        ]
        let digest = MailDigest(try #require(PushMessage(items, isUrgent: false)))
        #expect(digest.subject == "Caveat: 1 recalled, to be acknowledged")
        #expect(digest.text.contains("1 of them may not be sent by mail"))
        #expect(digest.text.contains("A [2Jb") && !digest.text.contains("\u{1B}"))
        #expect(digest.text.contains("Recalled on 2026-01-01T00:00:00.000000Z: report--1"))
        let now = try Timestamp(parsing: "2026-11-26T16:12:22Z")
        let message = digest.message(from: "caveat@example.com", to: "desk@example.org", id: "msg_1", at: now)
        let lines = String(decoding: message, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.contains("Date: Thu, 26 Nov 2026 16:12:22 +0000"))
        #expect(lines.contains("Message-ID: <msg_1@example.com>") && lines.allSatisfy { $0.utf8.count <= 78 })
        var mail = Mail(host: "h", sender: "a@b", recipients: ["c@d"], message: message)
        mail.port = 25
        try mail.check()
    }

    @Test("a mailbox is confirmed by its own code alone, however it is written")
    func codes() {
        let (one, other) = (ID<Destination>(Samples.uuid(1)), ID<Destination>(Samples.uuid(2)))
        let code = MailCode(of: one, exchangeKey: Self.key)
        #expect(code.text.count == 10 && code.matches(code.text.lowercased()) && code.matches(" \(code.text)\n"))
        #expect(!code.matches("") && !code.matches(MailCode(of: other, exchangeKey: Self.key).text))
        #expect(code != MailCode(of: one, exchangeKey: Self.key.reversed()))
    }
}

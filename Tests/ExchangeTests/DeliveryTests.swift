import Crypto
import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Deliveries")
struct DeliveryTests {
    private static let start = Timestamp(microseconds: 1_000_000_000)

    /// An answer, and the least that it makes the next attempt wait.
    private static func answer(_ random: inout SplitMix64) -> PushAnswer {
        switch Int.random(in: 0..<8, using: &random) {
        case 0..<3: .accepted
        case 3: .init(status: 422, retryAfter: nil)
        case 4: .init(status: 503, retryAfter: "\(Int.random(in: 0..<200_000, using: &random))")
        case 5: .init(.timedOut(place: "there", limit: .seconds(1)))
        case 6: .init(status: 500, retryAfter: nil)
        default: .init(status: 401, retryAfter: "soon")
        }
    }

    @Test("pass over nothing but what was accepted or put aside, whatever is answered", arguments: UInt64(0)..<64)
    func complete(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var (delivery, now) = (Delivery(cursor: .zero), Self.start)
        var (accepted, aside): (Set<Int64>, Set<Int64>) = ([], [])
        var refusals = 0
        for _ in 0..<2_000 {
            let next = delivery.cursor.microseconds + 1
            let answer = Self.answer(&random)
            let chance = Double.random(in: 0...1, using: &random)
            let before = delivery
            let step = before.after(answer, to: .feed(through: Tick(microseconds: next)), at: now, chance: chance)
            delivery = step.delivery
            if case .accepted = answer { accepted.insert(next) }
            if case .refused = answer { refusals += 1 }
            if step.deadLetter != nil {
                #expect(refusals == Delivery.refusalsMax)
                aside.insert(next)
            }
            if delivery.cursor > before.cursor { refusals = 0 }
            #expect(delivery.cursor.microseconds == next || delivery.cursor == before.cursor)
            #expect((delivery.phase == .flowing) == (delivery.cursor > before.cursor))
            guard case .retrying(let failures, _, let until, _) = delivery.phase else { continue }
            #expect(until >= now && until <= now.advanced(by: max(Delivery.waitMax, Delivery.askedWaitMax)))
            #expect(delivery.isDue(at: until) && (until == now || !delivery.isDue(at: now)))
            let isOpen = failures >= Delivery.failuresToOpen
            #expect(delivery.circuit(at: until) == (isOpen ? .halfOpen : .closed))
            if until > now { #expect(delivery.circuit(at: now) == (isOpen ? .open : .closed)) }
            now = until
        }
        #expect(accepted.isDisjoint(with: aside))
        #expect(accepted.union(aside) == Set(1...max(delivery.cursor.microseconds, 1)))
        #expect(!accepted.isEmpty && !aside.isEmpty)
    }

    @Test("wait with full jitter, doubling from 4 s to an hour, and as long as the receiver asks")
    func waits() throws {
        func wait(_ failures: Int, asked: String? = nil, chance: Double) throws -> Duration {
            var delivery = Delivery(cursor: .zero)
            for _ in 0..<failures {
                let answer = PushAnswer(status: 503, retryAfter: asked)
                delivery = delivery.after(answer, to: .feed(through: .zero), at: Self.start, chance: chance).delivery
            }
            guard case .retrying(_, _, let until, _) = delivery.phase else { throw Missing() }
            return .nanoseconds(until.nanoseconds - Self.start.nanoseconds)
        }
        #expect(
            try (1...12).map { try wait($0, chance: 1) }
                == [
                    4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600,
                ].map { .seconds($0) }
        )
        #expect(try wait(3, chance: 0.5) == .seconds(8))
        #expect(try wait(9, chance: 0) == .zero)
        #expect(try wait(1, asked: "120", chance: 0.5) == .seconds(120))
        #expect(try wait(9, asked: "1", chance: 1) == .seconds(1_024))
        #expect(try wait(1, asked: "999999", chance: 0) == Delivery.askedWaitMax)
        #expect(try wait(1, asked: "-5", chance: 0) == .zero)
    }

    private struct Missing: Error {}

    @Test("that are paused stay so, and go on where they stopped")
    func pause() {
        let reach = PushMessage.Reach.feed(through: Tick(microseconds: 9))
        let paused = Delivery(cursor: Tick(microseconds: 4)).paused(at: Self.start)
        #expect(!paused.isDue(at: .init(nanoseconds: .max)))
        // What was under way when it was paused still counts.
        let late = paused.after(.accepted, to: reach, at: Self.start, chance: 1).delivery
        #expect(late.cursor == Tick(microseconds: 9) && late.phase == paused.phase)
        let failed = paused.after(.failed(PushFault(.slow), wait: nil), to: reach, at: Self.start, chance: 1).delivery
        #expect(failed == paused && failed.resumed().cursor == Tick(microseconds: 4))
        let answer = PushAnswer(status: 410, retryAfter: nil)
        let gone = Delivery(cursor: .zero).after(answer, to: reach, at: Self.start, chance: 1)
        #expect(gone.delivery.phase == .paused(.gone, since: Self.start) && gone.delivery.cursor == .zero)
        #expect(gone.delivery.resumed().isDue(at: Self.start))
    }

    @Test("bring recalls ahead of their turn without passing over what comes before them")
    func recalls() {
        let delivery = Delivery(cursor: Tick(microseconds: 4))
        let urgent = PushMessage.Reach.recalls(through: Tick(microseconds: 90))
        let ahead = delivery.after(.accepted, to: urgent, at: Self.start, chance: 1).delivery
        #expect(ahead.cursor == Tick(microseconds: 4) && ahead.recalls == Tick(microseconds: 90))
        let feed = PushMessage.Reach.feed(through: Tick(microseconds: 50))
        let next = ahead.after(.accepted, to: feed, at: Self.start, chance: 1).delivery
        #expect(next.cursor == Tick(microseconds: 50) && next.recalls == Tick(microseconds: 90))
    }

    @Test("take as much as one message may have, in order")
    func sizes() throws {
        let pool = try #require(Name("warnings"))
        func items(_ count: Int, bytes: Int) -> [PushMessage.Item] {
            (1...count).map { number in
                PushMessage.Item(
                    tick: Tick(microseconds: Int64(number)),
                    pool: pool,
                    recall: nil,
                    bytes: Array(repeating: UInt8(ascii: "1"), count: bytes)
                )
            }
        }
        #expect(PushMessage([], isUrgent: false) == nil)
        let many = try #require(PushMessage(items(150, bytes: 10), isUrgent: false))
        #expect(many.items.count == PushMessage.itemsMax)
        #expect(many.reach == .feed(through: Tick(microseconds: Int64(PushMessage.itemsMax))))
        let large = try #require(PushMessage(items(9, bytes: PushMessage.bytesMax / 3), isUrgent: true))
        #expect(large.items.count == 3 && large.reach == .recalls(through: Tick(microseconds: 3)))
        #expect(PushMessage(items(2, bytes: PushMessage.bytesMax + 1), isUrgent: false)?.items.count == 1)
        let body = try JSON(parsing: many.body(at: Self.start)).root
        #expect(
            body["data"]?["items"]?.elements.count == PushMessage.itemsMax && body["type"]?.string == "feed.objects"
        )
    }

    @Test("are signed as Standard Webhooks has it, by two secrets while one follows the other")
    func signatures() throws {
        let id = ID<Destination>(Samples.uuid(7))
        var destination = Destination(
            id: id,
            number: 1,
            credential: ID(Samples.uuid(8)),
            purpose: .monitoring,
            address: .webhook(try PushURL("https://hooks.example.org/in")),
            delivery: Delivery(cursor: .zero)
        )
        let key = Array("a key of 32 bytes, or about that".utf8)
        let first = try #require(destination.secrets(at: Self.start, exchangeKey: key).first)
        #expect(first.text.hasPrefix("whsec_"))
        let raw = try #require(Data(base64Encoded: String(first.text.dropFirst(6))))
        #expect(raw.count == 32)
        let body = Array("{}".utf8)
        let expected = HMAC<SHA256>.authenticationCode(for: Data("msg_1.1000.{}".utf8), using: SymmetricKey(data: raw))
        #expect(first.signature(of: body, id: "msg_1", at: Self.start) == "v1," + Data(expected).base64EncodedString())
        destination.rotate(at: Self.start)
        let both = destination.secrets(at: Self.start.advanced(by: .seconds(60)), exchangeKey: key)
        #expect(both.count == 2 && both.last?.text == first.text && both.first?.text != first.text)
        let after = destination.secrets(at: Self.start.advanced(by: WebhookSecret.overlap), exchangeKey: key)
        #expect(after.map(\.text) == [both[0].text])
        #expect(WebhookSecret(of: ID(Samples.uuid(9)), generation: 1, exchangeKey: key).text != first.text)
    }

    @Test("go to https alone, but for addresses of the exchange's own host")
    func urls() {
        let taken = ["https://h.example", "https://h.example:8443/a?b=c", "http://127.0.0.1:9/x", "http://[::1]/x"]
        for text in taken { #expect((try? PushURL(text))?.text == text) }
        let refused = [
            "", "ftp://h", "http://h.example/", "http://127.0.0.1.example/", "http://127.0.0.1:x@h/", "https://",
            "https://a:b@h/", "https://h/#x", "https://h /", "https://h\\@e/", "https://é.example", "HTTPS://h",
            "https://" + String(repeating: "a", count: PushURL.charactersMax),
        ]
        for text in refused { #expect(throws: PlaceFault.self, "\(text)") { try PushURL(text) } }
    }
}

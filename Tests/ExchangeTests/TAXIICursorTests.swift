import Exchange
import TestSupport
import Testing

@Suite("TAXIICursor")
struct TAXIICursorTests {
    private static let start = Timestamp(microseconds: 1_790_000_000_000_000)
    private static let overlap: Int64 = 30

    /// Pulls until nothing more follows, or for so many pages.
    private static func pull(
        _ cursor: inout TAXIICursor,
        _ server: TAXIIModel,
        pages: Int = .max,
        at now: Timestamp = start,
        into taken: inout [String]
    ) throws -> Bool {
        for _ in 0..<pages {
            let (objects, page) = server.page(cursor.query(since: nil, overlap: overlap))
            taken += objects
            guard try cursor.take(page, since: nil, overlap: overlap, at: now) else { return true }
        }
        return false
    }

    @Test(
        "misses nothing of a server whose dates tie, come late, and whose clock is set back",
        arguments: UInt64(0)..<300
    )
    func complete(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let givesNext = Bool.random(using: &random)
        var server = TAXIIModel(
            now: Self.start.advanced(by: .seconds(Int64.random(in: -40_000...40_000, using: &random))),
            grain: givesNext ? [1, 1_000, 1_000_000, 60_000_000].randomElement(using: &random) ?? 1 : 1_000,
            givesNext: givesNext,
            pageMax: Int.random(in: 4...9, using: &random)
        )
        var ours = Self.start
        var cursor = TAXIICursor()
        var (added, taken): ([String], [String]) = ([], [])
        func pass(_ duration: Duration) {
            ours = ours.advanced(by: duration)
            server.now = server.now.advanced(by: duration)
        }
        var isSet = false
        for step in 0..<40 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0 where !isSet, 1 where !isSet:
                // Once between two looks: back and forth cannot be seen.
                server.now = server.now.advanced(by: .seconds(Int64.random(in: -20_000...20_000, using: &random)))
                isSet = true
            case 2...5:
                // Up to three at the very same time; a server without `next` tells no more than a page of them apart.
                for number in 0..<Int.random(in: 1...3, using: &random) {
                    let late = Duration.seconds(Int64.random(in: 0..<Self.overlap - 3, using: &random))
                    server.add(
                        "\(step)-\(number)",
                        late: Bool.random(using: &random) || server.grain > 1_000_000 ? .zero : late
                    )
                    added.append("\(step)-\(number)")
                }
            default:
                // It may stop in the middle, and goes on there.
                let pages = Bool.random(using: &random) ? .max : Int.random(in: 1...2, using: &random)
                let isDone = try Self.pull(&cursor, server, pages: pages, at: ours, into: &taken)
                #expect(isDone != cursor.isUnderWay)
                isSet = false
            }
            pass(.milliseconds(Int64.random(in: 1...600_000, using: &random)))
        }
        for _ in 0..<3 {
            #expect(try Self.pull(&cursor, server, at: ours, into: &taken))
            pass(.seconds(60))
        }
        #expect(Set(taken) == Set(added))
    }

    @Test("reads more of a date at once where a server gives no next, and says so where that is not enough")
    func tied() throws {
        for (count, pageMax, isRead) in [(2_500, 16_000, true), (40_000, 16_000, false), (20, 10, false)] {
            var server = TAXIIModel(now: Self.start, grain: 1, givesNext: false, pageMax: pageMax)
            for number in 0..<count { server.add("\(number)") }
            server.now = Self.start.advanced(by: .seconds(5))
            server.add("last")
            var cursor = TAXIICursor()
            var taken: [String] = []
            if isRead {
                #expect(try Self.pull(&cursor, server, into: &taken))
                #expect(Set(taken).count == count + 1)
            } else {
                #expect(throws: TAXIICursor.Fault.tied(limit: TAXIICursor.limitMax)) {
                    _ = try Self.pull(&cursor, server, into: &taken)
                }
            }
        }
    }

    @Test("reads little again of a server that is well, and nothing that was added before")
    func economical() throws {
        var server = TAXIIModel(now: Self.start, grain: 1, givesNext: true, pageMax: 100)
        for number in 0..<1_000 {
            server.add("\(number)")
            server.now = server.now.advanced(by: .seconds(1))
        }
        var cursor = TAXIICursor()
        var taken: [String] = []
        #expect(try Self.pull(&cursor, server, into: &taken))
        #expect(taken.count == 1_000)
        server.add("new")
        #expect(try Self.pull(&cursor, server, into: &taken))
        #expect(taken.count <= 1_000 + Int(Self.overlap) + 1)
        var later = TAXIICursor()
        let since = Self.start.advanced(by: .milliseconds(989_500))
        let (objects, _) = server.page(later.query(since: since, overlap: Self.overlap))
        #expect(objects.count == 11)
        _ = try later.take(server.page([]).page, since: since, overlap: Self.overlap, at: Self.start)
    }

    @Test("begins anew from what was read where a server forgot its next, and stops where it stands still")
    func restarted() throws {
        var cursor = TAXIICursor()
        let hasNothing = !cursor.restart(overlap: Self.overlap)
        let page = TAXIICursor.Page(count: 5, more: true, next: "x", last: Self.start, clock: nil)
        let more = try cursor.take(page, since: nil, overlap: Self.overlap, at: Self.start)
        #expect(hasNothing && more)
        #expect(cursor.query(since: nil, overlap: Self.overlap).contains { $0 == ("next", "x") })
        var anew = cursor
        let isRestarted = anew.restart(overlap: Self.overlap)
        let query = anew.query(since: nil, overlap: Self.overlap)
        let before = Self.start.advanced(by: .seconds(-Self.overlap)).text
        #expect(
            isRestarted && query.contains { $0 == ("added_after", before) } && !query.contains { $0.name == "next" }
        )
        let same = TAXIICursor.Page(count: 0, more: true, next: "x", last: nil, clock: nil)
        #expect(throws: TAXIICursor.Fault.standing) {
            _ = try cursor.take(same, since: nil, overlap: Self.overlap, at: Self.start)
        }
    }

    @Test("reads the date of a header field")
    func date() {
        #expect(Timestamp(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT")?.text == "1994-11-06T08:49:37.000000Z")
        for text in ["", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT"]
        {
            #expect(Timestamp(httpDate: text) == nil)
        }
    }
}

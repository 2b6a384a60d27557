import Exchange
import Foundation
import Node
import Screening
import Store
import StoreSQLite
import TestSupport
import Testing

@Suite("Watch lists")
struct WatchTests {
    @Test(
        "tell once of what is released, by destinations and when asked, with a receipt, and of its recall",
        arguments: Engine.both
    )
    func told(engine: Engine) async throws {
        let world = try await WatchWorld(engine)
        _ = try await world.subscribe()
        let rows = [WatchWorld.row("C-1"), WatchWorld.row("C-2", "Bartholomew Quigg")]
        #expect(try await world.upload(rows).added == 2)
        try await world.pass()
        #expect(world.notices().isEmpty)
        #expect(try await world.lines().isEmpty)
        world.exchange.clock.advance(by: .seconds(1))
        let advisory = try await world.world.published()
        try await world.pass()
        let notice = try #require(world.notices().first)
        #expect(world.notices().count == 1)
        #expect(notice.contains(#""list":"customers","#) && notice.contains(#""reference":"C-1","#))
        #expect(notice.contains(#""advisory":"report--"#) && notice.contains(#""pool":"warnings""#))
        #expect(!notice.contains("Tamsin"))
        let told = try #require(try await world.hits().first)
        guard case .known(let hit) = told.standing else { throw Missing() }
        #expect(told.row == rows[0] && hit.score >= WatchDesk.threshold)
        #expect(hit.advisory?.reference == advisory.reference)
        #expect(hit.explanation?.sentence.contains("Tamsin") == true)
        // The same again tells nobody again, on no node and after no restart.
        world.exchange.clock.advance(by: .seconds(1))
        #expect(try await world.upload(rows, as: "u2").same == 2)
        try await world.pass()
        try await world.pass(try await world.another())
        #expect(world.notices().count == 1)
        #expect(try await world.hits().count == 1)
        let customs = try await world.session("customs")
        let sights = try await world.world.desk.sights(of: .id(advisory.id), for: customs, upTo: 10).sights
        #expect(Set(sights.map(\.receipt.channel)) == [.webhook, .screening])
        _ = try await world.world.desk.act(.action(.recall(.mistakenIdentity)), on: .id(advisory.id), by: customs)
        try await world.pass()
        let lines = try await world.lines()
        #expect(lines.count == 1 && lines[0].hasPrefix("C-1 recalled report--"))
        #expect(world.notices().count == 1)
        await world.exchange.close()
    }

    private struct Missing: Error {}

    @Test("are compared with what is known already, and once more where a row changes", arguments: Engine.both)
    func uploaded(engine: Engine) async throws {
        let world = try await WatchWorld(engine)
        _ = try await world.subscribe()
        _ = try await world.world.published()
        try await world.upload([WatchWorld.row("C-1"), WatchWorld.row("C-2", "Bartholomew Quigg")])
        let before = try await world.node.watch.list(Samples.name("customers"), for: try await world.session())
        #expect((before.rows, before.matched) == (2, 0))
        try await world.pass()
        let after = try await world.node.watch.list(Samples.name("customers"), for: try await world.session())
        #expect((after.rows, after.matched) == (2, 2))
        #expect(world.notices().count == 1)
        world.exchange.clock.advance(by: .seconds(1))
        #expect(try await world.upload([WatchWorld.row("C-1", born: "1971-02-04")], as: "u2").changed == 1)
        try await world.pass()
        #expect(world.notices().count == 2)
        #expect(try await world.hits().count == 1)
        // What a replacement has not is gone, and so is what is removed.
        #expect(try await world.upload([WatchWorld.row("C-3")], as: "u3", others: .removed).removed == 2)
        try await world.pass()
        #expect(try await world.lines().map { $0.prefix(3) } == ["C-3"])
        let session = try await world.session()
        try await world.node.watch.remove("C-3", from: Samples.name("customers"), by: session)
        await #expect(throws: AdvisoryFault.self) {
            try await world.node.watch.remove("C-3", from: Samples.name("customers"), by: session)
        }
        try await world.pass()
        #expect(try await world.lines().isEmpty)
        try await world.node.watch.remove(Samples.name("customers"), by: session)
        await #expect(throws: AdvisoryFault.self) { try await world.lines() }
        #expect(try await Self.kept(world) == [0, 0, 0, 0, 0])
        await world.exchange.close()
    }

    /// A look first reads which lists there are, then the journal, then the versions that it matches.
    @Test("are told of what is released while another call takes them in, in the midst of a look", arguments: [2, 3])
    func meanwhile(upload: Int) async throws {
        let folder = try TemporaryFolder()
        let database = InterposedDatabase(try SQLiteDatabase(path: folder.path("watch.db"), readers: 2))
        let world = try await WatchWorld(.sqlite, over: database)
        _ = try await world.subscribe()
        try await world.upload([WatchWorld.row("K-1", "Bartholomew Quigg")], by: "carrier")
        try await world.pass()
        let customs = try await world.session("customs")
        world.exchange.clock.advance(by: .seconds(1))
        @Sendable func before(_ read: Int) {
            database.beforeNextRead {
                if read == 1 { _ = try await world.world.published() }
                guard read == upload else { return before(read + 1) }
                try await world.upload([WatchWorld.row("C-1")])
                // Whoever accepts a report has the lists taken in first.
                await #expect(throws: AdvisoryFault.self) {
                    try await world.node.reports.act(.accept(), on: ID(Samples.uuid(1)), by: customs)
                }
            }
        }
        before(1)
        try await world.pass()
        try await world.pass()
        #expect(world.notices().count == 1)
        await world.exchange.close()
    }

    /// How many rows each table has.
    private static func kept(_ world: WatchWorld) async throws -> [Int64] {
        try await world.exchange.database.read { connection in
            try ["watch_key", "watch_list", "watch_row", "watch_hit", "watch_told"].map { table in
                try connection.first("select count(*) from \(table)") { $0.integer(0) } ?? -1
            }
        }
    }

    @Test("tell once whatever commit fails, before it or after", arguments: Engine.both, FaultyDatabase.Fault.allCases)
    func faults(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        for write in 1...6 {
            let world = try await WatchWorld(engine)
            _ = try await world.subscribe()
            _ = try await world.world.published()
            let counting = FaultyDatabase(world.exchange.database, failing: fault, write: .max)
            _ = try await TestExchange.node(over: counting, world.exchange.clock)
            let faulty = FaultyDatabase(world.exchange.database, failing: fault, write: counting.writeCount + write)
            let node = try await TestExchange.node(
                over: faulty,
                world.exchange.clock,
                seed: 7,
                carrier: world.receivers
            )
            try await Self.again { try await world.upload([WatchWorld.row("C-1")], on: node) }
            try await Self.again { try await world.pass(node) }
            world.exchange.clock.advance(by: Pushing.claim)
            // Another process goes on where this one stopped.
            try await world.pass(try await world.another())
            #expect(world.notices().count == 1, "write \(write)")
            #expect(try await world.hits().count == 1, "write \(write)")
            #expect(try await Self.kept(world).prefix(4) == [1, 1, 1, 1], "write \(write)")
            await world.exchange.close()
        }
    }

    private static func again<Output>(_ act: () async throws -> Output) async throws {
        do { _ = try await act() } catch is WriteFault { _ = try await act() }
    }

    @Test("tell nothing that depends on what their reader may not see", arguments: Engine.both, [false, true])
    func unseen(engine: Engine, isEarly: Bool) async throws {
        var bodies: [[[UInt8]]] = []
        var seen: [[String]] = []
        for hasMore in [false, true] {
            let world = try await WatchWorld(engine)
            _ = try await world.subscribe()
            if isEarly { try await world.upload([WatchWorld.row("C-1")]) }
            let directory = world.node.live.directory
            let carrier = try #require(directory.member(named: Samples.name("carrier")))
            _ = try await world.world.published()
            if hasMore {
                let terms = try AdvisoryTerms(marking: .amberStrict, addressees: [carrier.identity])
                let more = try AdvisoryExchange.content("Tamsin Verloop", tearline: nil)
                _ = try await world.world.published(more, on: terms)
            }
            world.exchange.clock.advance(by: .seconds(1))
            if !isEarly { try await world.upload([WatchWorld.row("C-1")]) }
            try await world.pass()
            world.exchange.clock.advance(by: .seconds(1))
            try await world.pass()
            bodies.append(world.receivers.arrivals(at: "https://bank.example/in").map(\.body))
            seen.append(
                try await world.hits().map { told in
                    guard case .known(let hit) = told.standing else { return "recalled" }
                    return "\(told.tick) \(hit.object) \(hit.score) \(hit.explanation?.sentence ?? "")"
                }
            )
            await world.exchange.close()
        }
        #expect(bodies[0] == bodies[1])
        #expect(seen[0] == seen[1] && seen[0].count == 1)
    }

    @Test("are silent about cleared pairs until facts change, and about victims", arguments: Engine.both)
    func silent(engine: Engine) async throws {
        let world = try await WatchWorld(engine)
        _ = try await world.subscribe()
        _ = try await world.world.published()
        let bank = try await world.session()
        let row = WatchWorld.row("C-1")
        let hits = try await world.node.screening.screen([row.record], ScreeningDesk.Question(), for: bank).hits[0]
        let object = try #require(hits.first?.object)
        _ = try await world.node.screening.clear(row.record, from: object, because: "another", by: bank)
        try await world.upload([row])
        try await world.pass()
        #expect(world.notices().isEmpty)
        guard case .known(let hit)? = try await world.hits().first?.standing else { throw Missing() }
        #expect(hit.cleared?.reason == "another")
        world.exchange.clock.advance(by: .seconds(1))
        try await world.upload([WatchWorld.row("C-1", born: "1971-02-04")], as: "u2")
        try await world.pass()
        #expect(world.notices().count == 1)
        let victim = try AdvisoryContent(
            title: "Bought and sold",
            facts: "They were seen.",
            categories: [try #require(Category(rawValue: "TRF-HUM"))],
            severity: .serious,
            subjects: [
                try Subject(.person, key: "v1", properties: ["name": ["Odalys Wrenfield"]], standing: .victim)
            ],
            action: .internalOnly
        )
        _ = try await world.world.published(victim)
        try await world.upload([WatchWorld.row("C-2", "Odalys Wrenfield")], as: "u3")
        try await world.pass()
        #expect(world.notices().count == 1)
        #expect(try await world.hits().count == 1)
        await world.exchange.close()
    }

    @Test("tell a reader of what it gains sight of, and nobody of what it may not see", arguments: Engine.both)
    func gained(engine: Engine) async throws {
        let world = try await WatchWorld(engine)
        _ = try await world.subscribe()
        try await world.upload([WatchWorld.row("C-1")])
        try await world.pass()
        _ = try await world.node.administration.changePool("warnings") { $0.reading = .enrolled }
        _ = try await world.world.published()
        world.exchange.clock.advance(by: .seconds(1))
        try await world.pass()
        #expect(world.notices().isEmpty)
        #expect(try await world.lines().isEmpty)
        try await world.world.enrol("bank")
        world.exchange.clock.advance(by: .seconds(1))
        try await world.pass()
        #expect(world.notices().count == 1)
        #expect(try await world.lines().count == 1)
        // Nobody else is told of anything of it.
        await #expect(throws: AdvisoryFault.self) { try await world.lines(for: "carrier") }
        #expect(try await world.node.watch.lists(for: try await world.session("carrier")).isEmpty)
        // Nor is who may see it no more.
        try await world.world.enrol("bank", false)
        #expect(try await world.lines().isEmpty)
        await world.exchange.close()
    }

    @Test("keep nothing of a row in the open, and nothing of it that another member or exchange could read")
    func sealed() async throws {
        let world = try await WatchWorld(.sqlite)
        try await world.upload([WatchWorld.row("C-1", "Quillon Sentinelle")])
        try await world.upload([WatchWorld.row("C-1", "Quillon Sentinelle")], by: "carrier")
        let rows = try await world.exchange.database.read { connection in
            try connection.rows("select reference, content, sealed from watch_row") {
                [$0.bytes(0), $0.bytes(1), $0.bytes(2)]
            }
        }
        #expect(rows.count == 2)
        for bytes in rows.joined() {
            #expect(!String(decoding: bytes, as: UTF8.self).contains("Sentinelle"))
        }
        #expect(zip(rows[0], rows[1]).allSatisfy { $0 != $1 })
        await world.exchange.close()
    }

    @Test("name the row and the field of what does not fit, which costs no other")
    func limits() async throws {
        let world = try await WatchWorld(.sqlite)
        let long = String(repeating: "x", count: WatchDesk.referenceCharactersMax + 1)
        let large = WatchedRow(
            reference: "C-3",
            record: Record(
                id: "",
                schema: "Person",
                properties: ["name": (0..<40).map { "\($0)" + String(repeating: "y", count: 500) }]
            )
        )
        let uploaded = try await world.upload([
            WatchWorld.row("C-1"), WatchWorld.row(long), large, WatchWorld.row("a\u{202E}b"),
            WatchWorld.row("C-1", "Other"),
        ])
        #expect(uploaded.added == 1)
        #expect(uploaded.refused.map(\.place) == [1, 2, 3, 4])
        #expect(uploaded.refused.map(\.field) == ["id", "properties", "id", "id"])
        let many = (0...WatchDesk.uploadRowsMax).map { WatchWorld.row("R-\($0)") }
        await #expect(throws: AdvisoryFault.self) { try await world.upload(many) }
        for number in 1..<WatchDesk.listsMax { try await world.upload([], to: "list-\(number)") }
        await #expect(throws: AdvisoryFault.self) { try await world.upload([], to: "one-more") }
        await world.exchange.close()
    }
}

import Exchange
import Foundation
import Node
import Store
import StoreSQLite
import TestSupport
import Testing

@Suite("Erasing an advisory")
struct ErasureTests {
    private static let words = ["Verloop", "Linden", "thefts", "1971-02-04"]

    /// Amended, with another amendment begun, read by the bank and the carrier, and withdrawn or recalled.
    private func ended(_ action: AdvisoryAction, in world: AdvisoryExchange) async throws -> Advisory {
        let customs = try await world.session("customs")
        let advisory = try await world.published()
        _ = try await world.versions("bank")
        let linden = try AdvisoryExchange.content("Otto Linden")
        let amend = AdvisoryAction.amend(linden, try AdvisoryTerms(marking: .amber), what: "Verloop", why: "Linden")
        try await world.approve(try await world.desk.act(.action(amend), on: .id(advisory.id), by: customs))
        _ = try await world.desk.act(.action(.publishAmendment), on: .id(advisory.id), by: customs)
        _ = try await world.desk.act(.action(amend), on: .id(advisory.id), by: customs)
        _ = try await world.versions("carrier")
        return try await world.desk.act(.action(action), on: .id(advisory.id), by: customs)
    }

    private func leaves(_ world: AdvisoryExchange) async throws -> [Int64: [UInt8]] {
        let rows = try await world.exchange.database.read { connection in
            try connection.rows("select tick, leaf from journal where leaf is not null") {
                ($0.integer(0), $0.bytes(1))
            }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Everything that the store holds of advisories, in one text.
    private func held(_ world: AdvisoryExchange) async throws -> String {
        try await world.exchange.database.read { connection in
            let bodies = try connection.rows("select body from advisory_body") { $0.bytes(0) }
            let contents = try connection.rows("select bytes from content") { $0.bytes(0) }
            let labels = try connection.rows("select value from label") { $0.text(0) }
            return (bodies + contents).map { String(decoding: $0, as: UTF8.self) }.joined() + labels.joined()
        }
    }

    @Test(
        "leaves no word of it in the store, and the journal, the receipts and what is owed as they were",
        arguments: Engine.both,
        [AdvisoryAction.withdraw(.resolved), .recall(.mistakenIdentity)]
    )
    func wordless(engine: Engine, action: AdvisoryAction) async throws {
        let world = try await AdvisoryExchange(engine)
        let advisory = try await ended(action, in: world)
        let marks = advisory.content.subjects.flatMap(\.marks)
        let before = try await leaves(world)
        let customs = try await world.session("customs")
        let (sights, owed) = try await world.desk.sights(of: .id(advisory.id), for: customs, upTo: 100)
        let text = try await held(world)
        #expect(Self.words.allSatisfy { text.contains($0) })
        let head = try await world.head
        await #expect(throws: AdvisoryFault.self) {
            try await world.desk.act(.action(.erase(.retention)), on: .id(advisory.id), by: customs)
        }
        let lena = try await world.session("lena")
        let erased = try await world.desk.act(.action(.erase(.retention)), on: .id(advisory.id), by: lena)
        let after = try await held(world)
        for word in Self.words + marks.map(\.text) { #expect(!after.contains(word), "\(word)") }
        #expect(try await leaves(world).filter { before[$0.key] != nil } == before)
        let kept = try await world.desk.sights(of: .id(advisory.id), for: customs, upTo: 100)
        #expect(kept.sights.map(\.receipt) == sights.map(\.receipt) && kept.owed.map(\.1) == owed.map(\.1))
        #expect(erased.reference == advisory.reference && erased.stage == advisory.stage)
        #expect(try await world.desk.advisory(.id(advisory.id), for: customs) == erased)
        // Who holds it is told once that it is withdrawn, or was when it was recalled.
        let isRecalled = erased.state.name == "recalled"
        for name in ["bank", "carrier"] {
            #expect(try await world.reports(name) == ["stubx"])
            #expect(try await world.reports(name, after: head) == (isRecalled ? [] : ["stubx"]))
            let recalls = try await world.desk.recalls(for: try await world.session(name), upTo: 100)
            #expect(recalls.count == (isRecalled ? 1 : 0))
        }
        // A recall of what was erased still reaches everybody.
        if !isRecalled {
            _ = try await world.desk.act(.action(.recall(.leak)), on: .id(advisory.id), by: customs)
            #expect(try await world.desk.recalls(for: try await world.session("bank"), upTo: 100).count == 1)
            #expect(try await world.reports("bank") == ["stubx"])
        }
        await world.exchange.close()
    }

    @Test("scrubs the database file", arguments: [1, 40])
    func scrubbed(count: Int) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("kept.db")
        let database = try SQLiteDatabase(path: path, readers: 1)
        let world = try await AdvisoryExchange(.sqlite, over: database)
        for _ in 0..<count {
            let advisory = try await ended(.withdraw(.resolved), in: world)
            let lena = try await world.session("lena")
            _ = try await world.desk.act(.action(.erase(.rectification)), on: .id(advisory.id), by: lena)
        }
        try await database.scrub()
        for file in [path, path + "-wal"] {
            let bytes = try Data(contentsOf: URL(filePath: file))
            for word in Self.words { #expect(bytes.firstRange(of: Data(word.utf8)) == nil, "\(word) in \(file)") }
        }
        await database.close()
    }
}

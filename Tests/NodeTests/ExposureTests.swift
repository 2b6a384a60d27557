import Exchange
import Node
import Screening
import Store
import TestSupport
import Testing

@Suite("Exposure")
struct ExposureTests {
    /// What a report of a container counts for where so many groups watch it, and what the statement says of why.
    private static func relevance(
        _ engine: Engine,
        watching: [String],
        number: String = "MSKU0383250",
        faults: Bool = false
    ) async throws -> (Int, String) {
        let harbour = try await Harbour(engine)
        for name in watching {
            let token =
                name == "berth" ? "" : try await harbour.exchange.join(name, .bank, roles: [.reader])
            let session = name == "berth" ? try await harbour.session(name) : try await harbour.exchange.session(token)
            let row = WatchedRow(
                reference: "B-1",
                record: Record(id: "", schema: "Container", properties: ["containerNumber": [number]])
            )
            let upload = WatchDesk.Upload("u1", [0: row])
            _ = try await harbour.exchange.node.watch.upload(upload, to: Samples.name("boxes"), by: session)
        }
        _ = try await harbour.accepted("MSKU0383250")
        try await harbour.pass(days: 31)
        let line = try #require(try await harbour.statement().lines.first)
        await harbour.exchange.close()
        return (line.lot.claim.quality.relevance, line.reason?.relevance ?? "")
    }

    private static let five = (1...5).map { "bank-\($0)" }

    @Test(
        "of another group makes a report count for more, and the statement tells nothing else of it",
        arguments: Engine.both
    )
    func touched(engine: Engine) async throws {
        let (share, reason) = try await Self.relevance(engine, watching: Self.five)
        #expect(share == 1_000)
        #expect(reason == "touches a member's exposure")
    }

    @Test(
        "counts of five other groups that watch, and not the reporter's own",
        arguments: [Array(five.prefix(4)), Array(five.prefix(4)) + ["berth"]]
    )
    func few(watching: [String]) async throws {
        #expect(try await Self.relevance(.sqlite, watching: watching).0 == 300)
    }

    @Test("is none where nobody watches what a report is about")
    func none() async throws {
        let (share, reason) = try await Self.relevance(.sqlite, watching: Self.five, number: "TGHU7599330")
        #expect(share == 300)
        #expect(reason == "meets no requirement and touches no exposure")
    }
}

import Exchange
import Foundation
import Node
import Store
import TestSupport
import Testing

/// One history of everything that writes, over a store of which one commit after another fails, before or after.
///
/// Whoever is told of a failure does the same again, and in the end everything is as if nothing had failed.
@Suite("A history in which a commit fails")
struct FaultyHistoryTests {
    @Test("ends as it does without the failure", arguments: Engine.both, FaultyDatabase.Fault.allCases)
    func ends(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        let expected = try await outcome(engine, fault, failing: .max)
        #expect(expected.writes > expected.opening + 20)
        for write in (expected.opening + 1)...expected.writes {
            let found = try await outcome(engine, fault, failing: write)
            #expect(found.seen == expected.seen, "write \(write)")
        }
    }

    private func outcome(
        _ engine: Engine,
        _ fault: FaultyDatabase.Fault,
        failing write: Int
    ) async throws -> (seen: [String], opening: Int, writes: Int) {
        let made = Made()
        let exchange = try await TestExchange(engine) { made.keep(FaultyDatabase($0, failing: fault, write: write)) }
        let opening = made.database?.writeCount ?? 0
        let seen = try await History(exchange).run()
        await exchange.close()
        return (seen, opening, made.database?.writeCount ?? 0)
    }

    private final class Made {
        private(set) var database: FaultyDatabase?

        func keep(_ database: FaultyDatabase) -> FaultyDatabase {
            self.database = database
            return database
        }
    }
}

/// Members come, pools open, objects are published, versioned, approved, refused and deleted, rights change.
private struct History {
    let exchange: TestExchange
    var node: Node { exchange.node }

    init(_ exchange: TestExchange) {
        self.exchange = exchange
    }

    /// What every member sees at the end.
    func run() async throws -> [String] {
        var tokens: [String: String] = [:]
        for name in ["ann", "bob"] { tokens[name] = try await join(name) }
        tokens["eve"] = try await principal("eve", of: "ann", [.reader, .approver])
        let open = try await pool("open", .open)
        var terms = PoolTerms.open
        (terms.release, terms.reading) = (.secondPerson, .enrolled)
        let slow = try await pool("slow", terms)
        try await again {
            _ = try await node.administration.enrol("bob", in: "slow", Enrolment(reads: true, writes: false))
        }
        let (ann, eve) = (tokens["ann"] ?? "", tokens["eve"] ?? "")
        let later = "2026-02-01T00:00:00.000Z"
        try await publish([Samples.indicator(1), Samples.indicator(2, marking: .red)], to: open, as: ann)
        try await publish([Samples.indicator(1, modified: later), Samples.indicator(3)], to: open, as: ann)
        try await publish([Samples.indicator(4), Samples.indicator(5)], to: slow, as: ann)
        try await settle(.approve, as: eve)
        try await publish([Samples.indicator(6)], to: slow, as: ann)
        try await settle(.refuse(reason: "no"), as: eve)
        let session = try await exchange.session(ann)
        let id = try STIXID(parsing: "indicator--\(Samples.uuid(3).text)")
        try await again {
            let permitted = node.disclosure.permitted(in: open, for: session)
            try await node.acceptance.delete(id, nil, from: open, by: session, seeing: permitted)
        }
        try await again { _ = try await node.administration.changePool("open") { $0.ceiling = .amber } }
        try await publish([Samples.indicator(7, marking: .red), Samples.indicator(8)], to: open, as: ann)
        // Statuses are kept by their time, not by their count: none is old enough.
        try await again { try await node.statuses.forgetOld(at: exchange.clock.now) }
        var seen: [String] = []
        for name in tokens.keys.sorted() {
            for pool in [open, slow] {
                for filter in [VersionFilter.last, VersionFilter(all: true)] {
                    var versions: [PagedVersion] = []
                    try await again {
                        versions = try await exchange.all(
                            pool,
                            as: tokens[name] ?? "",
                            filter: ObjectFilter(versions: filter)
                        )
                    }
                    let texts = versions.map { "\($0.id) \($0.version)" }
                    seen.append("\(name) \(pool.name) \(filter == .last): \(texts.joined(separator: ", "))")
                }
            }
        }
        return seen
    }

    /// Does the same again when it is told that it may not have been stored; what it then finds done is done.
    private func again(_ act: () async throws -> Void) async throws {
        do {
            try await act()
        } catch AcceptanceFault.notStored {
            do { try await act() } catch AcceptanceFault.absent {}
        } catch AdministrationFault.notStored {
            do { try await act() } catch AdministrationFault.taken {}
        } catch is WriteFault {
            try await act()
        }
    }

    private func join(_ name: String) async throws -> String {
        let new = Administration.NewMember(
            name: try TestExchange.name(name),
            title: name,
            kind: .bank,
            sector: "",
            jurisdiction: "NL",
            group: nil
        )
        try await again { _ = try await node.administration.add(new) }
        return try await principal(name, of: name, [.reader, .reporter, .publisher])
    }

    private func principal(_ name: String, of member: String, _ roles: Set<Role>) async throws -> String {
        let login = try TestExchange.name(name)
        try await again { _ = try await node.administration.addPrincipal(login, of: member, roles: roles) }
        var secret: String?
        try await again { secret = try await node.administration.addCredential(.token, for: name, expires: nil).secret }
        return try #require(secret)
    }

    private func pool(_ name: String, _ terms: PoolTerms) async throws -> Pool {
        let name = try TestExchange.name(name)
        try await again { _ = try await node.administration.addPool(name, .sharing, terms) }
        return try #require(node.live.directory.pool(named: name))
    }

    private func publish(_ objects: [String], to pool: Pool, as token: String) async throws {
        try await again { _ = try await exchange.publish(objects, to: pool, as: token) }
    }

    /// What waits twice, because it was sent again, is decided twice.
    private func settle(_ decision: Acceptance.Decision, as token: String) async throws {
        let session = try await exchange.session(token)
        for waiting in try await node.statuses.waiting(for: session, upTo: 100) {
            let id = try #require(ID<StatusReport>(parsing: waiting.id))
            try await again { _ = try await node.acceptance.settle(id, decision, by: session) }
        }
    }
}

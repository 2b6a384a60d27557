import Exchange
import Node
import Store
import TestSupport
import Testing

/// An exchange with originators beside customs, and two pools: one that everybody reads, and one for those enrolled.
struct Originators {
    let world: AdvisoryExchange
    private var tokens: [String: String] = [:]

    var node: Node { world.node }
    var references: CrossReferenceDesk { world.node.references }

    init(_ engine: Engine, _ names: [String], closed: Set<String> = [], seed: UInt64 = 1) async throws {
        world = try await AdvisoryExchange(engine, seed: seed)
        let exchange = world.exchange
        _ = try await exchange.pool("closed", PoolTerms(title: "C", reading: .enrolled, writing: .enrolled))
        for name in names {
            tokens[name] = try await exchange.join(name, .customs, roles: [.reader, .publisher, .officer])
            let second = try await exchange.principal("\(name)-legal", of: name, roles: [.reader, .approver])
            tokens["\(name)-legal"] = second
            for (login, unit) in [(name, "desk"), ("\(name)-legal", "legal")] {
                _ = try await exchange.node.administration.changePrincipal(login) { $0.unit = Name(unit) }
            }
        }
        for name in closed.sorted() {
            _ = try await exchange.node.administration.enrol(name, in: "closed", Enrolment(reads: true, writes: true))
        }
    }

    func session(_ name: String, on node: Node? = nil) async throws -> Session {
        let token = tokens[name] ?? world.tokens[name] ?? ""
        return try await (node ?? self.node).authentication.session(for: .bearer(token), from: "test")
    }

    /// A published advisory about one person.
    func publish(
        _ name: String,
        born day: String = "1971-02-04",
        by originator: String,
        in pool: String = "warnings",
        on terms: AdvisoryTerms? = nil
    ) async throws -> Advisory {
        let content = try AdvisoryContent(
            title: "\(name) and the seals",
            facts: "\(name) was seen.",
            categories: [try #require(Category(rawValue: "FRD-CGO"))],
            severity: .serious,
            subjects: [
                try Subject(
                    .person,
                    key: "s1",
                    properties: ["name": [name], "birthDate": [day]],
                    standing: .suspect
                )
            ],
            action: .internalOnly
        )
        let session = try await session(originator)
        let drafted = try await world.desk.draft(
            .subject,
            content,
            on: try terms ?? AdvisoryTerms(marking: .amber),
            in: pool,
            by: session
        )
        let grade = AdvisoryAction.grade(Grade(.usually, .possible))
        let graded = try await world.desk.act(.action(grade), on: .id(drafted.id), by: session)
        let digest = try #require(graded.pending?.digest)
        let second = try await self.session("\(originator)-legal")
        _ = try await world.desk.act(.action(.approve(digest: digest)), on: .id(drafted.id), by: second)
        return try await world.desk.act(.publish, on: .id(drafted.id), by: session)
    }

    /// The links that somebody is told of.
    func links(
        _ name: String,
        of advisory: String? = nil,
        on node: Node? = nil
    ) async throws -> [CrossReferenceDesk.ToldLink] {
        let session = try await session(name, on: node)
        let desk = (node ?? self.node).references
        return try await desk.links(of: advisory, nil, from: 0, upTo: 100, for: session).shown
    }

    func clusters(_ name: String) async throws -> [[String]] {
        let page = try await references.clusters(from: 0, upTo: 100, for: try await session(name))
        return page.shown.map { $0.subjects.map(\.object) }
    }

    func judgements(_ name: String) async throws -> [CrossReferenceDesk.ToldJudgement] {
        try await references.judgements(before: .max, upTo: 100, for: try await session(name))
    }
}

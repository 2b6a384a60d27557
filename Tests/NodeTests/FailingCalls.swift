import Exchange
import Node
import Store
import TestSupport
import Testing

/// Calls over two nodes, a fifth of which fail first before or after their commit, and are made again by their key.
struct FailingCalls {
    let harbour: Harbour
    let nodes: [Node]
    /// What decides on all of it.
    var random: SplitMix64
    /// How many calls were made; each is its key.
    private(set) var made = 0

    init(_ harbour: Harbour, seed: UInt64) async throws {
        let exchange = harbour.exchange
        self.harbour = harbour
        random = SplitMix64(seed: seed)
        nodes = [
            exchange.node, try await TestExchange.node(over: exchange.database, exchange.clock, seed: 1_000 + seed),
        ]
    }

    mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func fault() -> FaultyDatabase.Fault { chance(0.5) ? .beforeCommit : .afterCommit }

    /// Does something by a key of its own, over some node, after it may have failed on another.
    /// - Returns: nil where it is refused.
    mutating func once<Output>(
        by session: Session,
        _ body: (Node, Session, KeyedCall) async throws -> Output
    ) async throws -> Output? {
        made += 1
        if chance(0.2) {
            let node = try await harbour.exchange.faulty(fault())
            _ = try? await body(node, session, node.call("\(made)", by: session, asked: []))
        }
        let node = nodes[number(0...1)]
        do {
            return try await body(node, session, node.call("\(made)", by: session, asked: []))
        } catch let fault as AdvisoryFault {
            switch fault {
            case .notNow, .invalid, .conflict, .forbidden: return nil
            default: throw fault
            }
        }
    }

    /// Reports something to customs, where it is to be committed a second after its digest was.
    mutating func report(_ content: ReportContent, isCommitted: Bool, by session: Session) async throws -> Report {
        var observed: ID<Observation>?
        if isCommitted {
            let digest = Observation.digest(of: content.facts, salt: Harbour.salt)
            observed = try await once(by: session) { try await $0.reports.observe(digest, by: $1, as: $2).id }
            // What was seen is committed before it is told.
            harbour.exchange.clock.advance(by: .seconds(1))
        }
        let made = try #require(
            try await once(by: session) { try await $0.reports.report(content, to: "customs", by: $1, as: $2) }
        )
        if let observed {
            let told = ObservedText(content.facts, content, salt: Harbour.salt)
            _ = try await once(by: session) { node, session, call in
                try await node.reports.observed(told, as: observed, in: made.id, by: session, as: call)
            }
        }
        return made
    }

    /// Has what is due done on some node, after that may have failed on others.
    mutating func elapse() async throws {
        while chance(0.3) {
            try? await harbour.exchange.faulty(fault(), write: number(1...4)).ledgers.elapse()
        }
        let ledgers = nodes[number(0...1)].ledgers
        while try await ledgers.isAnythingDue() { try await ledgers.elapse() }
    }
}

extension ReportContent {
    /// What somebody saw of a box, so many hours before.
    static func box(
        _ container: String,
        at place: String?,
        hours: Int64,
        isWanted: Bool,
        before now: Timestamp
    ) throws -> ReportContent {
        try ReportContent(
            categories: [try #require(Category(rawValue: isWanted ? "TBM-QTY" : "TBM-MIS"))],
            severity: .serious,
            seen: now.advanced(by: .seconds(-hours * 3_600)),
            place: place,
            facts: "Too heavy",
            subjects: [try Subject(.container, key: "c1", properties: ["containerNumber": [container]])]
        )
    }
}

extension Harbour {
    /// Has customs want boxes that are too heavy, for some days.
    func want(days: Int64) async throws {
        // Within the second in which the ledger's days begin.
        let until = exchange.clock.now.advanced(by: .seconds(days * 86_400 + 1))
        let wanted = Wanted(
            Samples.name("heavy"),
            about: "Boxes",
            categories: [try #require(Category(rawValue: "TBM-QTY"))],
            kinds: [],
            until: until
        )
        _ = try await exchange.node.ledgers.require(wanted, by: try await session("customs"))
        exchange.clock.advance(by: .seconds(1))
    }
}

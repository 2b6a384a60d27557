import Exchange
import Foundation
import Node
import Screening
import Store
import Synchronization
import TestSupport
import Testing

/// Customs that write advisories, and readers that watch, over whole nodes and real stores.
struct WatchWorld {
    static let name = "Tamsin Verloop"

    let world: AdvisoryExchange
    let receivers: Receivers
    var exchange: TestExchange { world.exchange }
    var node: Node { world.node }

    init(
        _ engine: Engine,
        seed: UInt64 = 1,
        over database: (any Database)? = nil,
        receivers: Receivers = Receivers()
    ) async throws {
        self.receivers = receivers
        world = try await AdvisoryExchange(engine, over: database, seed: seed, carrier: receivers)
    }

    func session(_ name: String = "bank") async throws -> Session { try await world.session(name) }

    /// Another node over the same store.
    func another(seed: UInt64 = 9) async throws -> Node {
        try await TestExchange.node(over: exchange.database, exchange.clock, seed: seed, carrier: receivers)
    }

    static func row(_ reference: String, _ name: String = name, born: String? = nil) -> WatchedRow {
        var properties = ["name": [name]]
        if let born { properties["birthDate"] = [born] }
        return WatchedRow(
            reference: reference,
            record: Record(id: reference, schema: "Person", properties: properties)
        )
    }

    @discardableResult
    func upload(
        _ rows: [WatchedRow],
        to list: String = "customers",
        as upload: String = "u1",
        others: WatchDesk.Upload.Others = .kept,
        by name: String = "bank",
        on node: Node? = nil
    ) async throws -> WatchDesk.Uploaded {
        let brought = WatchDesk.Upload(
            upload,
            Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($0.offset, $0.element) }),
            others: others
        )
        let watch = (node ?? self.node).watch
        return try await watch.upload(brought, to: Samples.name(list), by: try await session(name))
    }

    /// Has the bank's feed posted to a URL of the name.
    func subscribe(_ name: String = "bank") async throws -> Destination {
        let url = Destination.Wanted.webhook(try PushURL("https://\(name).example/in"))
        return try await node.destinations.make(url, by: try await session(name)).destination
    }

    /// Matches, and pushes what is due.
    func pass(_ node: Node? = nil) async throws {
        let node = node ?? self.node
        try await node.watch.catchUp()
        try await node.live.follow()
        let fault = Mutex<(any Error)?>(nil)
        for wave in try await node.pushing.due() {
            await node.pushing.push(to: wave) { _, error in fault.withLock { $0 = $0 ?? error } }
        }
        if let fault = fault.withLock(\.self) { throw fault }
    }

    /// The notices that arrived, without what comes twice.
    func notices(at name: String = "bank") -> [String] {
        let arrived = receivers.arrivals(at: "https://\(name).example/in").filter(\.isTaken)
        var seen: Set<String> = []
        var notices: [String] = []
        for arrival in arrived {
            for item in (try? JSON(parsing: arrival.body).root)?["data"]?["items"]?.elements ?? [] {
                guard let watch = item["watch"], seen.insert(item["tick"]?.string ?? "").inserted else { continue }
                notices.append(String(decoding: watch.compact(), as: UTF8.self))
            }
        }
        return notices
    }

    func hits(
        _ list: String = "customers",
        for name: String = "bank",
        on node: Node? = nil
    ) async throws -> [WatchDesk.Told] {
        let watch = (node ?? self.node).watch
        let before = Tick(microseconds: .max)
        return try await watch.hits(of: Samples.name(list), before: before, upTo: 100, for: try await session(name))
    }

    /// The same, each on a line.
    func lines(_ list: String = "customers", for name: String = "bank", on node: Node? = nil) async throws -> [String] {
        try await hits(list, for: name, on: node).map { told in
            switch told.standing {
            case .known(let hit): "\(told.row.reference) \(hit.object) \(hit.score)"
            case .recalled(let report, _): "\(told.row.reference) recalled \(report)"
            }
        }
    }
}

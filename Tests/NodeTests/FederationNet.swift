import Exchange
import Node
import Store
import Synchronization
import TestSupport
import Testing

/// The network between exchanges: a TAXII 2.1 server for each, which takes what is posted through its node's own door.
final class FederationNet: Carrier {
    struct State: Sendable {
        var nodes: [String: Node] = [:]
        /// Those that nobody reaches.
        var isCut: Set<String> = []
        /// What was posted to each, in order.
        var posted: [String: [[UInt8]]] = [:]
        /// Why objects were refused, by each.
        var refusals: [String: [String]] = [:]
        /// What becomes of what is posted; nil where all of it arrives.
        var chance: UInt64?
        /// Changes what goes to one before it arrives.
        var tamper: (@Sendable (_ to: String, [UInt8]) -> [UInt8])?
    }

    let state = Mutex(State())

    func perform(_ request: WebRequest) async throws(TransportFault) -> WebResponse {
        let parts = request.url.dropFirst("https://".count).split(separator: "/").map(String.init)
        let name = String(parts[0].prefix { $0 != "." })
        let (node, isCut, tamper) = state.withLock { ($0.nodes[name], $0.isCut.contains(name), $0.tamper) }
        guard let node, !isCut else { throw .unreachable(place: parts[0], cause: "cut") }
        if request.method == .get, parts.count == 2 {
            return WebResponse(status: 200, body: Array(#"{"title":"T","max_content_length":10000000}"#.utf8))
        }
        let token = request.headers.first { $0.name == "Authorization" }?.value.dropFirst("Bearer ".count) ?? ""
        let fate = state.withLock { state -> Int in
            guard let seed = state.chance else { return 5 }
            var random = SplitMix64(seed: seed)
            state.chance = random.next()
            return Int.random(in: 0..<6, using: &random)
        }
        if fate == 0 { throw .unreachable(place: parts[0], cause: "lost") }
        if fate == 1 { return WebResponse(status: 503) }
        let body = tamper?(name, request.body ?? []) ?? request.body ?? []
        state.withLock { $0.posted[name, default: []].append(body) }
        do {
            let session = try await node.authentication.session(for: .bearer(String(token)), from: "test")
            guard let pool = session.directory.pool(addressed: parts[3]) else { return WebResponse(status: 404) }
            let envelope = try Envelope(body, limits: Envelope.Limits())
            let report = try await node.acceptance.accept(envelope, to: pool, from: session)
            let reasons = (report.failures ?? []).compactMap(\.message)
            state.withLock { $0.refusals[name, default: []] += reasons }
            // It arrived, and the answer is lost.
            if fate == 2 { throw TransportFault.unreachable(place: parts[0], cause: "lost") }
            return WebResponse(status: 202, body: report.encoded())
        } catch let fault as TransportFault {
            throw fault
        } catch {
            return WebResponse(status: 503)
        }
    }

    func refusals(of name: String) -> String { state.withLock { ($0.refusals[name] ?? []).joined(separator: "\n") } }
}

/// Three exchanges in a loop, each with customs that write and a bank that reads.
struct FederationLoop {
    let net = FederationNet()
    private(set) var worlds: [String: AdvisoryExchange] = [:]
    /// What lets an exchange in at another: by who, at whom.
    private(set) var tokens: [[String]: String] = [:]
    static let names = ["a", "b", "c"]

    /// - Parameters:
    ///   - links: who gives to whom, with what was agreed on.
    init(
        _ engine: Engine,
        _ links: [(from: String, to: String)] = [("a", "b"), ("b", "c"), ("c", "a")],
        agreeing agreement: (_ from: String, _ to: String) -> (ceiling: TLP, floor: TLP, onward: Bool) = { _, _ in
            (.amber, .clear, true)
        }
    ) async throws {
        for (place, name) in Self.names.enumerated() {
            let seed = UInt64(place) + 1
            let world = try await AdvisoryExchange(engine, readers: [("bank", .bank)], seed: seed, carrier: net)
            worlds[name] = world
            net.state.withLock { $0.nodes[name] = world.node }
        }
        for name in Self.names {
            for other in Self.names where other != name {
                let gives = links.contains { $0 == (name, other) }
                let takes = links.contains { $0 == (other, name) }
                try await connect(name, other, gives: gives, takes: takes, agreement(name, other))
            }
        }
    }

    subscript(_ name: String) -> AdvisoryExchange {
        guard let world = worlds[name] else { preconditionFailure("there are a, b and c") }
        return world
    }

    private mutating func connect(
        _ name: String,
        _ other: String,
        gives: Bool,
        takes: Bool,
        _ agreed: (ceiling: TLP, floor: TLP, onward: Bool)
    ) async throws {
        let (here, there) = (self[name].node.administration, self[other].node.administration)
        // Who is let in there: whoever adds the other first makes both.
        let token = try await Self.link(name, at: self[other])
        tokens[[name, other]] = token
        let direction: Agreement.Direction = gives ? (takes ? .both : .gives) : .takes
        let shared = Agreement.SharedPool(
            ours: self[name].pool.id,
            theirs: self[other].pool.name,
            direction: direction
        )
        _ = try await Self.link(other, at: self[name])
        let agreement = Agreement(
            pools: gives || takes ? [shared] : [],
            ceiling: agreed.ceiling,
            floor: agreed.floor,
            onward: agreed.onward
        )
        _ = try await here.addPeer(
            Administration.NewPeer(
                name: try TestExchange.name(other),
                exchange: there.exchange,
                publicKey: try #require(try await there.ownKey()).publicKey,
                principal: "link-\(other)",
                authorization: try Authorization(token: token, user: nil, password: nil),
                terms: PeerTerms(root: gives || takes ? "https://\(other).example/api/" : nil, agreement: agreement)
            )
        )
    }

    /// A token that lets an exchange in at another.
    private static func link(_ name: String, at world: AdvisoryExchange) async throws -> String {
        let login = "link-\(name)"
        if world.node.administration.directory.member(named: try TestExchange.name(login)) == nil {
            return try await world.exchange.join(login, .exchange, roles: [.reporter])
        }
        return try await world.node.administration.addCredential(.token, for: login, expires: nil).secret ?? ""
    }

    /// Posts an envelope as one exchange to another, and gives why of it was refused.
    func post(_ bytes: [UInt8], from name: String, to other: String) async throws -> [String] {
        let session = try await self[other].exchange.session(tokens[[name, other]] ?? "")
        let envelope = try Envelope(bytes, limits: Envelope.Limits())
        let report = try await self[other].node.acceptance.accept(envelope, to: self[other].pool, from: session)
        return (report.failures ?? []).compactMap(\.message)
    }

    /// Pushes until nothing is under way any more.
    func settle() async throws {
        for _ in 0..<50 {
            var sent = 0
            for name in Self.names {
                let node = self[name].node
                try await node.live.follow()
                for wave in try await node.pushing.due() {
                    sent += await node.pushing.push(to: wave) { Issue.record($1) }
                }
                self[name].exchange.clock.advance(by: .milliseconds(10))
            }
            if sent == 0 { return }
        }
        Issue.record("does not settle")
    }

    func close() async {
        for name in Self.names { await self[name].exchange.close() }
    }
}

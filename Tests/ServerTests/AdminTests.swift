import Exchange
import Logging
import NIOCore
import NIOHTTP1
import Node
import StoreSQLite
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite("Administration over HTTP")
struct AdminTests {
    private static let ahead = "2027-03-01T00:00:00.000000Z"
    /// The clock stands in January 2027.
    private static let past = "2026-03-01T00:00:00Z"

    @Test("facts of a member are added with their ends, shown, and taken away")
    func facts() async throws {
        let exchange = try await AdminExchange()
        let added = try await exchange.members(
            "PATCH",
            "acme",
            #"{"add_facts":[{"fact":"notice-314b","until":"2027-03-01T01:00:00+01:00"},{"fact":"mou:harbour-watch"}]}"#
        )
        #expect(added == ["mou:harbour-watch", "notice-314b until \(Self.ahead)"])
        #expect(try await exchange.members("GET", "acme") == added)
        let held = exchange.node.administration.directory.members.values.first?.facts
        #expect(held?.count == 2 && held?.keys.contains(where: { $0.item?.text == "harbour-watch" }) == true)
        let left = try await exchange.members(
            "PATCH",
            "acme",
            #"{"add_facts":[{"fact":"notice-314b"}],"remove_facts":["mou:harbour-watch","never-there"]}"#
        )
        #expect(left == ["notice-314b"])
        #expect(try await exchange.members("PATCH", "acme", #"{"title":"Acme"}"#) == left)
        await exchange.close()
    }

    @Test(
        "facts that break a rule are refused by field and rule, and nothing is changed",
        arguments: [
            (#"{"facts":[]}"#, "facts", "is no field"),
            (#"{"add_facts":[{"fact":"Notice"}]}"#, "add_facts.fact", "kind or kind:item"),
            (#"{"add_facts":[{"fact":"a:b:c"}]}"#, "add_facts.fact", "a-z, 0-9 and -"),
            (#"{"add_facts":[{"fact":"a","til":"x"}]}"#, "add_facts.til", "is no field"),
            (#"{"add_facts":[{"until":"2027-03-01T00:00:00Z"}]}"#, "add_facts.fact", "is needed"),
            (#"{"add_facts":[{"fact":"a","until":"soon"}]}"#, "add_facts.until", "must"),
            (#"{"add_facts":[{"fact":"a","until":"\#(past)"}]}"#, "facts", "the end of a must lie in the future"),
            (#"{"add_facts":[{"fact":"a"},{"fact":"a"}]}"#, "add_facts", "once"),
            (#"{"add_facts":["a"]}"#, "add_facts", "JSON objects"), (#"{"add_facts":"a"}"#, "add_facts", "a list"),
            (#"{"remove_facts":["A"]}"#, "remove_facts", "kind or kind:item"),
            (#"{"remove_facts":[1]}"#, "remove_facts", "texts"),
            (#"{"add_facts":[{"fact":"a"}],"remove_facts":["a"]}"#, "remove_facts", "decide for one"),
        ]
    )
    func badFacts(body: String, field: String, rule: String) async throws {
        let exchange = try await AdminExchange()
        await exchange.expectRefusal(field, rule) { try await exchange.members("PATCH", "acme", body) }
        #expect(try await exchange.members("GET", "acme") == [])
        await exchange.close()
    }

    @Test("an end that has passed since it was set hinders no other change")
    func passedEnd() async throws {
        let exchange = try await AdminExchange()
        let facts = try await exchange.members(
            "PATCH",
            "acme",
            #"{"add_facts":[{"fact":"notice-314b","until":"\#(Self.ahead)"}]}"#
        )
        exchange.clock.advance(by: .seconds(100 * 86_400))
        #expect(try await exchange.members("PATCH", "acme", #"{"sector":"x"}"#) == facts)
        await exchange.close()
    }

    @Test("a principal's unit and clearances are given when it is made, and changed")
    func principals() async throws {
        let exchange = try await AdminExchange()
        let ann = try await exchange.principals(
            "POST",
            nil,
            #"{"name":"ann","member":"acme","roles":["reader"],"unit":"coast","clearances":[{"compartment":"heron"}]}"#
        )
        #expect(ann["unit"]?.string == "coast")
        #expect(AdminExchange.ends(ann["clearances"], "compartment") == ["heron"])
        let moved = try await exchange.principals(
            "PATCH",
            "ann",
            #"{"unit":null,"add_clearances":[{"compartment":"gull","until":"\#(Self.ahead)"}],"#
                + #""remove_clearances":["heron"]}"#
        )
        #expect(moved["unit"] == nil)
        #expect(AdminExchange.ends(moved["clearances"], "compartment") == ["gull until \(Self.ahead)"])
        let kept = try await exchange.principals("PATCH", "ann", #"{"roles":["officer"]}"#)
        #expect(AdminExchange.ends(kept["clearances"], "compartment") == ["gull until \(Self.ahead)"])
        for (body, field, rule) in [
            (#"{"unit":"Coast"}"#, "unit", "a-z"),
            (#"{"clearances":[]}"#, "clearances", "is no field"),
            (#"{"add_clearances":[{"compartment":"a:b"}]}"#, "add_clearances.compartment", "a-z"),
            (#"{"add_clearances":[{"compartment":"a","until":"\#(Self.past)"}]}"#, "clearances", "in the future"),
        ] {
            await exchange.expectRefusal(field, rule) { try await exchange.principals("PATCH", "ann", body) }
        }
        await exchange.close()
    }

    @Test("a credential is for what it was made for, in that order, until that is changed")
    func purposes() async throws {
        let exchange = try await AdminExchange()
        _ = try await exchange.principals("POST", nil, #"{"name":"ann","member":"acme"}"#)
        let usual = try await exchange.credentials("POST", nil, #"{"principal":"ann","type":"token"}"#)
        #expect(usual["purposes"]?.elements.map(\.string) == ["P02"])
        let made = try await exchange.credentials(
            "POST",
            nil,
            #"{"principal":"ann","type":"token","purposes":["P03","P02"]}"#
        )
        let id = try #require(made["id"]?.string)
        #expect(made["purposes"]?.elements.map(\.string) == ["P03", "P02"])
        let changed = try await exchange.credentials("PATCH", id, #"{"purposes":["P11"]}"#)
        #expect(changed["purposes"]?.elements.map(\.string) == ["P11"] && changed["expires"] == nil)
        let ended = try await exchange.credentials("PATCH", id, #"{"expires":"\#(Self.ahead)"}"#)
        #expect(ended["purposes"]?.elements.map(\.string) == ["P11"] && ended["expires"]?.string == Self.ahead)
        for (body, field, rule) in [
            (#"{"purposes":[]}"#, "purposes", "at least one"), (#"{"purposes":["P12"]}"#, "purposes", "P01, P02"),
            (#"{"purposes":["P01","P01"]}"#, "purposes", "each once"), (#"{"purposes":"P01"}"#, "purposes", "a list"),
            (#"{"expires":"\#(Self.past)"}"#, "expires", "revoke it"),
        ] {
            await exchange.expectRefusal(field, rule) { try await exchange.credentials("PATCH", id, body) }
        }
        await exchange.expectRefusal("purposes", "at least one") {
            try await exchange.credentials("POST", nil, #"{"principal":"ann","type":"token","purposes":[]}"#)
        }
        await exchange.close()
    }

    @Test("a pool ends when it was told to, until that is taken away")
    func ends() async throws {
        let exchange = try await AdminExchange()
        let made = try await exchange.pools("POST", nil, #"{"name":"heron","ends":"\#(Self.ahead)"}"#)
        #expect(made["ends"]?.string == Self.ahead)
        #expect(try await exchange.pools("PATCH", "heron", #"{"title":"H"}"#)["ends"]?.string == Self.ahead)
        await exchange.expectRefusal("ends", "suspend it") {
            try await exchange.pools("PATCH", "heron", #"{"ends":"\#(Self.past)"}"#)
        }
        await exchange.expectRefusal("ends", "in the future") {
            try await exchange.pools("POST", nil, #"{"name":"gull","ends":"\#(Self.past)"}"#)
        }
        #expect(try await exchange.pools("PATCH", "heron", #"{"ends":null}"#)["ends"] == nil)
        await exchange.close()
    }
}

/// The local administration of a node of its own with one member, `acme`.
private final class AdminExchange: Sendable {
    let node: Node
    let clock = ManualClock()
    private let server: AdminServer
    private let database: SQLiteDatabase
    private let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: folder.path("test.db"), readers: 2)
        let random = Mutex(SplitMix64(seed: 1))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        node = try await Node(
            database,
            settings: Node.Settings(),
            surroundings: Surroundings(
                clock: { [clock] in clock.now },
                randomBytes: { count in
                    random.withLock { random in (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
                },
                carrier: NoNetwork(),
                mail: NoNetwork(),
                files: NoNetwork()
            ),
            logger: logger
        )
        server = AdminServer(node, title: "Test", version: "0", logger: logger) { text throws(TermsFault) in
            throw TermsFault(key: "file", rule: "is read by the daemon")
        }
        _ = try await members("POST", nil, #"{"name":"acme","kind":"bank","jurisdiction":"NL"}"#)
    }

    func close() async { await database.close() }

    /// The facts of the member that answers.
    func members(_ method: String, _ name: String?, _ body: String = "") async throws -> [String] {
        let member = try Self.json(try await server.members(Self.call(method, name, body)))
        return Self.ends(member["facts"], "fact")
    }

    func principals(_ method: String, _ name: String?, _ body: String) async throws -> JSON.Value {
        try Self.json(try await server.principals(Self.call(method, name, body)))
    }

    func credentials(_ method: String, _ id: String?, _ body: String) async throws -> JSON.Value {
        let head = HTTPRequestHead(version: .http1_1, method: .RAW(value: method), uri: "/admin/credentials")
        let request = Request(head, body: RequestBody(source: nil, declared: nil))
        return try Self.json(try await server.credentials(Self.call(method, id, body), request))
    }

    func pools(_ method: String, _ name: String?, _ body: String) async throws -> JSON.Value {
        try Self.json(try await server.pools(Self.call(method, name, body)))
    }

    /// What has an end, as `name` or `name until time`.
    static func ends(_ list: JSON.Value?, _ key: String) -> [String] {
        (list?.elements ?? []).map { element in
            let name = element[key]?.string ?? "?"
            return element["until"]?.string.map { "\(name) until \($0)" } ?? name
        }
    }

    func expectRefusal<Output>(
        _ field: String,
        _ rule: String,
        _ call: () async throws -> Output
    ) async {
        do {
            _ = try await call()
            Issue.record("\(field) was taken")
        } catch AdministrationFault.invalid(let named, let told) {
            #expect(named == field && told.contains(rule), "\(named): \(told)")
        } catch {
            Issue.record(error)
        }
    }

    private static func call(_ method: String, _ name: String?, _ body: String) -> AdminCall {
        AdminCall(method: method, name: name, rest: [], bytes: Array(body.utf8))
    }

    private static func json(_ response: Response) throws -> JSON.Value {
        try JSON(parsing: Array(response.body.readableBytesView)).root
    }
}

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

@Suite("The OpenAPI document")
struct OpenAPITests {
    private static let document: JSON.Value? = {
        try? JSON(parsing: Array(OpenAPI.bytes.readableBytesView)).root  // Nil fails the first test.
    }()

    /// The calls that the document has, `{id}` for whatever the second word is called.
    private static let calls: Set<String> = {
        var calls: Set<String> = []
        for (path, item) in document?["paths"]?.members ?? [] {
            let words = path.split(separator: "/").map { $0.hasPrefix("{") ? RouteTable.name : String($0) }
            for (method, _) in item.members where method != "parameters" {
                calls.insert("\(method.uppercased()) \(words.joined(separator: "/"))")
            }
        }
        return calls
    }()

    @Test("is JSON, of OpenAPI 3.1, with each name that it refers to")
    func parses() throws {
        let document = try #require(Self.document)
        #expect(document["openapi"]?.string?.hasPrefix("3.1.") == true)
        func check(_ value: JSON.Value) {
            if let reference = value["$ref"]?.string {
                let parts = reference.split(separator: "/").dropFirst()
                #expect(parts.reduce(Optional(document)) { $0?[String($1)] } != nil, "\(reference)")
            }
            for (_, member) in value.members { check(member) }
            if value.kind == .array { value.elements.forEach(check) }
        }
        check(document)
    }

    @Test("has the calls that the services know, and no others")
    func complete() {
        var known: Set<String> = []
        for (words, methods) in RESTService.routes.methods {
            for method in methods { known.insert("\(method.rawValue) v1/\(words.joined(separator: "/"))") }
        }
        #expect(Self.calls == known)
    }

    /// A part of the document, where it only names another that one.
    private static func resolved(_ value: JSON.Value) -> JSON.Value {
        guard let parts = value["$ref"]?.string?.split(separator: "/").dropFirst() else { return value }
        return parts.reduce(document) { $0?[String($1)] } ?? value
    }

    @Test("has the query parameters that each call knows, and no others")
    func parameters() throws {
        for (path, item) in try #require(Self.document?["paths"]?.members) where path.hasPrefix("/v1/") {
            let words = path.split(separator: "/").dropFirst().map { $0.hasPrefix("{") ? RouteTable.name : String($0) }
            let known = RESTService.parameters[words] ?? []
            let method = item["get"] ?? (known.isEmpty ? nil : item["post"] ?? item["delete"])
            let named = (method?["parameters"]?.elements ?? []).map(Self.resolved)
                .filter { $0["in"]?.string == "query" }
            #expect(Set(named.compactMap { $0["name"]?.string }) == known, "\(path)")
        }
    }

    @Test("has what any call may be answered, and what one with a body may")
    func common() throws {
        let always: Set = ["400", "401", "403", "408", "414", "429", "431", "500", "503"]
        for (path, item) in try #require(Self.document?["paths"]?.members) {
            for (method, call) in item.members where path.hasPrefix("/v1/") && method != "parameters" {
                let answers = Set(call["responses"]?.members.map(\.0) ?? [])
                let expected = method == "post" ? always.union(["413", "415", "422"]) : always
                #expect(expected.isSubset(of: answers), "\(method) \(path) lacks \(expected.subtracting(answers))")
            }
        }
    }

    @Test("has no call whose path or method is refused")
    func answered() async throws {
        let exchange = try await RESTExchange()
        for call in Self.calls.sorted() {
            let words = call.split(separator: " ")
            let answer = await exchange.answer(String(words[0]), words[1].split(separator: "/").dropFirst())
            #expect(answer == nil, "\(call): \(answer ?? "")")
        }
        for path in [
            ["advisories", "x", "graded"], ["advisories/{id}"], ["recalls", "x"], ["pending", "x", "y"],
            ["reports", "x", "graded"], ["requests", "x", "accept"], ["events", "x"], [],
        ] {
            #expect(await exchange.answer("GET", path[...]) == "404", "\(path)")
        }
        #expect(await exchange.answer("DELETE", ["advisories"]) == "405 GET, POST, HEAD")
        #expect(await exchange.answer("HEAD", ["observations"]) == "405 POST")
        #expect(await exchange.answer("HEAD", ["advisories"]) == nil)
        await exchange.close()
    }

    @Test(
        "names the words of each vocabulary",
        arguments: [
            ("AdvisoryKind", AdvisoryKind.allCases.map(\.rawValue)), ("Purpose", Purpose.allCases.map(\.rawValue)),
            ("WithdrawalReason", WithdrawalReason.allCases.map(\.rawValue)),
            ("RecallReason", RecallReason.allCases.map(\.rawValue)), ("TLP", TLP.allCases.map(\.code)),
            ("Rendition", Rendition.allCases.map(\.rawValue)), ("ActionCode", ActionCode.allCases.map(\.rawValue)),
            ("HandlingCaveat", HandlingCaveat.allCases.map(\.rawValue)),
            ("MemberKind", MemberKind.allCases.map(\.rawValue)), ("SubjectKind", SubjectKind.allCases.map(\.rawValue)),
            ("SubjectRole", SubjectRole.allCases.map(\.rawValue)),
            ("DataSubject", DataSubject.allCases.map(\.rawValue)), ("Outcome", Outcome.allCases.map(\.rawValue)),
            ("AuthorityOutcome", Outcome.allCases.filter { $0.speaker == .authority }.map(\.rawValue)),
            (
                "AuthorityOutcomeUnseized",
                Outcome.allCases.filter { $0.speaker == .authority && $0 != .seizure }.map(\.rawValue)
            ),
            ("MemberOutcome", Outcome.allCases.filter { $0.speaker == .member }.map(\.rawValue)),
            ("SightingReason", Independence.Refusal.allCases.map(\.rawValue)),
            ("ReportRefusal", Report.ReportRefusal.allCases.map(\.rawValue)),
            ("Disposal", Disposal.allCases.map(\.rawValue)),
            ("RequestRefusal", InformationRequest.Refusal.allCases.map(\.rawValue)),
            (
                "Category",
                Category.families.flatMap { family, kinds in [family] + kinds.map { "\(family)-\($0)" } }.sorted()
            ),
        ]
    )
    func vocabularies(schema: String, words: [String]) {
        let named = Self.document?["components"]?["schemas"]?[schema]?["enum"]?.elements.compactMap(\.string) ?? []
        #expect(named.sorted() == words.sorted())
    }

    @Test("is given once, and not again to who has it")
    func conditional() throws {
        let first = try OpenAPI.answer(RESTExchange.request("GET", OpenAPI.path))
        let tag = try #require(first.headers.first(name: "ETag"))
        #expect(first.status == .ok && first.headers.first(name: "Content-Type") == MediaType.json)
        let again = try OpenAPI.answer(RESTExchange.request("GET", OpenAPI.path, ["If-None-Match": tag]))
        #expect(again.status == .notModified && again.body.readableBytes == 0)
        #expect(again.headers.first(name: "ETag") == tag && again.headers.first(name: "Content-Type") == nil)
        let options = try OpenAPI.answer(RESTExchange.request("OPTIONS", OpenAPI.path))
        #expect(options.status == .noContent && options.headers.first(name: "Allow") == "GET, HEAD")
        #expect(throws: HTTPFault.self) { try OpenAPI.answer(RESTExchange.request("POST", OpenAPI.path)) }
    }

    @Test(
        "entity tags are read as RFC 9110 has them",
        arguments: [
            ("*", true), ("\"a\"", true), ("W/\"a\"", true), (" \"b\" , \"a\"", true), ("\"b\"", false), ("a", false),
            ("", false), ("\"", false), ("w/\"a\"", false), ("\"*\"", false),
        ]
    )
    func tags(header: String, names: Bool) {
        #expect(EntityTags(header).namesWeakly("a") == names)
    }

    @Test("a text is bounded by its code points, of which one letter may have any number")
    func longLetter() throws {
        let letter = "a" + String(repeating: "\u{301}", count: BodyFields.textCharactersMax)
        var fields = try BodyFields(Array("{\"reason\":\"\(letter)\"}".utf8))
        #expect(throws: AdministrationFault.self) { try fields.text("reason") }
    }
}

/// The services of `/v1` over a node of their own, with one member and one principal.
private final class RESTExchange: Sendable {
    private let node: Node
    private let session: Session
    private let database: SQLiteDatabase
    private let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: folder.path("test.db"), readers: 2)
        let random = Mutex(SplitMix64(seed: 1))
        let clock = ManualClock()
        node = try await Node(
            database,
            settings: Node.Settings(),
            surroundings: Surroundings(
                clock: { clock.now },
                randomBytes: { count in
                    random.withLock { random in (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
                },
                carrier: NoNetwork(),
                mail: NoNetwork(),
                files: NoNetwork()
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let name = try #require(Name("acme"))
        _ = try await node.administration.add(
            Administration.NewMember(
                name: name,
                title: "Acme",
                kind: .customs,
                sector: "government-national",
                jurisdiction: "NL",
                group: nil
            )
        )
        _ = try await node.administration.addPrincipal(name, of: "acme", roles: Set(Role.allCases))
        let token = try await node.administration.addCredential(.token, for: "acme", expires: nil)
        session = try await node.authentication.session(for: .bearer(try #require(token.secret)), from: "test")
    }

    func close() async { await database.close() }

    static func request(_ method: String, _ target: String, _ headers: [String: String] = [:]) -> Request {
        var head = HTTPRequestHead(version: .http1_1, method: .RAW(value: method), uri: target)
        // As NIO reads them from the wire.
        for known in [HTTPMethod.GET, .HEAD, .POST, .OPTIONS, .DELETE] where known.rawValue == method {
            head.method = known
        }
        for (name, value) in headers { head.headers.add(name: name, value: value) }
        return Request(head, body: RequestBody(source: nil, declared: nil))
    }

    /// Nil where a service knows the path and the method; otherwise what it says to them.
    func answer(_ method: String, _ words: ArraySlice<Substring>) async -> String? {
        await answer(method, ArraySlice(words.map(String.init)))
    }

    func answer(_ method: String, _ words: ArraySlice<String>) async -> String? {
        let uuid = "7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c11"
        let ids = ["recalls": "report--\(uuid)", "contributions": "indicator--\(uuid)"]
        let parts = words.map { $0 == RouteTable.name ? ids[words.first ?? ""] ?? uuid : $0 }
        let request = Self.request(method, "/v1/" + parts.joined(separator: "/"))
        do {
            _ = try await RESTService(node: node).answer(request, parts, session)
            return nil
        } catch let fault as HTTPFault where fault.status == .notFound {
            return "404"
        } catch let fault as HTTPFault where fault.status == .methodNotAllowed {
            return "405 \(fault.headers.first(name: "Allow") ?? "")"
        } catch {
            return nil
        }
    }
}

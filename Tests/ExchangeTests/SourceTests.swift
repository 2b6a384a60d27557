import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Source")
struct SourceTests {
    private static let now = Timestamp(microseconds: 1_790_000_000_000_000)

    private static func mapping(_ json: String) throws -> CSVMapping {
        try JSONDecoder().decode(CSVMapping.self, from: Data(json.utf8))
    }

    private static func seconds(_ pull: Pull) -> Double {
        Double(pull.due.nanoseconds - now.nanoseconds) / 1e9
    }

    // MARK: Schedule

    @Test("comes again after its time, give or take a tenth", arguments: [0, 0.25, 0.5, 1.0])
    func schedule(chance: Double) {
        var pull = Pull(due: Self.now)
        #expect(pull.isDue(at: Self.now))
        pull.finish(Pull.Counts(), every: 1_000, at: Self.now, chance: chance)
        #expect(abs(Self.seconds(pull) - (900 + 200 * chance)) < 0.001)
        #expect(!pull.isDue(at: Self.now) && pull.done == Self.now)
    }

    @Test("waits longer with each failure, at random, and as long as it was asked to")
    func failures() {
        var pull = Pull(due: Self.now)
        var longest: [Double] = []
        for _ in 0..<12 {
            var wait = pull
            pull.fail("x", asked: nil, every: 60, at: Self.now, chance: 1)
            longest.append(Self.seconds(pull))
            wait.fail("x", asked: nil, every: 60, at: Self.now, chance: 0)
            #expect(wait.due == Self.now)
        }
        #expect(longest == [60, 120, 240, 480, 960, 1_920] + Array(repeating: 3_600, count: 6))
        pull.fail("x", asked: .seconds(5_000), every: 60, at: Self.now, chance: 1)
        #expect(Self.seconds(pull) == 5_000)
        pull.fail("x", asked: .seconds(900_000), every: 60, at: Self.now, chance: 0)
        #expect(Self.seconds(pull) == 86_400)
        #expect(pull.failures == 14 && pull.fault == "x")
        pull.finish(Pull.Counts(), every: 60, at: Self.now, chance: 0)
        #expect(pull.failures == 0 && pull.fault == nil)
    }

    @Test("asks before it takes much for gone, and pauses until it is resumed")
    func phases() {
        var pull = Pull(due: Self.now)
        pull.confirm(at: Self.now)
        #expect(pull.confirmed == 0)
        pull.ask(gone: 30)
        #expect(pull.phase == .asking(gone: 30) && !pull.isDue(at: Self.now))
        pull.confirm(at: Self.now)
        #expect(pull.confirmed == 30 && pull.isAfresh && pull.isDue(at: Self.now))
        pull.pause()
        pull.ask(gone: 5)
        #expect(pull.phase == .paused && !pull.isDue(at: Self.now))
        pull.run(afresh: true, at: Self.now)
        #expect(pull.phase == .paused && pull.isAfresh && !pull.isDue(at: Self.now))
        pull.resume(at: Self.now)
        #expect(pull.isDue(at: Self.now))
    }

    @Test("is the same again once it was stored")
    func stored() throws {
        var pull = Pull(due: Self.now)
        pull.fail("why", asked: nil, every: 60, at: Self.now, chance: 0.5)
        pull.ask(gone: 7)
        pull.validators = ["a": Pull.Validator(etag: "\"1\"", digest: [1, 2])]
        let page = TAXIICursor.Page(count: 1, more: true, next: "n", last: Self.now, clock: nil)
        _ = try pull.cursor.take(page, since: nil, overlap: 0, at: Self.now)
        #expect(try JSONDecoder().decode(Pull.self, from: try JSONEncoder().encode(pull)) == pull)
        var terms = SourceTerms(url: "https://x.example/", pool: ID(Samples.uuid(1)), principal: ID(Samples.uuid(2)))
        terms.mapping = try Self.mapping(#"{"key":"k","schema":"Person","properties":{"name":["n"]},"delimiter":";"}"#)
        (terms.grade, terms.ceiling, terms.since) = (Grade(code: "B2"), .amberStrict, Self.now)
        #expect(try JSONDecoder().decode(SourceTerms.self, from: try JSONEncoder().encode(terms)) == terms)
    }

    // MARK: Terms

    private struct Case: Sendable, CustomTestStringConvertible {
        let kind: Source.Kind
        let url: String
        let field: String?
        var change: @Sendable (inout SourceTerms) -> Void = { _ in }
        var testDescription: String { "\(kind) \(url) \(field ?? "fits")" }
    }

    private static let cases: [Case] = [
        Case(kind: .taxii, url: "https://x.example/c/", field: nil),
        Case(kind: .taxii, url: "http://127.0.0.1:9/c/", field: nil),
        Case(kind: .taxii, url: "http://x.example/c/", field: "url"),
        Case(kind: .taxii, url: "file:///x", field: "url"),
        Case(kind: .ftm, url: "file:///srv/x", field: nil),
        Case(kind: .ftm, url: "file:///srv/../x", field: "url"),
        Case(kind: .ftm, url: "ftp://x/", field: "url"),
        Case(kind: .ftm, url: "sftp://u@h.example/x", field: "known_hosts"),
        Case(kind: .ftm, url: "sftp://u@h.example:2222/x", field: nil) { ($0.knownHosts, $0.key) = ("/k", "/i") },
        Case(kind: .ftm, url: "sftp://u@h.example:99999/x", field: "url") { ($0.knownHosts, $0.key) = ("/k", "/i") },
        Case(kind: .ftm, url: "sftp://h.example/x", field: "url"),
        Case(kind: .ftm, url: "sftp://u@h.example/x", field: "key") { $0.knownHosts = "/k" },
        Case(kind: .csv, url: "file:///x", field: "mapping"),
        Case(kind: .ftm, url: "file:///x", field: "token_file") { $0.tokenFile = "/t" },
        Case(kind: .ftm, url: "https://x.example/", field: "token_file") { $0.tokenFile = "t" },
        Case(kind: .ftm, url: "https://x.example/", field: "password_file") { $0.user = "u" },
        Case(kind: .ftm, url: "https://x.example/", field: "certificate") { $0.key = "/k" },
        Case(kind: .ftm, url: "https://x.example/", field: "token_file") {
            ($0.tokenFile, $0.user, $0.passwordFile) = ("/t", "u", "/p")
        },
        Case(kind: .ftm, url: "https://x.example/", field: "networks") { $0.networks = ["10.0.0.1/8"] },
        Case(kind: .taxii, url: "https://x.example/", field: "grade") { $0.grade = Grade(code: "A1") },
        Case(kind: .ftm, url: "https://x.example/", field: "every") { $0.every = 59 },
        Case(kind: .taxii, url: "https://x.example/", field: "overlap") { $0.overlap = 86_401 },
        Case(kind: .misp, url: "https://x.example/", field: "overlap") { $0.overlap = 61 },
        Case(kind: .misp, url: "https://x.example/", field: "since") { $0.since = now },
    ]

    @Test("take only terms that can be used, and name the field", arguments: cases)
    private func terms(_ example: Case) {
        var terms = SourceTerms(url: example.url, pool: ID(Samples.uuid(1)), principal: ID(Samples.uuid(2)))
        example.change(&terms)
        do throws(SourceTerms.Fault) {
            try terms.check(for: example.kind)
            #expect(example.field == nil)
        } catch {
            #expect(error.field == example.field)
        }
    }

    // MARK: CSV

    @Test("read rows by a mapping; a bad one costs no other")
    func csv() throws {
        let mapping = try Self.mapping(
            """
            {"key":"ID","schema_column":"T","schemas":{"I":"Person","V":"Vessel"},"separator":"|","delimiter":";",
             "properties":{"name":["Name","AKA"],"country":["CC"]}}
            """
        )
        let text =
            "\u{feff}ID;T;Name;AKA;CC\n1;I;Ann Example;A. Example|Annie;NL\n2;X;Who;;\n3;V;;;PA\n;I;None;;\n\n4;V;Boat;;"
        let content = try ListFormat.csv(mapping).read([Array(text.utf8)])
        #expect(content.subjects.map(\.key) == ["1", "4"])
        #expect(content.subjects[0].properties["name"] == ["Ann Example", "A. Example", "Annie"])
        #expect(content.subjects[1].schema == "Vessel")
        #expect(content.faults.map(\.place) == ["line 3", "line 4", "line 5"])
        #expect(content.faults[0].record == Array("2;X;Who;;".utf8))
        #expect(throws: CSVMapping.Fault.self) { _ = try ListFormat.csv(mapping).read([Array("ID;T;Name\n".utf8)]) }
    }

    @Test(
        "refuse mappings that cannot be used, and name what of them",
        arguments: [
            ("{}", ""), (#"{"key":"k","schema":"Person","properties":{}}"#, "properties"),
            (#"{"key":"k","schema":"Cat","properties":{"name":["n"]}}"#, "schema"),
            (#"{"key":"k","properties":{"name":["n"]}}"#, "schema"),
            (#"{"key":"k","schema":"Person","properties":{"name":["n"],"imoNumber":["i"]}}"#, "properties"),
            (#"{"key":"k","schema":"Person","properties":{"name":["n"]},"delimiter":"x"}"#, "delimiter"),
            (#"{"key":"k","schema":"Person","properties":{"name":["n"]},"schemas":{"a":"Person"}}"#, "schemas"),
            (#"{"key":"k","schema":"Person","properties":{"name":["n"]},"sep":"x"}"#, "sep"),
        ]
    )
    func mapping(json: String, field: String) {
        do {
            _ = try Self.mapping(json)
            Issue.record("it was taken")
        } catch let fault as CSVMapping.Fault {
            #expect(fault.field == field)
        } catch {
            #expect(field.isEmpty)
        }
    }

    // MARK: MISP

    private static func event(_ timestamp: Int, _ attributes: String) throws -> MISPEvent {
        let text = """
            {"Event":{"uuid":"5a2b3c4d-0000-4000-8000-000000000001","info":"Phishing of a bank","timestamp":"\(timestamp)",
             "Tag":[{"name":"tlp:amber"},{"name":"type:OSINT"}],"Attribute":[\(attributes)],
             "Object":[{"Attribute":[{"uuid":"5a2b3c4d-0000-4000-8000-0000000000aa","type":"sha256","value":"ab"}]}]}}
            """
        return try MISPEvent(Array(text.utf8))
    }

    private static func attribute(_ number: Int, _ type: String, _ value: String) -> String {
        #"{"uuid":"5a2b3c4d-0000-4000-8000-00000000000\#(number)","type":"\#(type)","value":"\#(value)","timestamp":1}"#
    }

    @Test("make valid STIX of an event, and of what changes in it new versions")
    func misp() throws {
        guard let source = Name("feed") else { return }
        var held: [String: JSON.Value] = [:]
        func take(_ event: MISPEvent) throws -> MISPEvent.Step {
            let step = event.step(from: source, held: held)
            for bytes in step.taken + step.revoked {
                let object = try STIXObject(try JSON(parsing: bytes).root)
                #expect(object.marking == .amber)
                held[object.id.text] = try JSON(parsing: bytes).root
            }
            return step
        }
        let both = [Self.attribute(1, "ip-src", "192.0.2.1"), Self.attribute(2, "domain", "it's.example")]
        let first = try take(
            try Self.event(1_700_000_000, (both + [Self.attribute(3, "comment", "x")]).joined(separator: ","))
        )
        #expect(first.taken.count == 4 && first.skipped == 1 && first.revoked.isEmpty)
        let patterns = held.values.compactMap { $0["pattern"]?.string }.sorted()
        #expect(
            patterns == [
                "[domain-name:value = 'it\\'s.example']", "[file:hashes.'SHA-256' = 'ab']",
                "[ipv4-addr:value = '192.0.2.1']",
            ]
        )
        let again = try take(try Self.event(1_700_000_000, both.joined(separator: ",")))
        #expect(again.taken.isEmpty && again.unchanged == 4)
        let fewer = try take(try Self.event(1_700_000_100, both[1]))
        #expect(fewer.taken.count == 1 && fewer.revoked.count == 1)
        #expect(held.values.filter { $0["revoked"]?.boolean == true }.count == 1)
        let grouping = held[MISPEvent.grouping(of: "5a2b3c4d-0000-4000-8000-000000000001", from: source)]
        #expect(grouping?["object_refs"]?.count == 2)
        #expect(grouping?["modified"]?.string == "2023-11-14T22:15:00.000000Z")
    }

    @Test("read a manifest, the longest unchanged event first; an entry that names none is a fault")
    func manifest() throws {
        let text = """
            {"5a2b3c4d-0000-4000-8000-000000000001":{"timestamp":"20"},"5a2b3c4d-0000-4000-8000-000000000002":
             {"timestamp":10},"x":{"timestamp":1},"5a2b3c4d-0000-4000-8000-000000000003":{}}
            """
        let manifest = try MISPManifest(Array(text.utf8))
        #expect(manifest.events.map(\.uuid.last) == ["2", "1"])
        #expect(manifest.faults.count == 2)
        #expect(throws: MISPFault.self) { _ = try MISPManifest(Array("[]".utf8)) }
        #expect(throws: MISPFault.self) { _ = try MISPEvent(Array("{}".utf8)) }
    }
}

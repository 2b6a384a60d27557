import ArgumentParser
import Testing

@testable import caveat

@Suite("Arguments")
struct ArgumentTests {
    private static let connection = ["--url", "https://exchange.example.org", "--token-file", "/token"]

    @Test(
        "that make sense are taken",
        arguments: [
            ["publish", "a.json", "--pool", "commons", "--wait", "--json"] + connection,
            ["poll", "commons", "--follow", "--interval", "500ms", "--match-type", "note,report"] + connection,
            ["get", "commons", "note--1", "--version", "2026-01-01T00:00:00.000Z"] + connection,
            ["pools", "--url", "http://127.0.0.1:8080", "--token-file", "/token"],
            ["pools", "--url", "http://[::1]:8080/taxii2/", "--token-file", "/token"],
            ["pools", "--url", "http://exchange.example.org", "--insecure-http", "--token-file", "/token"],
            ["pools", "--url", "https://a", "--certificate", "/c", "--key", "/k"],
            ["refuse", "1", "--reason", "wrong"] + connection,
            ["admin", "exchange"],
            ["admin", "member", "add", "a-1", "--title", "A", "--kind", "freight-forwarder", "--jurisdiction", "DE"],
            ["admin", "principal", "add", "a", "--member", "a", "--role", "reader", "--role", "operator"],
            ["admin", "credential", "add", "--principal", "a", "--type", "token"],
            ["admin", "pool", "add", "a", "--title", "A", "--reading", "everyone", "--writing", "nobody"],
            ["admin", "pool", "change", "a", "--no-second-person", "--ceiling", "amber+strict"],
            ["admin", "pool", "enrol", "a", "b", "--reads"],
            ["admin", "member", "fact", "a", "--add", "mou:b", "--add", "c", "--until", "2027-03-01T00:00:00Z"],
            ["admin", "member", "fact", "a", "--remove", "mou:b"],
            ["admin", "principal", "change", "a", "--unit", "b"],
            ["admin", "principal", "change", "a", "--clear", "b", "--until", "2027-03-01T00:00:00Z", "--unclear", "c"],
            [
                "admin", "credential", "add", "--principal", "a", "--type", "token", "--purpose", "P03", "--purpose",
                "P02",
            ],
            ["admin", "credential", "change", "a", "--purpose", "P03"],
            ["admin", "pool", "change", "a", "--ends", "2027-03-01T00:00:00Z"],
            ["admin", "pool", "change", "a", "--no-end"],
        ]
    )
    func taken(arguments: [String]) throws {
        _ = try Main.parseAsRoot(arguments)
    }

    @Test(
        "that do not are misuse, with exit code 64",
        arguments: [
            ["publish", "a.json"] + connection,
            ["poll"] + connection,
            ["poll", "commons", "--interval", "5"] + connection,
            ["poll", "commons", "--interval", "0s"] + connection,
            ["poll", "commons", "--limit", "0"] + connection,
            ["poll", "commons", "--since", "yesterday"] + connection,
            ["poll", "commons", "--since", "2026-01-01T00:00:00Z", "--reset"] + connection,
            ["get", "commons", "note--1", "--version", "newest"] + connection,
            ["pools", "--url", "http://exchange.example.org", "--token-file", "/token"],
            ["pools", "--url", "http://127.0.0.1.example.org", "--token-file", "/token"],
            ["pools", "--url", "http://localhost.example.org", "--token-file", "/token"],
            ["pools", "--url", "ftp://a", "--token-file", "/token"],
            ["pools", "--url", "https://user:secret@a", "--token-file", "/token"],
            ["pools", "--url", "https://a/deep/path", "--token-file", "/token"],
            ["pools", "--url", "https://a", "--token-file", "/token", "--user", "x", "--password-file", "/p"],
            ["pools", "--url", "https://a", "--certificate", "/c"],
            ["refuse", "1", "--reason", " "] + connection,
            ["admin", "member", "add", "a", "--title", "A"],
            ["admin", "member", "add", "Not a name", "--title", "A", "--kind", "bank", "--jurisdiction", "DE"],
            ["admin", "member", "add", "a", "--title", "A", "--kind", "bank"],
            ["admin", "member", "change", "a"],
            ["admin", "principal", "add", "a", "--member", "a"],
            ["admin", "credential", "add", "--principal", "a", "--type", "certificate"],
            ["admin", "credential", "add", "--principal", "a", "--type", "token", "--uri", "x:y"],
            ["admin", "pool", "add", "a", "--title", "A"],
            ["admin", "pool", "change", "a"],
            ["admin", "pool", "change", "a", "--reading", "nobody"],
            ["admin", "pool", "change", "a", "--ceiling", "white"],
            ["admin", "pool", "enrol", "a", "b"],
            ["admin", "member", "fact", "a"],
            ["admin", "member", "fact", "a", "--remove", "b", "--until", "2027-03-01T00:00:00Z"],
            ["admin", "member", "fact", "a", "--add", "b", "--until", "soon"],
            ["admin", "principal", "change", "a"],
            ["admin", "principal", "change", "a", "--unit", "b", "--no-unit"],
            ["admin", "principal", "change", "a", "--unclear", "b", "--until", "2027-03-01T00:00:00Z"],
            ["admin", "credential", "change", "a"],
            ["admin", "credential", "change", "a", "--purpose", "P12"],
            ["admin", "pool", "change", "a", "--ends", "2027-03-01T00:00:00Z", "--no-end"],
        ]
    )
    func misused(arguments: [String]) {
        let fault = #expect(throws: (any Error).self) { try Main.parseAsRoot(arguments) }
        #expect(fault.map { Main.exitCode(for: $0).rawValue } == 64)
    }

    @Test(
        "that have another form than they must are told what one looks like",
        arguments: [
            (["report", "outcome", id, "OA-SEI", "--quantity", "forty"], "\"40 kg\""),
            (["report", "outcome", id, "OA-SEI", "--quantity", "40kg"], "\"40 kg\""),
            (["report", "outcome", id, "OA-SEI", "--value", "EUR 5"], "\"1200000 EUR\""),
            (["feedback", "report--\(id)", "OA-SEI", "--quantity", "much"], "\"40 kg\""),
            (["report", "outcome", id, "OA-ARR", "--embargo", "tomorrow"], time),
            (["advisory", "review", id, "--until", "2027-03-01"], time),
            (["advisory", "grade", id, "B9"], "such as B2"),
            (["poll", "a", "--since", "yesterday"], time), (["poll", "a", "--interval", "5"], "500ms, 5s, 2m or 1h"),
            (["poll", "a", "--interval", "99ms"], "at least 100ms"), (["poll", "a", "--limit", "many"], "such as 20"),
            (["poll", "a", "--page-size", "0"], "such as 20"), (["get", "a", "b", "--version", "new"], "2026-01-01T"),
            (["admin", "pool", "change", "a", "--ends", "soon"], time),
            (["admin", "pool", "change", "a", "--ceiling", "white"], "amber+strict"),
            (["admin", "member", "fact", "a", "--add", "b", "--until", "soon"], time),
            (["admin", "principal", "change", "a", "--clear", "b", "--until", "soon"], time),
            (["admin", "credential", "add", "--principal", "a", "--type", "token", "--expires", "soon"], time),
            (["admin", "credential", "change", "a", "--expires", "soon"], time),
            (["admin", "credential", "change", "a", "--purpose", "P12"], "P11"),
            (
                [
                    "advisory", "consent", id, "--to", "a", "--purpose", "P08", "--rendition", "full", "--until",
                    "31 March",
                ], time
            ),
        ] as [([String], String)]
    )
    func form(arguments: [String], example: String) {
        let all = arguments.first == "admin" ? arguments : arguments + Self.connection
        let fault = #expect(throws: (any Error).self) { try Main.parseAsRoot(all) }
        let message = fault.map { Main.message(for: $0) } ?? ""
        #expect(message.contains(example), "\(message)")
    }

    private static let id = "5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52"
    private static let time = "must be a time of RFC 3339 such as "

    @Test("every command shows examples and has an abstract")
    func help() {
        var commands: [any ParsableCommand.Type] = [Main.self]
        while let command = commands.popLast() {
            let subcommands = command.configuration.subcommands
            commands += subcommands + command.configuration.groupedSubcommands.flatMap(\.subcommands)
            #expect(command.configuration.discussion.contains("Examples:\n  caveat "), "\(command)")
            #expect(!command.configuration.abstract.isEmpty, "\(command)")
        }
    }
}

@Suite("Text of others")
struct PrintableTests {
    @Test("cannot steer the terminal")
    func printable() {
        #expect("a\u{1B}[31mb\u{202E}c\r\nd\u{9B}e\u{2028}é漢".printable == "a [31mb c  d e é漢")
    }

    @Test("cannot leave its place in a path")
    func percentEncoded() {
        #expect("a/b?c#d e%é".percentEncoded == "a%2Fb%3Fc%23d%20e%25%C3%A9")
        #expect("..".percentEncoded == "%2E%2E")
        #expect("note--1.2".percentEncoded == "note--1.2")
    }
}

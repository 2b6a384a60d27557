import ArgumentParser
import Exchange
import Foundation

/// Administers members.
struct MemberCommand: AsyncParsableCommand, Administered {
    static let noun = "member"
    static let columns: [(heading: String, key: String)] = [
        ("NAME", "name"), ("KIND", "kind"), ("STATE", "state"), ("JURISDICTION", "jurisdiction"),
        ("GROUP", "group"), ("SIZE", "size"), ("TITLE", "title"),
    ]
    static let configuration = CommandConfiguration(
        commandName: noun,
        abstract: "Administer the organisations that take part.",
        discussion: """
            Examples:
              caveat admin member add north-oil --title "North Oil" --kind energy --jurisdiction NO
              caveat admin member fact north-oil --add notice-314b --until 2027-03-01T00:00:00Z
              caveat admin member suspend north-oil
            """,
        subcommands: [
            Add.self, ListCommand<Self>.self, ShowCommand<Self>.self, Change.self, Fact.self, Link.self,
            SuspendCommand<Self>.self, ResumeCommand<Self>.self,
        ]
    )

    /// What is said about a member; what is left out stays as it is.
    struct Terms: ParsableArguments {
        @Option(help: "The organisation's name as people read it.") var title: String?
        @Option(help: "What it is.") var kind: MemberKind?
        @Option(help: "Its sector.") var sector: String?
        @Option(help: "Where it is, as an ISO 3166-1 code of two letters.") var jurisdiction: String?
        @Option(help: "Its ownership group.") var group: String?
        @Option(help: "How large it is: what is asked of its group for a tier goes by that.") var size: SizeClass?
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a member.",
            discussion: """
                Examples:
                  caveat admin member add blue-anchor --title "Blue Anchor" --kind freight-forwarder --jurisdiction DE
                """
        )

        @Argument(help: ArgumentHelp("Its name: a-z, 0-9 and -, at most 64.")) var name: String
        @OptionGroup var terms: Terms
        @OptionGroup var admin: AdminOptions

        func validate() throws {
            try checkName(name)
            if terms.title == nil { throw ValidationError("a new member needs --title") }
            if terms.kind == nil { throw ValidationError("a new member needs --kind") }
            if terms.jurisdiction == nil { throw ValidationError("a new member needs --jurisdiction") }
        }

        func run() async throws {
            try await admin.send(.post, MemberCommand.plural, MemberBody(name: name, terms))
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a member.",
            discussion: """
                Examples:
                  caveat admin member change blue-anchor --group harbour-holding
                  caveat admin member change blue-anchor --size small
                """
        )

        @Argument(help: "Its name.") var name: String
        @OptionGroup var terms: Terms
        @OptionGroup var admin: AdminOptions

        func validate() throws {
            if MemberBody(name: nil, terms) == MemberBody() {
                throw ValidationError("nothing to change: give an option")
            }
        }

        func run() async throws {
            try await admin.send(.patch, MemberCommand.path(name), MemberBody(name: nil, terms))
        }
    }

    struct Fact: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record facts that legal gateways ask of a member, or take them away.",
            discussion: """
                A fact is a kind, or a kind and which one of it, as mou:harbour-watch. Adding one that is there \
                already sets its end anew.

                Examples:
                  caveat admin member fact north-oil --add notice-314b --until 2027-03-01T00:00:00Z
                  caveat admin member fact harbour-customs --add mou:harbour-watch --remove mou:coast-watch
                """
        )

        @Argument(help: "The member's name.") var name: String
        @Option(help: ArgumentHelp("A fact to record; give the option once for each.", valueName: "fact"))
        var add: [String] = []
        @Option(help: ArgumentHelp("When what is added ends (RFC 3339).", valueName: "time"), transform: readTime)
        var until: Timestamp?
        @Option(help: ArgumentHelp("A fact to take away; give the option once for each.", valueName: "fact"))
        var remove: [String] = []
        @OptionGroup var admin: AdminOptions

        func validate() throws {
            if add.isEmpty && remove.isEmpty { throw ValidationError("nothing to change: give --add or --remove") }
            if add.isEmpty && until != nil { throw ValidationError("--until is the end of what --add records") }
        }

        func run() async throws {
            let added = add.map { FactsBody.Fact(fact: $0, until: until?.text) }
            let body = FactsBody(addFacts: added, removeFacts: remove)
            try await admin.send(.patch, MemberCommand.path(name), body)
        }
    }
}

extension MemberCommand {
    struct Link: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Declare who or what a member is, or is linked to.",
            discussion: """
                No advisory about one of them exists for the member or its ownership group; that one was hidden is \
                told to operators alone (caveat admin events). FILE is a JSON list of subjects as advisories have \
                them; each needs an identifier (leiCode, imoNumber, iban …), a number (registrationNumber, \
                passportNumber …), or a person's name and birthDate. Marks of them are kept, not what they are, and \
                they stay.

                Example of FILE:
                  [{"kind": "ORG", "key": "own", "properties": {"leiCode": ["5493001KJTIIGC8Y1R12"]}},
                   {"kind": "PER", "key": "director",
                    "properties": {"name": ["Tamsin Verloop"], "birthDate": ["1971-02-04"]}}]

                Examples:
                  caveat admin member link north-oil links.json
                """
        )

        @Argument(help: "The member's name.") var name: String
        @Argument(help: "The file of subjects.", completion: .file(extensions: ["json"])) var file: String
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw CommandFault.file(path: file, rule: "cannot be read; check the path and that you may read it")
            }
            let subjects: [Subject]
            do {
                subjects = try JSONDecoder().decode([Subject].self, from: data)
            } catch let fault as ContentFault {
                throw CommandFault.file(path: file, rule: "cannot be taken: \(fault)")
            } catch {
                throw CommandFault.file(path: file, rule: "must be a JSON list of subjects; see --help")
            }
            try await admin.send(.patch, MemberCommand.path(name), LinksBody(addLinks: subjects))
        }
    }
}

private struct LinksBody: Encodable {
    let addLinks: [Subject]
}

private struct FactsBody: Encodable {
    struct Fact: Encodable {
        let fact: String
        let until: String?
    }

    let addFacts: [Fact]
    let removeFacts: [String]
}

private struct MemberBody: Encodable, Equatable {
    var name: String?
    var title: String?
    var kind: MemberKind?
    var sector: String?
    var jurisdiction: String?
    var group: String?
    var size: SizeClass?

    init() {}

    init(name: String?, _ terms: MemberCommand.Terms) {
        self.name = name
        title = terms.title
        kind = terms.kind
        sector = terms.sector
        jurisdiction = terms.jurisdiction
        group = terms.group
        size = terms.size
    }
}

/// Refuses a name that the exchange would not take.
func checkName(_ name: String) throws {
    let isPlain = name.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-")
    }
    guard isPlain, (1...64).contains(name.utf8.count) else {
        throw ValidationError("the name \(name.printable) must be 1 to 64 of a-z, 0-9 and -")
    }
}

import Exchange
import Foundation
import Node

/// The invented members of a trial, their credentials and pools.
struct TrialPopulation: Codable, Sendable {
    struct Member: Codable, Sendable {
        let name: String
        let kind: String
        let token: String
        let password: String
        let identity: String
    }

    struct Pool: Codable, Sendable {
        let name: String
        let collection: String
    }

    var members: [Member] = []
    var pools: [Pool] = []

    /// The file in the trial's folder that keeps tokens and passwords from one start to the next.
    ///
    /// It holds secrets of an invented exchange on loopback; a real one keeps none.
    private static let file = "trial.json"

    /// The file that is there for as long as the exchange in the folder is only half made.
    private static let foundingFile = "founding"

    /// Takes away what a start left that was ended before the exchange was whole: nobody got a token of it.
    static func clearUnfounded(_ folder: URL) throws {
        let founding = folder.appending(path: foundingFile)
        let files = FileManager.default
        if files.fileExists(atPath: founding.path) {
            for name in ["caveat.db", "caveat.db-wal", "caveat.db-shm", file] {
                let left = folder.appending(path: name)
                if files.fileExists(atPath: left.path) { try files.removeItem(at: left) }
            }
        } else if !files.fileExists(atPath: folder.appending(path: "caveat.db").path) {
            try Data().write(to: founding)
        }
    }

    /// The population of the exchange in `folder`: as the last start left it, or new.
    static func settled(in node: Node, folder: URL) async throws -> TrialPopulation {
        let file = folder.appending(path: file)
        if let data = try? Data(contentsOf: file) {  // Absent at the first start.
            return try JSONDecoder().decode(TrialPopulation.self, from: data)
        }
        let population = try await founded(in: node)
        try JSONEncoder().encode(population).write(to: file, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        try FileManager.default.removeItem(at: folder.appending(path: foundingFile))
        return population
    }

    private static let cast: [(name: String, title: String, kind: MemberKind, sector: String, country: String)] = [
        ("harbour-customs", "Harbour Customs Service", .customs, "government-national", "NL"),
        ("city-police", "City Police, Organised Crime Unit", .police, "government-local", "NL"),
        ("blue-anchor", "Blue Anchor Forwarding", .freightForwarder, "transportation", "DE"),
        ("swift-cargo", "Swift Cargo Logistics", .freightForwarder, "transportation", "BE"),
        ("first-harbour-bank", "First Harbour Bank", .bank, "financial-services", "NL"),
        ("north-oil", "North Oil Company", .energy, "energy", "NO"),
    ]

    private static func founded(in node: Node) async throws -> TrialPopulation {
        var population = TrialPopulation()
        let administration = node.administration
        for entry in cast {
            guard let name = Name(entry.name) else { continue }
            let member = try await administration.add(
                Administration.NewMember(
                    name: name,
                    title: entry.title,
                    kind: entry.kind,
                    sector: entry.sector,
                    jurisdiction: entry.country,
                    group: nil
                )
            )
            let roles: Set<Role> = [.reader, .reporter, .publisher]
            _ = try await administration.addPrincipal(name, of: entry.name, roles: roles)
            let token = try await administration.addCredential(.token, for: entry.name, expires: nil)
            let password = try await administration.addCredential(.password, for: entry.name, expires: nil)
            population.members.append(
                Member(
                    name: entry.name,
                    kind: entry.kind.rawValue,
                    token: token.secret ?? "",
                    password: password.secret ?? "",
                    identity: member.identity.text
                )
            )
        }
        try await population.addColleague(administration)
        for partner in ["harbour-customs", "city-police", "blue-anchor", "first-harbour-bank"] {
            guard let fact = Precondition(partnership) else { continue }
            _ = try await administration.changeMember(partner) { $0.facts[fact] = .some(nil) }
        }
        try await population.addPools(administration)
        try await TrialAdvisories.publish(to: population, in: node)
        return population
    }

    /// The second pair of eyes at customs, of another unit, who approves what the first has drafted.
    private mutating func addColleague(_ administration: Administration) async throws {
        guard let name = Name("harbour-customs-legal") else { return }
        _ = try await administration.addPrincipal(
            name,
            of: "harbour-customs",
            roles: [.reader, .approver, .officer, .auditor],
            unit: Name("legal")
        )
        _ = try await administration.changePrincipal("harbour-customs") { $0.unit = Name("intelligence") }
        let token = try await administration.addCredential(.token, for: name.text, expires: nil)
        let password = try await administration.addCredential(.password, for: name.text, expires: nil)
        members.append(
            Member(
                name: name.text,
                kind: MemberKind.customs.rawValue,
                token: token.secret ?? "",
                password: password.secret ?? "",
                identity: members.first?.identity ?? ""
            )
        )
    }

    private mutating func addPools(_ administration: Administration) async throws {
        let terms: [(name: String, terms: PoolTerms, enrolled: [(String, Enrolment)])] = [
            (
                "commons",
                PoolTerms(
                    title: "Commons",
                    about: "Every member reads and writes.",
                    reading: .everyone,
                    writing: .everyone,
                    defaultMarking: .green
                ),
                []
            ),
            (
                "warnings",
                PoolTerms(
                    title: "Warnings of the authorities",
                    about: "Authorities write, every member reads.",
                    reading: .everyone,
                    writing: .authorities
                ),
                []
            ),
            (
                "customs-inbox",
                PoolTerms(
                    title: "Reports to customs",
                    about: "Every member writes groupings of suspicious activity; each is a report to Harbour Customs.",
                    reading: .enrolled,
                    writing: .everyone
                ),
                [("harbour-customs", Enrolment(reads: true, writes: false))]
            ),
            (
                "deepwater",
                PoolTerms(
                    title: "Deepwater due diligence",
                    about: "Two members ask one another about counterparties.",
                    reading: .enrolled,
                    writing: .enrolled,
                    ceiling: .red
                ),
                [
                    ("first-harbour-bank", Enrolment(reads: true, writes: true)),
                    ("north-oil", Enrolment(reads: true, writes: true)),
                ]
            ),
        ]
        for entry in terms {
            guard let name = Name(entry.name) else { continue }
            let kind: PoolKind = entry.name == "customs-inbox" ? .inbox : .sharing
            let pool = try await administration.addPool(name, kind, entry.terms)
            for (member, enrolment) in entry.enrolled {
                _ = try await administration.enrol(member, in: entry.name, enrolment)
            }
            pools.append(Pool(name: entry.name, collection: pool.id.text))
        }
    }
}

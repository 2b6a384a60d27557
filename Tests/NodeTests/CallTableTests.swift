import Exchange
import Foundation
import Node
import Screening
import Store
import TestSupport
import Testing

/// Who may make which call, by role and by how the member stands to the advisory: compared with the file under review.
@Suite("Call table")
struct CallTableTests {
    /// What is called about: a task force with an advisory in it, and one that was recalled.
    private struct Scene {
        let world: AdvisoryExchange
        let name: AdvisoryName
        let report, recalled: STIXID

        var desk: AdvisoryDesk { world.desk }
        var forces: TaskForceDesk { world.node.forces }
        var later: Timestamp { world.exchange.clock.now.advanced(by: .seconds(3_600)) }
    }

    private typealias Call = @Sendable (Scene, Session) async throws -> Bool

    /// Calls by their names; each gives whether there was anything in the answer.
    private static let calls: [(name: String, call: Call)] = [
        ("advisory: show", { try await $0.desk.advisory($0.name, for: $1).release != nil }),
        ("who-saw", { try await !$0.desk.sights(of: $0.name, for: $1, upTo: 10).sights.isEmpty }),
        (
            "explain",
            { try await !$0.desk.decisions(on: $0.name, to: "bank", as: nil, for: nil, asked: $1).isEmpty }
        ),
        ("explain: its own view", { try await !$0.desk.ownView(of: .report($0.report), for: $1).isEmpty }),
        ("members: authorities", { try !$0.desk.addressees(in: nil, for: $1).isEmpty }),
        ("members: who reads the task force", { try !$0.desk.addressees(in: "warnings", for: $1).isEmpty }),
        (
            "consent: refuse, where none is asked for",
            { scene, session in
                try await scene.desk.refuseConsent(to: scene.name, reader: "bank", for: .monitoring, by: session)
                return true
            }
        ),
        (
            "consent: ask for",
            { scene, session in
                let asked = try await scene.desk.askConsent(to: scene.report, for: .monitoring, "Why.", by: session)
                return asked.consent == nil
            }
        ),
        (
            "consent: list what was asked of an advisory",
            { try await !$0.desk.consentRequests(of: $0.name, for: $1).requests.isEmpty }
        ),
        (
            "consent: list what its member asked",
            { try await !$0.desk.consentRequests(by: $1, before: .max, upTo: 10).isEmpty }
        ),
        (
            "consent: give",
            { scene, session in
                let given = try await scene.desk.consent(
                    to: scene.name,
                    reader: "carrier",
                    for: .diligence,
                    .tearline,
                    until: scene.later,
                    by: session
                )
                return given.until == scene.later
            }
        ),
        (
            "recall: acknowledge",
            { scene, session in
                try await scene.desk.acknowledge(scene.recalled, nil, by: session)
                return true
            }
        ),
        ("recall: list", { try await !$0.desk.recalls(for: $1, upTo: 10).isEmpty }),
        (
            "rely",
            { scene, session in
                try await scene.desk.rely(on: scene.report, for: "account 17", by: session)
                return true
            }
        ),
        (
            "rely: list",
            { try await !$0.desk.reliances(on: $0.report, for: $1, after: 0, upTo: 10).isEmpty }
        ),
        (
            "destination: make",
            { scene, session in
                let wanted = try Destination.Wanted(url: "https://hooks.example/in")
                return try await scene.world.node.destinations.make(wanted, by: session).secret != nil
            }
        ),
        ("destination: list", { try await !$0.world.node.destinations.destinations(of: $1).isEmpty }),
        ("task force: show", { try await $0.forces.view("warnings", for: $1).pool.name.text == "warnings" }),
        (
            "task force: release what was before",
            { scene, session in
                try await scene.forces.release(.all, of: "warnings", to: "carrier", by: session)
                return true
            }
        ),
        (
            "task force: choose what becomes of its own",
            { scene, session in
                try await scene.forces.choose(.keep, for: .all, to: "warnings", by: session)
                return true
            }
        ),
        (
            "links: list, of one advisory alone",
            { try await !$0.world.node.references.links(of: nil, nil, from: 0, upTo: 10, for: $1).shown.isEmpty }
        ),
        (
            "network: around an advisory",
            { scene, session in
                let center = CrossReferenceDesk.Center.advisory(scene.report.text)
                let found = try await scene.world.node.references.network(around: center, steps: 1, for: session)
                return !found.network.nodes.isEmpty
            }
        ),
        (
            "judgement: list, where none was made",
            { try await !$0.world.node.references.judgements(before: .max, upTo: 10, for: $1).isEmpty }
        ),
        ("notice: list, where none was given", { try await !$0.world.node.notices.notices(for: $1).isEmpty }),
    ]

    /// Members by how they stand to the advisories.
    private static let members: [(who: String, name: String)] = [
        ("originator and lead", "customs"), ("holder", "bank"), ("suspended holder", "oil"),
        ("takes part, holds nothing", "carrier"), ("takes no part", "port"),
    ]

    private func scene() async throws -> Scene {
        let world = try await AdvisoryExchange(
            .sqlite,
            readers: [("bank", .bank), ("oil", .energy), ("carrier", .carrier), ("port", .port)],
            closing: .keep
        )
        for name in ["bank", "oil", "carrier"] { try await world.enrol(name) }
        let (first, second) = (try await world.published(), try await world.published())
        for name in ["bank", "oil"] { #expect(try await world.reports(name) == ["full", "full"]) }
        let held = try await world.versions("bank").filter { $0.shownID.hasPrefix("report--") }
        let reports = try held.map { try STIXID(parsing: $0.shownID) }
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.error)), on: .id(second.id), by: customs)
        _ = try await world.node.administration.changeMember("oil") { $0.standing = .suspended }
        return Scene(world: world, name: .id(first.id), report: reports[0], recalled: reports[1])
    }

    private func answer(_ call: Call, _ scene: Scene, _ session: Session) async throws -> String {
        do {
            return try await call(scene, session) ? "**done**" : "nothing"
        } catch let fault as AdvisoryFault {
            switch fault {
            case .absent: return "absent"
            case .forbidden: return "forbidden"
            case .notNow: return "not now"
            case .noSuch(let field, _): return "no such \(field)"
            case .ended, .invalid, .refused, .conflict, .overQuota, .changedMeanwhile, .notStored: throw fault
            }
        }
    }

    private func printed() async throws -> String {
        let scene = try await scene()
        var sessions: [String: [(role: Role, session: Session)]] = [:]
        for (_, name) in Self.members {
            for role in Role.allCases {
                let token = try await scene.world.exchange.principal("\(name)-\(role)", of: name, roles: [role])
                sessions[name, default: []].append((role, try await scene.world.exchange.session(token)))
            }
        }
        var text = ""
        for (name, call) in Self.calls {
            text += "\n## \(name)\n\n"
            for (who, member) in Self.members {
                var answers: [(answer: String, roles: [String])] = []
                for (role, session) in sessions[member] ?? [] {
                    let answer = try await answer(call, scene, session)
                    if let at = answers.firstIndex(where: { $0.answer == answer }) {
                        answers[at].roles.append(role.rawValue)
                    } else {
                        answers.append((answer, [role.rawValue]))
                    }
                }
                let parts = answers.map { one in
                    one.roles.count == Role.allCases.count
                        ? one.answer : "\(one.answer) to \(one.roles.joined(separator: ", "))"
                }
                text += "- \(who): \(parts.joined(separator: "; "))\n"
            }
        }
        await scene.world.exchange.close()
        return text
    }

    @Test("is the one under review, cell by cell")
    func table() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "CallTable.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let reviewed = try #require(text.range(of: "\n## ")).lowerBound
        let printed = try await printed()
        #expect(printed.split(separator: "\n") == text[reviewed...].split(separator: "\n"), "it is now:\n\(printed)")
    }
}

import Exchange
import TestSupport
import Testing

/// Every action on a report, a request and feedback, by every kind of actor, in every state.
enum ReportActions {
    typealias Actor = ActionGrid.Actor

    private static let now = AdvisorySamples.now
    private static let forwarder = Samples.member(2, .freightForwarder)
    private static let authority = Samples.member(1, .customs)
    private static let others = ["author", "colleague", "another who received it", "another member's"]

    private static let actors = Role.allCases.flatMap { role in others.map { Actor(role: role, who: $0) } }

    private static func principal(_ actor: Actor) -> ActingPrincipal {
        let member =
            switch others.firstIndex(of: actor.who) {
            case 0, 1: forwarder
            case 2: authority
            default: Samples.member(3)
            }
        let number = 20 + (others.firstIndex(of: actor.who) ?? 0)
        return ActingPrincipal(ID(Samples.uuid(number)), of: member.id, roles: [actor.role])
    }

    private static let author = principal(Actor(role: .reporter, who: "author"))
    private static let officer = principal(Actor(role: .officer, who: others[2]))

    private static func content(_ facts: String) throws -> ReportContent {
        try ReportContent(
            categories: [AdvisorySamples.category("TBM-MIS")],
            severity: .serious,
            facts: facts,
            subjects: [AdvisorySamples.route()]
        )
    }

    // MARK: Reports

    private static func begin(_ content: ReportContent, _ actor: ActingPrincipal, _ receiver: Member) throws -> Report {
        try Report(ID(Samples.uuid(9)), content, by: actor, to: receiver, at: now)
    }

    private static func states() throws -> [Report] {
        let report = try begin(content("The seals differ."), author, authority)
        let accepted = try report.after(.accept(), by: officer, at: now)
        return [
            report, try report.after(.wantMore("Which?"), by: officer, at: now), accepted,
            try report.after(.refuse(.tooLittle, nil), by: officer, at: now),
            try report.after(.retract, by: author, at: now),
        ]
    }

    /// Who begins one, and to whom.
    static func beginning() throws -> [ActionGrid] {
        let content = try content("The seals differ.")
        let lines = MemberKind.allCases.map { ActionGrid.Line(state: "to", sort: $0.rawValue) }
        let grid = try ActionGrid("report: submit", Role.allCases.map { Actor(role: $0, who: "author") }, lines) {
            line,
            actor in
            let receiver = Samples.member(1, MemberKind.allCases[line])
            return try cell { try begin(content, principal(actor), receiver).state.name }
        }
        return [grid]
    }

    static func grids() throws -> [ActionGrid] {
        let reports = try states()
        let more = try content("The seals differ, and the weight.")
        let actions: [ReportAction] = [
            .accept(), .wantMore("Which?"), .refuse(.noSuspicion, nil), .add(more), .say("These."), .retract,
            .observed(try content("The seals differ."), committed: .zero),
            .proposeBadFaith("It is old."), .secondBadFaith("It is old."),
        ]
        return try actions.map { action in
            try ActionGrid("report: \(action.name)", actors, reports.map { line($0.state.name) }) { line, actor in
                try cell { try reports[line].after(action, by: principal(actor), at: now).state.name }
            }
        }
    }

    /// Who may say which outcome.
    static func outcomes() throws -> [ActionGrid] {
        let reports = try states()
        let lines = Outcome.allCases.flatMap { outcome in
            reports.map { ActionGrid.Line(state: $0.state.name, sort: outcome.rawValue) }
        }
        let said = ActionGrid.Actor.init
        let outcomes = Outcome.allCases.filter { $0.speaker != .exchange }
        let parties = ["originator", "another who said it", "another FIU's", "another member's"]
        let kinds: [MemberKind] = [.customs, .bank, .fiu, .bank]
        return [
            try ActionGrid("report: give an outcome of", actors, lines) { line, actor in
                let outcome = Outcome.allCases[line / reports.count]
                let action = ReportAction.conclude(outcome, note: nil, embargo: nil)
                let report = reports[line % reports.count]
                return try cell { try report.after(action, by: principal(actor), at: now).state.name }
            },
            try ActionGrid(
                "feedback: give (the exchange lets none but those that hold the advisory)",
                ["authority", "other member"].flatMap { who in Role.allCases.map { said($0, who) } },
                Outcome.allCases.map { ActionGrid.Line(state: "any advisory", sort: $0.rawValue) }
            ) { line, actor in
                let speaker = Samples.member(1, actor.who == "authority" ? .customs : .freightForwarder)
                return try cell {
                    _ = try Feedback(
                        Outcome.allCases[line],
                        note: nil,
                        by: principal(actor),
                        of: speaker,
                        at: now
                    )
                    return "said"
                }
            },
            try ActionGrid(
                "feedback: read",
                parties.flatMap { who in Role.allCases.map { said($0, who) } },
                outcomes.map { ActionGrid.Line(state: "any advisory", sort: $0.rawValue) }
            ) { line, actor in
                let place = parties.firstIndex(of: actor.who) ?? 0
                let feedback = try Feedback(
                    outcomes[line],
                    note: nil,
                    by: officer,
                    of: Samples.member(1, .customs),
                    at: now
                )
                let reader = Samples.member(place, kinds[place])
                let isSeen = feedback.isSeen(by: reader, originator: Samples.member(0).id)
                return isSeen ? .state("seen") : .refusal("hidden")
            },
        ]
    }

    // MARK: Requests

    static func requests() throws -> [ActionGrid] {
        let request = try InformationRequest(
            ID(Samples.uuid(9)),
            content("Who is it?"),
            for: .monitoring,
            by: author,
            of: forwarder,
            to: .member(authority.id),
            asking: [(authority, [])],
            gateways: .none,
            at: now
        )
        let states = [
            ("open", request), ("answered", try request.answered(.nothing, by: officer, at: now)),
            ("closed", try request.closed(by: author, at: now)),
        ]
        let steps: [(String, (InformationRequest, ActingPrincipal) throws -> InformationRequest)] = [
            ("request: answer", { try $0.answered(.nothing, by: $1, at: now) }),
            ("request: close", { try $0.closed(by: $1, at: now) }),
        ]
        return try steps.map { name, step in
            try ActionGrid(name, actors, states.map { line($0.0) }) { line, actor in
                try cell {
                    let next = try step(states[line].1, principal(actor))
                    return next.closed != nil ? "closed" : next.answers.isEmpty ? "open" : "answered"
                }
            }
        }
    }

    // MARK: Parts

    private static func line(_ state: String) -> ActionGrid.Line { ActionGrid.Line(state: state, sort: "") }

    private static func cell(_ body: () throws -> String) throws -> ActionGrid.Cell {
        do {
            return .state(try body())
        } catch let fault as ReportFault {
            return .refusal(fault.name)
        }
    }
}

extension ReportFault {
    /// Which it is, without what goes with it.
    fileprivate var name: String {
        switch self {
        case .missingRole: "missingRole"
        case .noAuthority: "noAuthority"
        case .oneself: "oneself"
        case .notParty: "notParty"
        case .otherSide: "otherSide"
        case .wrongState: "wrongState"
        case .notEntitled: "notEntitled"
        case .embargoPast: "embargoPast"
        case .full: "full"
        case .noGateway: "noGateway"
        case .answered: "answered"
        case .closed: "closed"
        case .line: "line"
        case .said: "said"
        case .told: "told"
        case .otherContent: "otherContent"
        case .panel(let refusal): "panel: \(refusal.rawValue)"
        case .content: "content"
        }
    }
}

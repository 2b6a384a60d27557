import Exchange
import Foundation
import TestSupport
import Testing

/// Every action on an advisory, by every kind of actor, in every state.
enum AdvisoryActions {
    private typealias S = AdvisorySamples
    typealias Actor = ActionGrid.Actor

    /// Its author is of the unit north, its last editor of south, who graded it of west.
    private static let people: [(who: String, number: Int, unit: String?)] = [
        ("author", 11, "north"), ("last editor", 12, "south"), ("grader", 13, "west"),
        ("of the author's unit", 14, "north"), ("of the editor's unit", 15, "south"), ("of a third unit", 16, "west"),
        ("of no known unit", 17, nil), ("another member's", 18, "west"),
    ]

    private static let actors = Role.allCases.flatMap { role in people.map { Actor(role: role, who: $0.who) } }

    private static let principals: [Actor: ActingPrincipal] = {
        let pairs = Role.allCases.flatMap { role in
            people.map { person in
                let member = person.who == "another member's" ? Samples.member(2) : S.member
                let unit = person.unit.map { Samples.name($0) }
                let id = ID<Principal>(Samples.uuid(person.number))
                let principal = ActingPrincipal(id, of: member.id, roles: [role], unit: unit)
                return (Actor(role: role, who: person.who), principal)
            }
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }()

    private static func principal(_ who: String, _ role: Role) throws -> ActingPrincipal {
        try #require(principals[Actor(role: role, who: who)])
    }

    // MARK: What it is done to

    /// An advisory by what might change an outcome.
    private struct Sort {
        var name: String
        var kind = AdvisoryKind.route
        var action = ActionCode.internalOnly
        var subjects: [Subject] = []
        var terms: AdvisoryTerms
        /// Those of its amendment; nil for the same.
        var amended: AdvisoryTerms?

        init(_ name: String, _ change: (inout Sort) throws -> Void = { _ in }) throws {
            self.name = name
            terms = try AdvisoryTerms()
            try change(&self)
        }

        func content(_ title: String) throws -> AdvisoryContent {
            let port = try Subject(.jurisdiction, key: "s4", properties: ["country": ["NL"]])
            return try S.content(title, subjects: [S.goods(), S.route(), port] + subjects, action: action)
        }
    }

    /// Everything that an advisory can be told by, each by itself: that most of it changes nothing is for the table to
    /// say.
    private static func sorts() throws -> [Sort] {
        let codes = [.internalOnly] + ActionCode.allCases.filter { $0 != .internalOnly }
        var sorts = try codes.map { code in try Sort(code.rawValue) { $0.action = code } }
        sorts.append(try Sort("person") { $0.subjects = [try S.person()] })
        sorts.append(try Sort("victim") { $0.subjects = [try S.person("s1", "Tamsin Verloop", .victim)] })
        sorts += try [TLP.clear, .red].map { level in
            try Sort(level.label) { $0.terms = try AdvisoryTerms(marking: level) }
        }
        sorts.append(
            try Sort("all caveats") { $0.terms = try AdvisoryTerms(caveats: Set(HandlingCaveat.allCases)) }
        )
        sorts.append(try Sort("embargo") { $0.amended = try AdvisoryTerms(embargo: S.days(2)) })
        sorts += try AdvisoryKind.allCases.filter { $0 != .safety && $0 != .route }.map { kind in
            try Sort(kind.rawValue) { $0.kind = kind }
        }
        for sort in sorts where ["A1", "A3", "person", "TLP:RED"].contains(sort.name) {
            var safety = sort
            safety.kind = .safety
            safety.name = "safety \(sort.name)"
            sorts.append(safety)
        }
        return sorts
    }

    /// An advisory in some state, and the instant at which somebody acts on it.
    private struct Case {
        let sort: Sort
        let line: ActionGrid.Line
        let advisory: Advisory
        let now = S.later(60)

        init(_ sort: Sort, _ name: String, _ advisory: Advisory) {
            self.sort = sort
            self.advisory = advisory
            line = ActionGrid.Line(state: advisory.place, sort: name)
        }
    }

    /// One of a sort in each state; in those after publication of a safety advisory also without approval.
    private static func cases(of sort: Sort) throws -> [Case] {
        let (author, editor) = (try principal("author", .publisher), try principal("last editor", .publisher))
        let (grader, approver) = (try principal("grader", .officer), try principal("of a third unit", .approver))
        func stages(_ begun: Advisory, _ terms: AdvisoryTerms) throws -> [Advisory] {
            let draft = try begun.by(editor, .edit(sort.content("Edited"), terms))
            let graded = try draft.by(grader, .grade(Grade(.usually, .probable)))
            return [draft, graded, try graded.approved(by: approver)]
        }
        func course(_ published: Advisory, _ name: String) throws -> [Case] {
            let terms = sort.amended ?? sort.terms
            let amend = AdvisoryAction.amend(try sort.content("Two"), terms, what: "The seals", why: "Seen again")
            let kept = try published.by(author, .review(until: S.later(30)))
            let ends = [kept.elapsed(at: S.later(30)), try published.by(author, .withdraw(.legal))]
            let standing = try [published, published.disputed(at: S.now)].flatMap { one in
                try [one] + stages(one.by(author, amend), terms)
            }
            return (standing + ends).map { Case(sort, name, $0) }
        }
        let begun = try Advisory(
            ID(Samples.uuid(900)),
            in: ID(Samples.uuid(100)),
            kind: sort.kind,
            sort.content("One"),
            on: sort.terms,
            by: author,
            at: S.now
        )
        let drafts = try stages(begun, sort.terms)
        let publish = AdvisoryAction.publish(try S.reference())
        var cases = try drafts.map { Case(sort, sort.name, $0) } + course(drafts[2].by(author, publish), sort.name)
        if sort.kind == .safety { cases += try course(drafts[1].by(author, publish), "unratified \(sort.name)") }
        let amended = try #require(cases.first { $0.line.state == "published/approved" }).advisory
        let others = [
            try amended.by(author, .publishAmendment), try amended.by(author, .recall(.leak)),
            try drafts[0].by(author, .withdraw(.unfounded)),
            try amended.by(author, .withdraw(.legal)).by(approver, .erase(.retention)),
        ]
        return cases + others.map { Case(sort, sort.name, $0) }
    }

    // MARK: What is done

    /// An originator's actions, by what they are called.
    private static func actions(on one: Case) throws -> [(name: String, action: AdvisoryAction)] {
        let other = try one.sort.content("Three")
        return [
            ("edit", .edit(other, one.sort.terms)), ("grade", .grade(Grade(.fairly, .possible))),
            ("confirm the grade", .confirmGrade),
            ("approve", .approve(digest: (one.advisory.pending ?? one.advisory.version).digest)),
            ("publish", .publish(try S.reference(2))),
            ("amend", .amend(other, one.sort.terms, what: "Facts", why: "A search")),
            ("publish the amendment", .publishAmendment), ("review until the usual date", .review(until: nil)),
            ("review until after the cap", .review(until: S.days(Advisory.capDays + 1))),
            ("withdraw", .withdraw(.resolved)), ("recall", .recall(.error)),
            ("recall as unratified", .recall(.unratified)),
            ("ratify", .ratify(digest: one.advisory.version.digest)), ("erase", .erase(.retention)),
            ("erase as closed", .erase(.closed)),
        ]
    }

    /// What time alone does, one change after the other.
    private static func course(of advisory: Advisory) -> String {
        var (course, next) = ([String](), advisory)
        while let due = next.due {
            next = next.elapsed(at: due)
            course.append(
                "**\(next.state.name)** on day \((due.microseconds - S.now.microseconds) / 86_400_000_000)"
            )
        }
        return course.isEmpty ? "never" : course.joined(separator: ", ")
    }

    static func grids() throws -> [ActionGrid] {
        let cases = try sorts().flatMap { sort in try Self.cases(of: sort) }
        let lines = cases.map { $0.line }
        let actions = try cases.map { one in try Self.actions(on: one) }
        func grid(
            _ name: String,
            _ step: (Int, ActingPrincipal) throws(LifecycleRefusal) -> Advisory
        ) throws -> ActionGrid {
            try ActionGrid(name, actors, lines) { line, actor in
                let principal = try principal(actor.who, actor.role)
                return try cell { try step(line, principal).change(since: cases[line].advisory) }
            }
        }
        var grids = try actions[0].indices.map { step in
            try grid(actions[0][step].name) { line, actor throws(LifecycleRefusal) in
                try cases[line].advisory.after(actions[line][step].action, by: actor, at: cases[line].now)
            }
        }
        grids.append(
            try grid("dispute (the exchange lets none but those that hold it)") { line, _ throws(LifecycleRefusal) in
                try cases[line].advisory.disputed(at: cases[line].now)
            }
        )
        grids.append(
            try grid("settle a dispute in its favour") { line, actor throws(LifecycleRefusal) in
                try cases[line].advisory.settled(by: actor, at: cases[line].now)
            }
        )
        let time = Role.allCases.map { Actor(role: $0, who: "by itself") }
        grids.append(ActionGrid("time", time, lines) { line, _ in .refusal(course(of: cases[line].advisory)) })
        return grids
    }

    private static func cell(_ body: () throws -> String) throws -> ActionGrid.Cell {
        do {
            return .state(try body())
        } catch let refusal as LifecycleRefusal {
            return .refusal(refusal.name)
        }
    }

    /// Who begins one: it has no state before.
    static func beginning() throws -> ActionGrid {
        let sort = try Sort("A1")
        let lines = [ActionGrid.Line(state: "nothing", sort: "")]
        return try ActionGrid("draft", Role.allCases.map { Actor(role: $0, who: "author") }, lines) { _, actor in
            try cell {
                try Advisory(
                    ID(Samples.uuid(900)),
                    in: ID(Samples.uuid(100)),
                    kind: sort.kind,
                    sort.content("One"),
                    on: sort.terms,
                    by: principal(actor.who, actor.role),
                    at: S.now
                ).place
            }
        }
    }
}

extension Advisory {
    /// Where it stands, with what else tells what may be done to it.
    fileprivate var place: String {
        let amendment = amendment.map { "/\($0.progress.rawValue)" } ?? ""
        return stand + (version.number > 1 ? " v\(version.number)" : "") + amendment
    }

    private var stand: String {
        let erased = erasure == nil ? "" : " and erased"
        if case .discarded = stage { return "\(state.name) before publication\(erased)" }
        return state.name + erased
    }

    /// What is another than before.
    fileprivate func change(since before: Advisory) -> String {
        var parts: [String] = []
        if stand != before.stand { parts.append(stand) }
        if version.number != before.version.number { parts.append("v\(version.number)") }
        if let release, release.isRatified != before.release?.isRatified ?? true {
            parts.append(release.isRatified ? "ratified" : "unratified")
        }
        if let amendment, amendment.progress != before.amendment?.progress {
            parts.append("amendment \(amendment.progress.rawValue)")
        }
        return parts.isEmpty ? "allowed" : parts.joined(separator: ", ")
    }
}

extension LifecycleRefusal {
    /// Which it is, without what goes with it.
    fileprivate var name: String {
        switch self {
        case .notOriginator: "notOriginator"
        case .missingRole: "missingRole"
        case .wrongState: "wrongState"
        case .notGraded: "notGraded"
        case .notApproved: "notApproved"
        case .ownWork: "ownWork"
        case .sameUnit: "sameUnit"
        case .changedSince: "changedSince"
        case .approved: "approved before"
        case .noAmendment: "noAmendment"
        case .notRatified: "notRatified"
        case .notDisputed: "notDisputed"
        case .waiting: "waiting"
        case .nothingToRatify: "nothingToRatify"
        case .reviewPast: "reviewPast"
        case .reviewLate: "reviewLate"
        case .reservedReason: "reservedReason"
        case .tearlineMissing: "tearlineMissing"
        case .notEnded: "notEnded"
        case .erased: "erased"
        case .disputed: "disputed"
        case .content: "content"
        }
    }
}

import Exchange
import Node
import Store
import TestSupport

/// What becomes of some reports, said beforehand: the same happens again with one thing changed.
struct ReportScript {
    /// A report.
    struct Told {
        var member: String
        var container: Int
        var place: String?
        /// How long before it was seen.
        var hours: Int64
        var isWanted: Bool
        var isCommitted: Bool

        /// Whose the member is.
        var group: String { member == "swift" ? "swift" : "anchor" }
    }

    enum What {
        case tell(Told)
        case accept(Grade?)
        case refuse
        case conclude(Outcome)
        case retract
        /// Customs finds that it corroborates an earlier one.
        case corroborates(Int)
    }

    struct Step {
        /// From the first report on.
        let second: Int64
        /// Which report.
        let report: Int
        var what: What
    }

    /// What happens in a script beside telling and accepting.
    struct Kind {
        /// Groups tell of the same boxes.
        var isShared = true
        var corroborates = false
        var concludes = false
        /// How likely a report is taken back late or found to be mistaken.
        var mistakes = 0.0
        /// The best that customs grades.
        var best = Grade.Credibility.confirmed
    }

    static let day: Int64 = 86_400
    /// By how they are worth, the worst first; unknown counts as possible does.
    static let credibilities: [Grade.Credibility] = [.improbable, .doubtful, .possible, .probable, .confirmed]
    static let groups = ["anchor", "swift"]
    private static let confirming: [Outcome] = [.seizure, .arrest, .investigationOpened, .conviction]
    private static let days: Int64 = 70

    var steps: [Step] = []

    init(_ kind: Kind, using random: inout SplitMix64) {
        func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
        func seconds(_ days: ClosedRange<Int64>) -> Int64 {
            Int64.random(in: days.lowerBound * Self.day...days.upperBound * Self.day, using: &random)
        }
        let best = Self.credibilities.firstIndex(of: kind.best) ?? 0
        let count = Int.random(in: 6...10, using: &random)
        let times = ([0] + (1..<count).map { _ in seconds(0...Self.days) }).sorted()
        for (number, second) in times.enumerated() {
            let member = ["anchor", "berth", "swift", "swift"].randomElement(using: &random) ?? "swift"
            let told = Told(
                member: member,
                // The third box and the fourth are one group's each.
                container: kind.isShared && chance(0.7)
                    ? Int.random(in: 0...1, using: &random) : member == "swift" ? 2 : 3,
                place: chance(0.6) ? ["NLRTM", "DEHAM"].randomElement(using: &random) : nil,
                hours: Int64.random(in: 0...120, using: &random),
                isWanted: chance(0.5),
                isCommitted: kind.corroborates
            )
            add(number, second, .tell(told))
            guard chance(0.8) else { continue }
            guard chance(0.9) else {
                add(number, second + seconds(0...20), .refuse)
                continue
            }
            let credibility = Self.credibilities[...best].randomElement(using: &random) ?? .possible
            let accepted = second + seconds(0...5)
            add(number, accepted, .accept(chance(0.8) ? Grade(.usually, credibility) : nil))
            if kind.corroborates {
                for earlier in 0..<number where chance(0.3) {
                    add(number, accepted + seconds(0...10), .corroborates(earlier))
                }
            }
            if kind.concludes, chance(0.4), let outcome = Self.confirming.randomElement(using: &random) {
                add(number, accepted + seconds(0...60), .conclude(outcome))
            }
            if chance(kind.mistakes) {
                add(number, second + seconds(8...60), chance(0.5) ? .retract : .conclude(.mistakenIdentity))
            }
        }
    }

    /// The reports that were accepted, by their numbers.
    var accepted: [Int] {
        steps.compactMap { step in
            if case .accept = step.what { step.report } else { nil }
        }
    }

    func told(_ report: Int) -> Told? {
        for step in steps where step.report == report {
            if case .tell(let told) = step.what { return told }
        }
        return nil
    }

    /// Adds what happens to a report, after all that happens until then.
    mutating func add(_ report: Int, _ second: Int64, _ what: What) {
        let place = steps.firstIndex { $0.second > second } ?? steps.endIndex
        steps.insert(Step(second: second, report: report, what: what), at: place)
    }
}

/// What came of a script over two nodes.
struct ReportRun {
    private static let containers = ["MSKU0383250", "TGHU7599330", "CSQU3054383", "MSKU9070323", "TCLU4265773"]
    /// The statements of all epochs up to each close, by groups.
    private(set) var statements: [String: [Int: GroupStatement]] = [:]
    private var calls: FailingCalls
    private var reports: [Int: Report] = [:]
    private var members: [Int: String] = [:]
    private var closed = 0

    /// Plays it until a day.
    init(_ script: ReportScript, _ engine: Engine, seed: UInt64, until day: Int64) async throws {
        let harbour = try await Harbour.old(engine)
        calls = try await FailingCalls(harbour, seed: seed)
        try await harbour.want(days: 40)
        let start = harbour.exchange.clock.now
        for step in script.steps {
            try await pass(to: start.advanced(by: .seconds(step.second)))
            try await play(step)
        }
        for epoch in 1...day / 30 {
            try await pass(to: start.advanced(by: .seconds(epoch * 30 * ReportScript.day + 60)))
        }
        await harbour.exchange.close()
    }

    /// The report that has a number, as it was told.
    func id(_ number: Int) -> ID<LedgerItem>? { reports[number].map { ID($0.id.uuid) } }

    private mutating func pass(to time: Timestamp) async throws {
        let clock = calls.harbour.exchange.clock
        guard time > clock.now else { return }
        clock.advance(by: .nanoseconds(time.nanoseconds - clock.now.nanoseconds))
        guard let first = reports[0]?.submitted else { return }
        let epochs = Int((clock.now.nanoseconds - first.nanoseconds) / (30 * ReportScript.day * 1_000_000_000))
        guard epochs > closed else { return }
        try await calls.elapse()
        closed = epochs
        for group in ReportScript.groups {
            let session = try await calls.harbour.session(group)
            let ledgers = calls.nodes[calls.number(0...1)].ledgers
            let statement = try await ledgers.statement(of: Samples.name("customs"), epochs: epochs, for: session)
            statements[group, default: [:]][epochs] = statement
        }
        try await calls.harbour.checkBooks()
    }

    private mutating func play(_ step: ReportScript.Step) async throws {
        let (harbour, id) = (calls.harbour, reports[step.report]?.id)
        let action: ReportAction
        var actor = "customs"
        switch step.what {
        case .tell(let told):
            let content = try ReportContent.box(
                Self.containers[told.container],
                at: told.place,
                hours: told.hours,
                isWanted: told.isWanted,
                before: harbour.exchange.clock.now
            )
            let session = try await harbour.session(told.member)
            members[step.report] = told.member
            reports[step.report] = try await calls.report(content, isCommitted: told.isCommitted, by: session)
            return
        case .corroborates(let earlier):
            guard let id, let first = reports[earlier]?.id else { return }
            _ = try await calls.once(by: try await harbour.session(actor)) { node, session, _ in
                try await node.reports.corroborate(first, by: id, for: session)
            }
            return
        case .accept(let grade): action = .accept(grade)
        case .refuse: action = .refuse(.tooLittle, nil)
        case .conclude(let outcome): action = .conclude(outcome, seized: nil, note: nil, embargo: nil)
        case .retract:
            action = .retract
            actor = members[step.report] ?? actor
        }
        guard let id else { return }
        _ = try await calls.once(by: try await harbour.session(actor)) { node, session, call in
            try await node.reports.act(action, on: id, by: session, as: call)
        }
    }
}

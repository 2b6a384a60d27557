import Exchange
import TestSupport
import Testing

@Suite("Reciprocity: what an asker may know of its lines")
struct AskedLinesTests {
    private static let terms = ReciprocityTerms.standard
    private static let names = ["a", "b", "c", "d"].map(LedgerSamples.name)

    @Test("I5: what it is let ask no line refuses, whoever was asked in truth", arguments: UInt64(0)..<1_000)
    func room(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let asker = Self.names[0]
        var book = LedgerBook<LineAccount>(Self.terms)
        var asked: [(line: LineRequest, entry: LedgerEntry<LineAccount>, request: Int)] = []
        var open: [Int: AskedLines.Open] = [:]
        for number in 0..<60 {
            var posted: [Name: Int64] = [:]
            for other in Self.names.dropFirst() {
                posted[other] = book[LineAccount(of: asker, towards: other)].posted
            }
            let lines = AskedLines(posted: posted, open: Array(open.values))
            let weight = RequestWeight.allCases[Int.random(in: 0..<3, using: &random)]
            let others = Array(Self.names.dropFirst())
            let named = Bool.random(using: &random) ? others[Int.random(in: 0..<3, using: &random)] : nil
            let roomy = (named.map { [$0] } ?? others).filter { lines.hasRoom(for: weight, towards: $0, Self.terms) }
            // Some of those who might be asked are passed over, which the asker never learns.
            for other in roomy where Int.random(in: 0..<3, using: &random) > 0 {
                let line = try #require(LineRequest(LedgerSamples.id(UInt64(number)), by: asker, of: other, weight))
                let entry = line.asked(on: number, Self.terms)
                try book.post(entry)
                asked.append((line, entry, number))
            }
            if !roomy.isEmpty { open[number] = AskedLines.Open(weight, of: named) }
            // Some of it is answered, and some is over.
            if !asked.isEmpty, Bool.random(using: &random) {
                let one = asked.remove(at: Int.random(in: 0..<asked.count, using: &random))
                try book.post(one.line.answered(one.entry, on: number))
                if let request = open[one.request] {
                    let answered = request.answered.union([one.line.responder])
                    open[one.request] =
                        request.responder == nil ? AskedLines.Open(request.weight, of: nil, answered: answered) : nil
                }
            }
            if Int.random(in: 0..<8, using: &random) == 0, let over = open.keys.sorted().first {
                for one in asked where one.request == over { try book.post(one.line.lapsed(one.entry, on: number)) }
                asked.removeAll { $0.request == over }
                open[over] = nil
            }
            for other in others {
                let balance = book[LineAccount(of: asker, towards: other)]
                #expect(balance.posted - balance.leaving >= -20)
            }
        }
    }

    @Test("months begin and end where the calendar has them")
    func months() {
        var month = LineMonth(at: Timestamp(nanoseconds: 0))
        #expect(month.number == 0 && month.end.text == "1970-02-01T00:00:00.000000Z")
        for _ in 0..<1_500 {
            let next = LineMonth(at: month.end)
            #expect(next.previous == month && month < next && next.epoch.opens == month.epoch.closes)
            #expect(LineMonth(at: month.end.advanced(by: .nanoseconds(-1))) == month)
            month = next
        }
        #expect(month.end.text == "2095-02-01T00:00:00.000000Z")
    }

    private static let now = Timestamp(microseconds: 1_800_000_000_000_000)
    private static let asker = Samples.member(1)

    private static func actor(_ member: Member) -> ActingPrincipal {
        ActingPrincipal(ID(Samples.uuid(Int(member.number) + 100)), of: member.id, roles: [.reporter])
    }

    private static func request(
        to members: [Member],
        _ weight: RequestWeight = .simple,
        on lines: AskedLines = AskedLines()
    ) throws -> InformationRequest {
        let route = try Subject(.route, key: "r", properties: ["origin": ["CNSHA"], "destination": ["NLRTM"]])
        let content = try ReportContent(
            categories: [try #require(Category(rawValue: "TBM-MIS"))],
            severity: .serious,
            facts: "Who ships this way?",
            subjects: [route]
        )
        return try InformationRequest(
            ID(Samples.uuid(8)),
            content,
            for: .diligence,
            by: actor(asker),
            of: asker,
            to: members.count == 1 ? .member(members[0].id) : .pool(ID(Samples.uuid(7))),
            asking: members.map { ($0, []) },
            gateways: AccessTableTests.gateways,
            weight: weight,
            on: lines,
            at: now
        )
    }

    @Test("what a request puts on a line ends with an answer in time, refusals of all, its close or its time")
    func states() throws {
        let (first, second, other) = (Samples.member(2), Samples.member(3), Samples.member(4))
        let group: Set = [first.id, second.id]
        let asked = try Self.request(to: [first, second, other])
        let late = asked.due.advanced(by: .nanoseconds(1_000))
        #expect(asked.lineState(among: group, at: asked.due) == .pending)
        #expect(asked.lineState(among: group, at: late) == .void)
        let refused = try asked.answered(.refused(.legal), by: Self.actor(first), at: Self.now)
        #expect(refused.lineState(among: group, at: Self.now) == .pending)
        let both = try refused.answered(.refused(.capacity), by: Self.actor(second), at: Self.now)
        #expect(both.lineState(among: group, at: Self.now) == .void)
        #expect(both.lineState(among: [other.id], at: Self.now) == .pending)
        let answered = try refused.answered(.nothing, by: Self.actor(second), at: asked.due)
        #expect(answered.lineState(among: group, at: late) == .posted)
        #expect(try answered.closed(by: Self.actor(Self.asker), at: late).lineState(among: group, at: late) == .posted)
        let closed = try asked.closed(by: Self.actor(Self.asker), at: Self.now)
        #expect(closed.lineState(among: group, at: Self.now) == .void)
        let tooLate = try asked.answered(.positive("Yes."), by: Self.actor(first), at: late)
        #expect(tooLate.lineState(among: [first.id], at: late) == .void && tooLate.answers[0].earns == nil)
    }

    @Test("a request beyond a line is refused with what is owed to whom, and of a pool those are passed over")
    func refusals() throws {
        let (full, free, customs) = (Samples.member(2), Samples.member(3), Samples.member(4, .customs))
        let lines = AskedLines(posted: [full.group: -18, free.group: 3], open: [AskedLines.Open(.simple, of: nil)])
        let fault = #expect(throws: ReportFault.self) { try Self.request(to: [full], .moderate, on: lines) }
        let text = try #require(fault).description
        for part in ["asks 3 units", "line of 20", "owes group-2 18", "1 are in", "cancelled on 2027-02-01"] {
            #expect(text.contains(part), "\(text)")
        }
        #expect(try Self.request(to: [full, free], .moderate, on: lines).asked == [free.id])
        #expect(try Self.request(to: [full], .simple, on: lines).asked == [full.id])
        // An authority is asked whatever is owed to others, and owed nothing.
        #expect(try Self.request(to: [full, customs], .deep, on: lines).asked == [customs.id])
        let open = AskedLines(open: Array(repeating: AskedLines.Open(.deep, of: nil), count: 2))
        #expect(throws: ReportFault.self) { try Self.request(to: [full, free], .deep, on: open) }
        #expect(try Self.request(to: [full, free], .moderate, on: open).asked.count == 2)
    }
}

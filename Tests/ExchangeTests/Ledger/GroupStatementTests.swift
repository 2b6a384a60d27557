import Exchange
import Testing

@Suite("Reciprocity: statements")
struct GroupStatementTests {
    private static let terms = ReciprocityTerms.standard

    /// The forwarder's statement of the second epoch of the worked example.
    private func statement() throws -> GroupStatement {
        let example = WorkedExample()
        let start = try Timestamp(parsing: "2026-12-01T09:30:00Z")
        var account = GroupAccount(WorkedExample.forwarder, joined: 0, size: .medium)
        var epoch = Epoch(first: Self.terms)
        let before = account.close(epoch, example.claims, .standard)
        epoch = epoch.next(Self.terms)
        let entries = account.close(epoch, example.claims, .standard)
        let owed = OwedFeedback(
            LedgerSamples.id(2),
            of: WorkedExample.customs,
            to: WorkedExample.forwarder,
            submitted: 31,
            answered: nil,
            Self.terms
        )
        let issue = try #require(account.issues.first)
        let vouchers = Entitlement.issued(
            issue,
            to: account.group,
            ids: [LedgerSamples.id(1), LedgerSamples.id(2)],
            Self.terms
        )
        return GroupStatement(
            pool: LedgerSamples.name("harbour"),
            account,
            GroupStatement.Period(from: epoch, to: epoch, in: PoolDays(start: start)),
            opening: GroupStatement.Balance(earned: before.reduce(.zero) { $0 + $1.amount }),
            entries: entries,
            reasons: [:],
            owed: [owed],
            entitlements: vouchers.entitlements,
            requests: [WorkedExample.bank: LedgerBalance(posted: -3)],
            .standard
        )
    }

    @Test("the worked example's second epoch reads so")
    func text() throws {
        let text = try statement().text
        #expect(text == Self.text)
    }

    @Test("its JSON is canonical, and its figures add up")
    func json() throws {
        let statement = try statement()
        let read = try JSON(parsing: statement.json).root
        #expect(read.canonical() == statement.json)
        let opening = read["opening"]?["earned"]?.integer ?? 0
        let closing = read["closing"]?["earned"]?.integer ?? 0
        let posted = read["posted"]?.integer ?? 0
        let decayed = read["decayed"]?.integer ?? 0
        #expect(opening + posted - decayed == closing)
        #expect(closing == 70_745)
        #expect(read["lines"]?.elements.first?["Q"]?.integer == 647)
    }

    @Test("its CSV has a row for each line and total, each of as many cells")
    func csv() throws {
        let rows = try statement().csv.split(separator: "\r\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(rows.count == 1 + 1 + 1 + 2 + 1 + 9 + 3)
        let named = rows.map { "\($0[2]) \($0[4]) \($0[13])" }
        #expect(named.contains("request-units bank -3") && named.contains("entitlement-available customs "))
        #expect(rows.allSatisfy { $0.count == rows[0].count })
        #expect(rows.contains { $0[0] == "2" && $0[1] == "2026-12-31" && $0[2] == "opening" && $0[13] == "22.675" })
    }

    @Test("an operator sees shares and sums, and no name")
    func overview() {
        let groups: [(tier: Tier, standing: Amount<MilliCredit>)] = [
            (.restricted, Amount(-5)), (.basic, Amount(0)), (.basic, Amount(10)), (.anchor, Amount(30)),
        ]
        let a = LedgerSamples.name("a")
        let b = LedgerSamples.name("b")
        let lines = [
            LineAccount(of: a, towards: b): LedgerBalance(posted: -7),
            LineAccount(of: b, towards: a): LedgerBalance(posted: 7),
        ]
        let overview = ReciprocityOverview(groups, lines)
        #expect(overview.tiers == [1, 2, 0, 1])
        #expect(overview.restrictedShare == 250)
        #expect(overview.gini == 625)
        #expect(overview.quantiles.map(\.count) == [-5, -5, 0, 10, 30])
        #expect(overview.owed == Amount(7))
        #expect(overview.owedMost == Amount(7))
        let equal = ReciprocityOverview([(.basic, Amount(5)), (.basic, Amount(5))], [:])
        #expect(equal.gini == 0)
        #expect(ReciprocityOverview([], [:]).restrictedShare == 0)
    }

    private static let text = [
        "Statement of forwarder in harbour, epochs 2 to 2: 2026-12-31 to 2027-01-30",
        "",
        "  opening                           22.675",
        "  posted                            50.545",
        "  decayed                           -2.475",
        "  clawed back                        0.000",
        "  closing                           70.745",
        "  standing                          70.745",
        "  r 0.590, rho 600, tier T1",
        "",
        "epoch  date        event     item                                  from     base    C    R     U    T    Q    rho  worth  posted",
        "2      2027-01-30  accepted  00000000-0000-8000-8000-000000000002  customs  10.000  500  1000  600  648  647  600  7.117  7.117",
        "  not itemised                      43.428",
        "",
        "By event",
        "  accepted                           7.117",
        "",
        "By counterpart",
        "  customs                            7.117",
        "",
        "Feedback owed to you",
        "  00000000-0000-8000-8000-000000000002 by customs, submitted on day 31 (2027-01-01): "
            + "due on day 121 (2027-04-01)",
        "",
        "Entitlements",
        "  00000000-0000-8000-8000-000000000001 at customs: available, expires on day 120 (2027-03-31)",
        "  00000000-0000-8000-8000-000000000002 at customs: available, expires on day 120 (2027-03-31)",
        "",
        "Request lines",
        "  bank: -3",
        "",
    ].joined(separator: "\n")
}

@Suite("Reciprocity: what a statement itemises")
struct StatementItemTests {
    private static let terms = ReciprocityTerms.standard
    private static let group = LedgerSamples.name("forwarder")

    private func claim(_ item: UInt64, _ credibility: Int, day: Int, shows: Int? = nil) -> Claim {
        Claim(
            Claim.Key(item: LedgerSamples.id(item), event: .accepted, group: Self.group),
            cluster: LedgerSamples.id(9),
            window: 0,
            from: .authority(LedgerSamples.name("customs")),
            Quality(credibility: credibility, relevance: 300, novelty: 1_000, timeliness: 0),
            day: day,
            shows: shows ?? day
        )
    }

    private func statements(hidden: Bool) -> [GroupStatement] {
        let masked = claim(2, 500, day: 2, shows: hidden ? 3 : 2)
        let events: [LedgerEvent] = [
            .claim(claim(1, 1_000, day: 1)), .claim(masked),
            .takenBack(ClawBack(LedgerSamples.id(1), of: Self.group, on: 40, .error)),
        ]
        let entered = events.map { EnteredEvent(epoch: 1, event: $0) }
        var account = GroupAccount(Self.group, joined: 0, size: .medium)
        var epoch = Epoch(first: Self.terms)
        var opening = GroupStatement.Balance()
        return (1...2).map { _ in
            let entries = account.close(epoch, entered: entered, .standard)
            let statement = GroupStatement(
                pool: LedgerSamples.name("pool"),
                account,
                GroupStatement.Period(from: epoch, to: epoch, in: PoolDays(start: Timestamp(nanoseconds: 0))),
                opening: opening,
                entries: entries,
                reasons: [:],
                owed: [],
                entitlements: [],
                requests: [:],
                .standard
            )
            (opening, epoch) = (statement.closing, epoch.next(Self.terms))
            return statement
        }
    }

    @Test("what counts again after a claw-back has a line of its own")
    func restored() {
        let statements = statements(hidden: false)
        #expect(statements[0].lines.map(\.lot.amount.count) == [7_100, 0])
        let line = statements[1].lines.first
        #expect(
            statements[1].lines.count == 1 && line?.kind == .restored && line?.lot.claim.key.item == LedgerSamples.id(2)
        )
        #expect(line?.lot.amount == statements[1].posted && line?.lot.amount.count == 5_100)
        #expect(statements[1].text.contains("accepted restored"))
        #expect(statements[1].counterparts.map(\.amount) == [5_100])
        #expect(statements[1].closing.earned == statements[1].standing.total)
    }

    @Test("what was under an embargo counts again in a total")
    func hidden() {
        let statement = statements(hidden: true)[1]
        #expect(statement.lines.isEmpty && statement.notItemised == statement.posted)
        #expect(statement.notItemised.count == 5_100)
    }

    @Test("one of thousands of reports is verified as any other")
    func long() throws {
        let owed = (1...12_000).map { number in
            OwedFeedback(
                LedgerSamples.id(number),
                of: WorkedExample.customs,
                to: WorkedExample.forwarder,
                submitted: 0,
                answered: nil,
                Self.terms
            )
        }
        let epoch = Epoch(first: Self.terms)
        var account = GroupAccount(WorkedExample.forwarder, joined: 0, size: .medium)
        let entries = account.close(epoch, WorkedExample().claims, .standard)
        let statement = GroupStatement(
            pool: LedgerSamples.name("harbour"),
            of: WorkedExample.customs,
            account,
            GroupStatement.Period(from: epoch, to: epoch, in: PoolDays(start: LedgerSamples.start)),
            opening: GroupStatement.Balance(),
            entries: entries,
            reasons: [:],
            owed: owed,
            entitlements: [],
            requests: [:],
            .standard
        )
        let key = try #require(SigningKey(seed: [UInt8](repeating: 7, count: 32)))
        let exchange = KeyHolder.exchange(LedgerSamples.id(1))
        let known = FederationKey(key.publicKey, of: exchange, named: "exchange", from: LedgerSamples.start)
        let keys = KeyRing([try #require(known)])
        var signed = statement.signed(by: key)
        #expect(signed.count > CompactJWS.bytesMax)
        #expect(try SignedStatement(verifying: signed, keys: keys).earned == statement.closing.earned)
        let place = try #require(signed.lastIndex(of: UInt8(ascii: "9")))
        signed[place] = UInt8(ascii: "8")
        #expect(throws: SignedStatement.Refusal.self) { try SignedStatement(verifying: signed, keys: keys) }
        let padded = [UInt8](repeating: UInt8(ascii: " "), count: SignedStatement.bytesMax) + signed
        #expect(throws: SignedStatement.Refusal.long) { try SignedStatement(verifying: padded, keys: keys) }
    }
}

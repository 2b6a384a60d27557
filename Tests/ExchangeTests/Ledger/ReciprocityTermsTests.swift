import Exchange
import Testing

@Suite("Reciprocity: terms and tiers")
struct ReciprocityTermsTests {
    private static let terms = ReciprocityTerms.standard

    @Test("a figure that cannot be is told with its key, its rule and what to do")
    func faults() {
        let cases: [([String: Int], String)] = [
            (["epoch.dayz": 30], "epoch.dayz: is no figure of this version; take it out"),
            (["epoch.days": 6], "epoch.days: is 6, but must be 7 to 90 days; the default is 30"),
            (
                ["quality.credibility": 500],
                "quality.credibility: and the other weights are 1100 together; let quality.credibility, "
                    + "quality.relevance, quality.novelty, quality.timeliness sum to 1000"
            ),
            (
                ["tier.basic.threshold": 750],
                "tier.contributing.threshold: is 750, but must be above tier.basic.threshold, which is 750; "
                    + "change one of them"
            ),
            (
                ["requests.line": 5],
                "requests.line: is 5, but must not be below requests.deep, which is 8; change one of them"
            ),
        ]
        for (figures, message) in cases {
            #expect {
                try ReciprocityTerms(figures)
            } throws: {
                "\($0)" == message
            }
        }
    }

    @Test("every figure has a default in its range, and terms survive the store")
    func stored() throws {
        for term in Term.allCases { #expect(term.range.contains(term.standard), "\(term.rawValue)") }
        let terms = try ReciprocityTerms(["epoch.days": 14, "tier.grace_days": 90])
        #expect(terms.changes == ["epoch.days": 14])
        #expect(try ReciprocityTerms(terms.changes)[.epochDays] == 14)
    }

    @Test("tiers rise by a step at a close, and fall by one after two closes below 80 % of the line")
    func tiers() {
        func next(_ state: TierState, _ standing: Int64, rho: Int = 500, age: Int = 400) -> TierState {
            state.next(standing: Amount(standing), size: .small, reliability: rho, age: age, Self.terms)
        }
        #expect(next(TierState(.restricted), 60_000) == TierState(.basic))
        #expect(next(TierState(.basic), 29_999) == TierState(.basic))
        #expect(next(TierState(.basic), 30_000) == TierState(.contributing))
        #expect(next(TierState(.contributing), 60_000, rho: 699) == TierState(.contributing))
        #expect(next(TierState(.contributing), 60_000, rho: 700) == TierState(.anchor))
        #expect(next(TierState(.contributing), 24_000) == TierState(.contributing))
        let low = next(TierState(.contributing), 23_999)
        #expect(low == TierState(.contributing, low: 1))
        #expect(next(low, 24_000) == TierState(.contributing))
        #expect(next(low, 0) == TierState(.basic))
        #expect(next(TierState(.basic, low: 1), -1, age: 89) == TierState(.basic))
        #expect(next(TierState(.basic, low: 1), -1, age: 90) == TierState(.restricted))
        #expect(next(TierState(.restricted, low: 1), -1).tier == .restricted)
    }

    @Test("a quota says what is left and when it renews")
    func quotas() throws {
        let now = try Timestamp(parsing: "2028-02-28T23:59:59Z")
        let screenings = Discretionary().allowance(.screenings, of: .restricted, used: 99, at: now, Self.terms)
        #expect(screenings.limit == 100)
        #expect(screenings.left == 1)
        #expect(screenings.renews == (try Timestamp(parsing: "2028-02-29T00:00:00Z")))
        let requests = Discretionary().allowance(.requests, of: .basic, used: 12, at: now, Self.terms)
        #expect(requests.left == 0)
        #expect(requests.renews == (try Timestamp(parsing: "2028-03-01T00:00:00Z")))
        #expect(Allowance.began(.requests, at: now) == (try Timestamp(parsing: "2028-02-01T00:00:00Z")))
    }

    @Test("I12: nothing exempt has a time that a tier could change, and I13: a tier only ever puts off")
    func timing() throws {
        let delays = try ReciprocityTerms(["tier.restricted.delay_hours": 72, "tier.basic.delay_hours": 24])
        let now = try Timestamp(parsing: "2028-02-28T12:00:00Z")
        let due = Tier.allCases.map { Discretionary().due(released: now, to: $0, delays) }
        #expect(due == [now.advanced(by: .seconds(72 * 3_600)), now.advanced(by: .seconds(24 * 3_600)), now, now])
        #expect(Tier.allCases.allSatisfy { Discretionary().due(released: now, to: $0, Self.terms) == now })
        // An exempt thing is its reason and no more: there is nothing in it to put off.
        #expect(Exemption.allCases.allSatisfy { Mirror(reflecting: Exempt($0)).children.map(\.label) == ["reason"] })
    }
}

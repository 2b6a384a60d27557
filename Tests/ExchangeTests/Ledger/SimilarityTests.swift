import Exchange
import Testing

@Suite("Reciprocity: novelty and relevance")
struct SimilarityTests {
    private static func company(_ name: String, lei: String? = nil) throws -> Subject {
        var properties = ["name": [name]]
        properties["leiCode"] = lei.map { [$0] }
        return try Subject(.organisation, key: "s1", properties: properties)
    }

    private static let lei = "529900T8BM49AURSDO55"

    @Test("an item is as new as what it tells that no other group's item told")
    func novelty() throws {
        let known = ItemFeatures([try Self.company("Blue Anchor Shipping", lei: Self.lei)])
        let same = ItemFeatures([try Self.company("SHIPPING, Blue Anchor", lei: Self.lei)])
        let named = ItemFeatures([try Self.company("Blue Anchor Shipping")])
        let other = ItemFeatures([try Self.company("Red Anchor")])
        #expect(Novelty(of: same, held: [known]).score == 0)
        #expect(Novelty(of: named, held: [known]).score == 0)
        #expect(Novelty(of: known, held: [named]).score == 667)
        #expect(Novelty(of: other, held: [known, named]).score == 1_000)
        #expect(Novelty(of: other, held: []).score == 1_000)
        #expect(Novelty(of: known, held: [other, named]).reason == "333 of 1000 of it had been told before")
        // What tells nothing that can be compared is new to nobody.
        #expect(Novelty(of: ItemFeatures([]), held: [known]).score == 0)
    }

    @Test("places and goods count, and least")
    func routes() throws {
        let route = try Subject(.route, key: "s1", properties: ["origin": ["NLRTM"], "destination": ["MAPTM"]])
        let company = try Self.company("Blue Anchor Shipping")
        let both = ItemFeatures([route, company], place: "NLRTM")
        #expect(both.similarity(to: ItemFeatures([route])) == 400)
        #expect(both.similarity(to: ItemFeatures([company])) == 400)
        #expect(both.similarity(to: ItemFeatures([], place: "NLRTM")) == 200)
    }

    @Test("items of one name or number are of one cluster, the first")
    func clusters() throws {
        let first = ItemFeatures([try Self.company("Blue Anchor Shipping", lei: Self.lei)]).clusterMarks
        let second = ItemFeatures([try Self.company("Anchor Blue Shipping")]).clusterMarks
        #expect(!first.isDisjoint(with: second))
        let one: ID<SubjectCluster> = LedgerSamples.id(1)
        let two: ID<SubjectCluster> = LedgerSamples.id(2)
        let known = Dictionary(uniqueKeysWithValues: first.map { ($0, one) })
        #expect(ID.of(known.filter { second.contains($0.key) }, else: two) == one)
        #expect(ID.of([:], else: two) == two)
    }

    @Test("what an authority asked for, or a member is exposed to, is relevant, and why is told")
    func relevance() throws {
        let code = Exchange.Category(rawValue: "TRF-DRG")
        let drugs = try #require(code)
        let customs = LedgerSamples.name("customs")
        let asked = try #require(
            Requirement(
                by: customs,
                named: LedgerSamples.name("precursors"),
                categories: [drugs],
                kinds: [],
                until: 100
            )
        )
        func relevance(_ categories: Set<Exchange.Category>, _ exposure: Exposure = .none, day: Int = 0) -> Relevance {
            Relevance(
                categories: categories,
                kinds: [.organisation],
                of: LedgerSamples.name("anchor"),
                requirements: [asked],
                exposure: exposure,
                on: day
            )
        }
        let banks = Set((1...5).map { LedgerSamples.name("bank-\($0)") })
        let exposed = Exposure(watching: banks, hit: [LedgerSamples.name("bank-1")])
        #expect(relevance([drugs]).score(.standard) == 1_000)
        #expect(relevance([drugs]).reason == "meets precursors of customs")
        #expect(relevance([drugs], day: 100).score(.standard) == 300)
        #expect(relevance([drugs], exposed).reason == "meets precursors of customs")
        #expect(relevance([], exposed) == .exposure)
        #expect(relevance([], exposed).reason == "touches a member's exposure")
        #expect(relevance([]) == .neither)
        #expect(Requirement(by: customs, named: customs, categories: [], kinds: [], until: 1) == nil)
    }
}

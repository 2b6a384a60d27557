import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Non-nominal rendition")
struct AdvisoryNonNominalTests {
    private typealias S = AdvisorySamples

    private func report(_ bytes: [[UInt8]]) throws -> [JSON.Value] { try bytes.map { try JSON(parsing: $0).root } }

    @Test("holds the codes of method and route")
    func codes() throws {
        let country = try Subject(.jurisdiction, key: "j", properties: ["country": ["nl"]])
        let advisory = try S.published(S.content(subjects: [S.goods(), S.route(), country, S.person()]))
        let objects = try report(advisory.rendition(.nonNominal, ids: S.ids, at: S.now))
        #expect(objects.compactMap { $0["type"]?.string } == ["report", "method"])
        let properties = objects[1]["extensions"]?[ListExtension.subject]?["properties"]
        func codes(_ name: String) -> [String]? { properties?[name]?.elements.compactMap(\.string) }
        #expect(codes("category") == ["SAF-PER", "TBM-MIS", "TRF-PRE"])
        #expect(codes("area") == ["DRG"] && codes("country") == ["NL"])
        #expect(codes("hsDeclared") == ["851762"] && codes("hsSuspected") == ["293941"])
        #expect(codes("route") == ["CNSHA-NLRTM"])
        let extra = objects[0]["extensions"]?[AdvisoryExtension.id]
        #expect(extra?["kind"]?.string == "ADV-RTE" && extra?["action_code"]?.string == "A1")
        #expect(extra?["severity"]?.integer == 3 && extra?["reference"] == nil)
    }

    @Test("is all that there is without a legal gateway, of a container and a vessel as of a person")
    func named() throws {
        let vessel = try Subject(.vessel, key: "v", properties: ["imoNumber": ["9074729"]])
        let container = try Subject(.container, key: "k", properties: ["containerNumber": ["CSQU3054383"]])
        let country = try Subject(.jurisdiction, key: "j", properties: ["country": ["NL"]])
        let pool = Samples.pool(100, PoolTerms(title: "W", reading: .everyone, writing: .everyone))
        let reader = Samples.member(2, .bank)
        let principal = Samples.principal(2, of: reader, roles: [.reader])
        for (subject, isNominal) in try [
            (S.person(), true), (vessel, true), (container, true), (S.goods(), true), (S.route(), false),
            (country, false),
        ] {
            let subjects = [subject] + (subject.kind == .route ? [] : [try S.route()])
            let advisory = try S.published(S.content(subjects: subjects))
            let label = advisory.label(
                of: .full,
                in: pool,
                originator: S.member,
                author: Samples.principal(11, of: S.member),
                isCorroborated: false,
                cohort: 0
            )
            let decision = AccessPolicy.decide(
                Reader(principal: principal, member: reader, pools: [pool.id: .open], until: nil),
                label,
                at: S.now
            )
            #expect(decision.isPermitted != isNominal && label.terms?.isNominal == isNominal, "\(subject.kind)")
        }
    }

    @Test("cuts commodities to the six digits that all countries share")
    func commodities() throws {
        #expect(try NonNominal.Commodity(Identifier("8517620000", as: .hs))?.digits == "851762")
        #expect(try NonNominal.Commodity(Identifier("8517", as: .hs))?.digits == "8517")
        #expect(try NonNominal.Commodity(Identifier("NL", as: .country)) == nil)
        #expect(try NonNominal.Country(Identifier("NLRTM", as: .locode)) == nil)
        let place = try Identifier("NLRTM", as: .locode)
        #expect(try NonNominal.Route(from: place, to: Identifier("NL", as: .country)) == nil)
    }

    @Test("takes no more codes than it may")
    func bounded() throws {
        let codes = (1000..<1200).compactMap { try? Identifier("\($0)", as: .hs) }.compactMap(NonNominal.Commodity.init)
        let made = NonNominal(
            kind: .route,
            categories: [],
            severity: .routine,
            action: .internalOnly,
            declared: Set(codes)
        )
        #expect(made.declared.count == min(codes.count, NonNominal.codesMax))
    }

    @Test("holds nothing that was written freely, nor any name or number", arguments: UInt64(0)..<100)
    func nothingElse(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        // Letters that neither our own words nor digits of UUIDs are made of, four in a row.
        func word() -> String {
            String(
                (0..<Int.random(in: 4...12, using: &random)).compactMap { _ in "qxzjkwvy".randomElement(using: &random)
                }
            )
        }
        func words(_ count: Int) -> String { (0..<count).map { _ in word() }.joined(separator: " ") }
        func digits(_ count: Int) -> String {
            String((0..<count).compactMap { _ in "0123456789".randomElement(using: &random) })
        }
        var subjects = [try S.route(), try S.goods()]
        var texts: [String] = []
        for (place, kind) in SubjectKind.allCases.enumerated() {
            var properties: [String: [String]] = [:]
            switch kind {
            case .container: properties = ["containerNumber": ["CSQU3054383"]]
            case .consignment:
                properties = ["billOfLading": [digits(12)], "goods": [words(3)], "airWaybill": ["020-12345675"]]
            case .method: properties = ["summary": [words(6)]]
            case .route, .jurisdiction: continue
            case .person, .organisation, .group, .vessel, .aircraft, .vehicle, .address, .account, .document:
                let (name, number) = Self.telling(kind)
                properties = [name: [words(2), words(1)], number: [digits(14)], "description": [words(4)]]
            }
            texts += properties.values.flatMap { $0 }
            subjects.append(try Subject(kind, key: "k\(place)", properties: properties))
        }
        let free = [words(3), words(9), words(9), words(9), words(2), words(2)]
        let content = try AdvisoryContent(
            title: free[0],
            facts: free[1],
            assessment: free[2],
            categories: [S.category("TRF-PRE")],
            severity: .critical,
            subjects: subjects,
            tearline: free[3],
            action: .internalOnly
        )
        let kind = [AdvisoryKind.route, .subject, .asset].randomElement(using: &random) ?? .route
        let draft = try S.draft(content, kind: kind, terms: AdvisoryTerms(compartment: Name("qxzj-\(word())")))
        let first = try draft.by(S.officer, .grade(Grade(.usually, .probable, original: free[4]))).approved()
            .published()
        let amend = AdvisoryAction.amend(content, first.terms, what: free[4], why: free[5])
        let advisory = try first.by(S.author, amend).graded().approved().by(S.author, .publishAmendment, at: S.days(1))
        texts += free
        let bytes = String(decoding: advisory.rendition(.nonNominal, ids: S.ids, at: S.days(1)).joined(), as: UTF8.self)
        for text in texts.flatMap({ $0.split(separator: " ") }) {
            let isNumber = text.allSatisfy { $0.isNumber || $0 == "-" }
            let pieces = isNumber ? [String(text)] : (0...(text.count - 4)).map { String(text.dropFirst($0).prefix(4)) }
            for piece in pieces { #expect(!bytes.contains(piece), "\(piece)") }
        }
        for secret in [advisory.member.text, advisory.id.text, "CSQU", "CVT-", "qxzj", "\"k0"] {
            #expect(!bytes.contains(secret))
        }
        // The codes are there all the same.
        #expect(bytes.contains("CNSHA-NLRTM") && bytes.contains("293941"))
    }

    /// The properties of FollowTheMoney by which a kind is told: a text and a number.
    private static func telling(_ kind: SubjectKind) -> (text: String, number: String) {
        switch kind {
        case .vessel, .aircraft, .vehicle: ("name", "registrationNumber")
        case .address: ("full", "postalCode")
        case .account: ("name", "accountNumber")
        case .document: ("authority", "number")
        case .person, .organisation, .group, .container, .consignment, .route, .method, .jurisdiction:
            ("name", "idNumber")
        }
    }
}

import Exchange
import TestSupport
import Testing

@testable import Screening

@Suite("Cross-references")
struct CrossReferenceTests {
    typealias World = ReferencedWorld

    private static func links(_ advisories: [ReferencedAdvisory]) -> [Link] {
        CrossReferences(advisories, by: PlainLikeness()).links
    }

    private static let ivan = World.subject(.person, "s1", ["name": ["Ivan Petrov"], "birthDate": ["1970-01-02"]])

    @Test("the same person in two advisories is an overlap that says why")
    func personOverlap() throws {
        let other = World.subject(.person, "p", ["name": ["PETROV, Ivan"], "birthDate": ["1970-01-02"]])
        let link = try #require(Self.links([World.advisory(1, [Self.ivan]), World.advisory(2, [other])]).first)
        #expect(link.type == .person)
        let evidence = try #require(link.evidence.first)
        #expect(evidence.ends?.left == SubjectReference(World.advisory(1), "s1"))
        #expect(evidence.ends?.right == SubjectReference(World.advisory(2), "p"))
        #expect(evidence.fields == ["name", "birthDate"])
        let words = "Ivan Petrov and PETROV, Ivan are probably one person: a like name and the same birth date."
        #expect(evidence.sentence == words)
        #expect(link.score == 900)
    }

    @Test("a passport is an overlap of whoever holds it and of the document itself")
    func passport() {
        let person = World.subject(.person, "s1", ["name": ["Ann"], "passportNumber": ["AB 123-4567"]])
        let document = World.subject(.document, "s1", ["number": ["ab1234567"]])
        let links = Self.links([World.advisory(1, [person]), World.advisory(2, [document])])
        #expect(links.map(\.type) == [.person])
    }

    @Test("a person is linked with another by a relation that one advisory states to somebody in the other")
    func direct() throws {
        let wife = World.subject(.person, "s2", ["name": ["Olga Petrova"]])
        let relation = SubjectRelation("s2", .family, "s1")
        let links = Self.links([
            World.advisory(1, [Self.ivan, wife], [relation]), World.advisory(2, [Self.ivan]),
        ])
        #expect(links.map(\.type) == [.person, .ties])
        let evidence = try #require(links.last?.evidence.first)
        #expect(evidence.ends?.left.key == "s2")
        #expect(evidence.ends?.right.key == "s1")
        #expect(evidence.sentence == "Olga Petrova is family of Ivan Petrov.")
    }

    @Test("directors of one company are tied, and the company is a shared institution")
    func throughOrganisation() {
        let company = World.subject(
            .organisation,
            "o",
            ["name": ["Blue Ocean Ltd"], "leiCode": ["5493001KJTIIGC8Y1R12"]]
        )
        let ann = World.subject(.person, "s1", ["name": ["Ann Lee"]])
        let bob = World.subject(.person, "s1", ["name": ["Bob Moss"]])
        let links = Self.links([
            World.advisory(1, [ann, company], [SubjectRelation("s1", .director, "o")]),
            World.advisory(2, [bob, company], [SubjectRelation("s1", .owner, "o")]),
        ])
        #expect(links.map(\.type) == [.ties, .institution])
        #expect(
            links.first?.evidence.map(\.sentence) == [
                "Ann Lee is director of Blue Ocean Ltd. Bob Moss is owner of Blue Ocean Ltd."
            ]
        )
    }

    @Test("different people with one telephone are tied; one person with it only overlaps")
    func telephone() {
        let ann = World.subject(.person, "s1", ["name": ["Ann Lee"], "phone": ["+31 20 555 01 01"]])
        let bob = World.subject(.person, "s1", ["name": ["Bob Moss"], "phone": ["0031 205550101"]])
        #expect(Self.links([World.advisory(1, [ann]), World.advisory(2, [bob])]).map(\.type) == [.ties])
        #expect(Self.links([World.advisory(1, [ann]), World.advisory(2, [ann])]).map(\.type) == [.person])
    }

    @Test(
        "what is the same, however it is written, is linked by its type",
        arguments: [
            (
                SubjectKind.account, "iban", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000",
                LinkType.institution
            ),
            (
                .account, "publicKey", "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh",
                "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh", .institution
            ),
            (.account, "bic", "DEUTDEFF", "DEUTDEFF500", .institution),
            (.address, "full", "12 Quay Street, Rotterdam", "12, QUAY STREET Rotterdam", .institution),
            (.vessel, "imoNumber", "IMO 9074729", "9074729", .conveyance),
            (.vessel, "mmsi", "244660000", "244660000", .conveyance),
            (.aircraft, "registrationNumber", "PH-BXA", "phbxa", .conveyance),
            (.vehicle, "vin", "1M8GDM9AXKP042788", "1m8gdm9axkp042788", .conveyance),
            (.container, "containerNumber", "CSQU 305438-3", "CSQU3054383", .conveyance),
            (.consignment, "billOfLading", "MAEU-1234567", "maeu1234567", .conveyance),
            (.method, "summary", "gold bars sent as scrap metal", "Gold bars, sent as scrap metal!", .route),
        ]
    )
    func features(kind: SubjectKind, property: String, one: String, other: String, type: LinkType) {
        let links = Self.links([
            World.advisory(1, [World.subject(kind, "a", [property: [one]])]),
            World.advisory(2, [World.subject(kind, "b", [property: [other]])]),
        ])
        #expect(links.map(\.type) == [type])
    }

    @Test("a route is its two ends, in their direction")
    func routes() {
        func route(_ from: String, _ to: String) -> ReferencedSubject {
            World.subject(.route, "r", ["origin": [from], "destination": [to]])
        }
        let there = World.advisory(1, [route("CNSHA", "NLRTM")])
        #expect(Self.links([there, World.advisory(2, [route("CN SHA", "NLRTM")])]).map(\.type) == [.route])
        #expect(Self.links([there, World.advisory(2, [route("NLRTM", "CNSHA")])]) == [])
        #expect(Self.links([there, World.advisory(2, [route("CNSHA", "DEHAM")])]) == [])
    }

    @Test("methods told in nearly the same words are linked, others not")
    func methods() {
        func method(_ words: String) -> ReferencedSubject { World.subject(.method, "m", ["summary": [words]]) }
        let one = method("telephones declared where drug precursors are really sent to Rotterdam")
        let near = method("telephones were declared where drug precursors are really sent to Antwerp")
        let far = method("telephones sold in Rotterdam")
        #expect(Self.links([World.advisory(1, [one]), World.advisory(2, [near])]).map(\.type) == [.route])
        #expect(Self.links([World.advisory(1, [one]), World.advisory(2, [far])]) == [])
    }

    @Test("laundering patterns are alike by categories, corridors and goods, and not by a category alone")
    func patterns() {
        func goods(_ from: String) -> [ReferencedSubject] {
            [
                World.subject(.route, "r", ["origin": [from], "destination": ["DEHAM"]]),
                World.subject(.consignment, "c", ["hsDeclared": ["710812"]], roles: [.consignor]),
            ]
        }
        let codes = ["TBM-OVI", "FIN-SHL"]
        let one = World.advisory(1, goods("AEJEA"), categories: codes)
        let links = Self.links([one, World.advisory(2, goods("AEDXB"), categories: codes)])
        #expect(links.map(\.type) == [.pattern])
        #expect(links.first?.evidence.first?.ends == nil)
        #expect(Self.links([one, World.advisory(2, goods("AEDXB"), categories: ["TRF-DRG"])]) == [])
        let bare = [World.advisory(1, [], categories: codes), World.advisory(2, [], categories: codes)]
        #expect(Self.links(bare) == [])
    }

    @Test("renditions of one advisory are not linked with each other")
    func oneAdvisory() {
        let renditions = [0, 1].map { World.rendition($0, [Self.ivan]) }
        let advisory = ReferencedAdvisory(
            World.advisory(1),
            publisher: World.member(1),
            released: .zero,
            existence: .open,
            renditions: renditions
        )
        #expect(Self.links([advisory]) == [])
    }

    @Test("what too many advisories share is told as common, and links none of them")
    func common() {
        let account = World.subject(.account, "a", ["iban": ["DE89370400440532013000"]])
        let count = LinkLimits.featureHoldersMax
        var all = CrossReferences((0..<count).map { World.advisory($0, [account]) }, by: PlainLikeness())
        #expect(all.links.count == count * (count - 1) / 2)
        #expect(all.view { _ in true }.commonplaces() == [])
        let gone = all.put(World.advisory(count, [account])).gone
        #expect(gone.count == count * (count - 1) / 2)
        #expect(all.links == [])
        let known = all.view { _ in true }.commonplaces()
        #expect(known.map(\.text) == ["account iban DE89370400440532013000"])
        #expect(known.map(\.advisories) == [count + 1])
        #expect(all.remove(World.advisory(0)).new.count == count * (count - 1) / 2)
    }

    @Test("what is common only among what a reader does not see links what it sees, and is not told")
    func hiddenCommon() {
        let account = World.subject(.account, "a", ["iban": ["DE89370400440532013000"]])
        let advisories = (0...LinkLimits.featureHoldersMax).map { World.advisory($0, label: min($0, 2), [account]) }
        let view = CrossReferences(advisories, by: PlainLikeness()).view { $0 < 2 }
        #expect(view.links().links.map(\.right) == [World.advisory(1)])
        #expect(view.links(of: World.advisory(0)).count == 1)
        #expect(view.commonplaces() == [])
    }

    @Test("things that were judged to be two are not linked for one number")
    func judgedThings() throws {
        let account = World.subject(.account, "a", ["iban": ["DE89370400440532013000"]])
        let judgement = try Judgement(
            SubjectReference(World.advisory(1), "a"),
            SubjectReference(World.advisory(2), "a"),
            are: .two,
            because: "a number used twice",
            by: World.principal(1),
            at: .zero
        )
        let advisories = [1, 2].map { World.advisory($0, [account]) }
        #expect(CrossReferences(advisories, judgements: [judgement], by: PlainLikeness()).links == [])
    }

    @Test("nobody is tied to himself, nor to whom both advisories have")
    func noTies() {
        let wife = World.subject(.person, "s2", ["name": ["Olga Petrova"]])
        let company = World.subject(.organisation, "o", ["name": ["Blue Ocean"], "leiCode": ["5493001KJTIIGC8Y1R12"]])
        let family = SubjectRelation("s2", .family, "s1")
        let both = [1, 2].map { World.advisory($0, [Self.ivan, wife], [family]) }
        #expect(Self.links(both).map(\.type) == [.person])
        let director = SubjectRelation("s1", .director, "o")
        let same = [1, 2].map { World.advisory($0, [Self.ivan, company], [director]) }
        #expect(Self.links(same).map(\.type) == [.person, .institution])
    }

    @Test("of an answer with too many links the first are shown, and how many there are")
    func manyLinks() {
        let accounts = ["DE89370400440532013000", "GB29NWBK60161331926819"].map { iban in
            World.subject(.account, String(iban.prefix(2)).lowercased(), ["iban": [iban]])
        }
        let containers = ["CSQU3054383", "MSKU0383250"].map { number in
            World.subject(.container, String(number.prefix(4)).lowercased(), ["containerNumber": [number]])
        }
        let half = LinkLimits.featureHoldersMax
        let advisories = (0..<2 * half).map { number in
            World.advisory(number, [accounts[number / half], containers[number / half]])
        }
        let view = CrossReferences(advisories, by: PlainLikeness()).view { _ in true }
        let answer = view.links()
        #expect(answer.count == 2 * half * (half - 1))
        #expect(answer.links.count == LinkLimits.linksMax)
        #expect(answer.links == answer.links.sorted())
    }
}

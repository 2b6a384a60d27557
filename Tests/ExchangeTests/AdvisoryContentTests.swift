import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Advisory content")
struct AdvisoryContentTests {
    private static let whole = """
        {"title":"T","facts":"F","assessment":"A","categories":["TRF-DRG"],"severity":3,"confidence":50,"subjects":[
        {"kind":"PER","key":"p","properties":{"name":["Ada"],"nationality":["nl"]},"roles":["CZ"],"standing":"S"},
        {"kind":"VES","key":"v","schema":"Vessel","properties":{"imoNumber":["IMO 9074729"]}},
        {"kind":"CNS","key":"c","properties":{"airWaybill":["020-12345675"],"hsDeclared":["8517.62"],"area":["DRG"]}},
        {"kind":"CTR","key":"k","properties":{"containerNumber":["CSQU3054383"]}},
        {"kind":"RTE","key":"r","properties":{"origin":["CNSHA"],"destination":["NLRTM"]}},
        {"kind":"JUR","key":"j","properties":{"country":["NL"]}}],
        "relations":[{"from":"p","kind":"owner-of","to":"v"}],"tearline":"L","action":"A1"}
        """

    private func read(_ text: String) throws -> AdvisoryContent {
        try JSONDecoder().decode(AdvisoryContent.self, from: Data(text.utf8))
    }

    private func refusal<Value: Decodable>(_ text: String, as type: Value.Type = AdvisoryContent.self) -> ContentFault?
    {
        do {
            _ = try JSONDecoder().decode(type, from: Data(text.utf8))
            return nil
        } catch {
            return error as? ContentFault
        }
    }

    @Test("is the same after it was written and read")
    func roundTrip() throws {
        let content = try read(Self.whole)
        #expect(content.subjects.count == 6 && content.subjects[0].standing == .suspect)
        #expect(content.subjects[1].identifiers.map(\.identifier.value) == ["9074729"])
        let written = try JSONEncoder().encode(content)
        #expect(try JSONDecoder().decode(AdvisoryContent.self, from: written) == content)
    }

    @Test(
        "names the field, the rule and the fix of what it cannot take",
        arguments: [
            ("\"title\":\"T\"", "\"titel\":\"T\"", "titel"), ("\"facts\":\"F\",", "", "facts"),
            ("\"facts\":\"F\"", "\"facts\":\" \"", "facts"), ("\"facts\":\"F\"", "\"facts\":7", "facts"),
            ("\"title\":\"T\"", "\"title\":\"a\\nb\"", "title"), ("TRF-DRG", "TRF-XXX", "categories[0]"),
            ("[\"TRF-DRG\"]", "[]", "categories"), ("\"severity\":3", "\"severity\":9", "severity"),
            ("\"severity\":3", "\"severity\":\"x\"", "severity"),
            ("\"confidence\":50", "\"confidence\":101", "confidence"),
            ("\"action\":\"A1\"", "\"action\":\"A9\"", "action"),
            ("\"kind\":\"PER\"", "\"kind\":\"XXX\"", "subjects[0].kind"),
            ("\"key\":\"p\"", "\"key\":\"P!\"", "subjects[0].key"),
            ("\"key\":\"v\"", "\"key\":\"p\"", "subjects[1].key"),
            ("\"Vessel\"", "\"Person\"", "subjects[1].schema"),
            ("9074729", "9074728", "subjects[1].properties.imoNumber[0]"),
            ("[\"Ada\"]", "[]", "subjects[0].properties.name"),
            ("[\"Ada\"]", "[\"\"]", "subjects[0].properties.name[0]"),
            ("[\"Ada\"]", "[\"Ada\",\"Ada\"]", "subjects[0].properties.name[1]"),
            ("\"name\":[\"Ada\"]", "\"na me\":[\"Ada\"]", "subjects[0].properties.na me"),
            ("\"nationality\"", "\"imoNumber\"", "subjects[0].properties.imoNumber"),
            ("\"airWaybill\"", "\"waybill\"", "subjects[2].properties.waybill"),
            ("020-12345675", "020-12345674", "subjects[2].properties.airWaybill[0]"),
            ("[\"DRG\"]", "[\"XYZ\"]", "subjects[2].properties.area[0]"),
            ("3054383", "3054384", "subjects[3].properties.containerNumber[0]"),
            ("CNSHA", "QQSHA", "subjects[4].properties.origin[0]"),
            ("\"country\":[\"NL\"]", "\"country\":[\"QQ\"]", "subjects[5].properties.country[0]"),
            ("\"roles\":[\"CZ\"]", "\"roles\":[\"CZ\",\"CZ\"]", "subjects[0].roles[1]"),
            ("\"roles\":[\"CZ\"]", "\"roles\":[\"QQ\"]", "subjects[0].roles[0]"),
            ("\"schema\":\"Vessel\"", "\"standing\":\"V\"", "subjects[1].standing"),
            ("\"to\":\"v\"", "\"to\":\"z\"", "relations[0].to"),
            ("\"to\":\"v\"", "\"to\":\"p\"", "relations[0].to"), ("owner-of", "loves", "relations[0].kind"),
            ("\"to\":\"v\"", "\"to\":\"v\",\"x\":1", "relations[0].x"),
            ("\"standing\":\"S\"", "\"age\":9", "subjects[0].age"),
        ]
    )
    func faults(right: String, wrong: String, field: String) throws {
        try #require(Self.whole.contains(right))
        let fault = try #require(refusal(Self.whole.replacing(right, with: wrong, maxReplacements: 1)))
        #expect(fault.field == field)
        #expect(fault.description.hasPrefix("\(field): "))
    }

    @Test("keeps its limits")
    func limits() throws {
        let long = String(repeating: "x", count: AdvisoryContent.textCharactersMax + 1)
        #expect(throws: ContentFault("tearline", .long(charactersMax: AdvisoryContent.textCharactersMax))) {
            try AdvisorySamples.content(tearline: long)
        }
        #expect(throws: ContentFault("title", .long(charactersMax: AdvisoryContent.titleCharactersMax))) {
            try AdvisorySamples.content(String(repeating: "x", count: AdvisoryContent.titleCharactersMax + 1))
        }
        let many = try (0...AdvisoryContent.subjectsMax).map { try AdvisorySamples.person("s\($0)") }
        #expect(throws: ContentFault("subjects", .many(countMax: AdvisoryContent.subjectsMax))) {
            try AdvisorySamples.content(subjects: many)
        }
        let values = (0...Subject.valuesMax).map { "\($0)" }
        #expect(throws: ContentFault("properties.name", .many(countMax: Subject.valuesMax))) {
            try Subject(.person, key: "s", properties: ["name": values])
        }
        let value = String(repeating: "x", count: Subject.valueCharactersMax + 1)
        #expect(throws: ContentFault("properties.name[0]", .long(charactersMax: Subject.valueCharactersMax))) {
            try Subject(.person, key: "s", properties: ["name": [value]])
        }
        let names = Dictionary(uniqueKeysWithValues: (0...Subject.propertiesMax).map { ("p\($0)", ["x"]) })
        #expect(throws: ContentFault("properties", .many(countMax: Subject.propertiesMax))) {
            try Subject(.person, key: "s", properties: names)
        }
    }

    @Test(
        "counts code points, and takes what has one that is seen for no blank",
        arguments: ["x", "ж", "𒀀", "e\u{301}"]
    )
    func characters(letter: String) throws {
        let count = AdvisoryContent.titleCharactersMax / letter.unicodeScalars.count
        let title = String(repeating: letter, count: count)
        #expect(try AdvisorySamples.content(title).title == title)
        #expect(throws: ContentFault("title", .long(charactersMax: AdvisoryContent.titleCharactersMax))) {
            try AdvisorySamples.content(title + letter)
        }
        #expect(throws: ContentFault("title", .empty)) { try AdvisorySamples.content("\u{2003} ") }
        #expect(try AdvisorySamples.content(" \u{301}").title == " \u{301}")
    }

    @Test("has the properties of its schema in FollowTheMoney and of those that it extends, and no other")
    func schemas() throws {
        for kind in SubjectKind.allCases where kind.ownProperties == nil {
            for schema in kind.schemas {
                _ = try Subject(kind, key: "s", schema: schema, properties: ["description": ["x"]])
                let fault = #expect(throws: ContentFault.self) {
                    try Subject(kind, key: "s", schema: schema, properties: ["hatSize": ["x"]])
                }
                #expect(fault?.field == "properties.hatSize")
                #expect(fault?.description.contains("is no property of \(schema) in FollowTheMoney; use one") == true)
            }
        }
        _ = try Subject(.person, key: "s", properties: ["lastName": ["x"], "phone": ["x"], "notes": ["x"]])
        _ = try Subject(.organisation, key: "s", properties: ["ticker": ["x"], "permId": ["x"], "amount": ["1"]])
        _ = try Subject(.vessel, key: "s", properties: ["callSign": ["x"], "registrationNumber": ["x"]])
        _ = try Subject(.document, key: "s", schema: "Passport", properties: ["number": ["x"], "endDate": ["2030"]])
        for (kind, schema, name) in [
            (SubjectKind.person, "Person", "ticker"), (.group, "LegalEntity", "permId"), (.vehicle, "Vehicle", "mmsi"),
            (.document, "Identification", "name"), (.organisation, "PublicBody", "amount"),
        ] {
            #expect(throws: ContentFault.self, "\(schema).\(name)") {
                try Subject(kind, key: "s", schema: schema, properties: [name: ["x"]])
            }
        }
    }

    @Test("of persons stand as unknown unless something is said, and the protected are known")
    func standing() throws {
        #expect(try AdvisorySamples.person().standing == .unknown)
        #expect(try AdvisorySamples.person("s1", "Ada", .victim).isProtected)
        #expect(try AdvisorySamples.goods().standing == nil)
    }

    @Test("fits the kind of the advisory")
    func kinds() throws {
        let person = try AdvisorySamples.content(subjects: [AdvisorySamples.person()])
        let goods = try AdvisorySamples.content()
        let nothing = try AdvisorySamples.content(subjects: [])
        func fits(_ content: AdvisoryContent, _ kind: AdvisoryKind) -> Bool {
            // A refusal is what is asked for.
            (try? content.check(as: kind)) != nil
        }
        let fitting = AdvisoryKind.allCases.map { kind in [person, goods, nothing].map { fits($0, kind) } }
        #expect(
            fitting == [
                [true, true, false], [false, true, true], [false, true, false], [false, true, false],
                [false, false, false], [true, true, true],
            ]
        )
    }

    @Test("has terms that are the same after they were written and read, and usual purposes unless told")
    func terms() throws {
        let terms = try AdvisoryTerms(
            marking: .amberStrict,
            addressees: [AdvisorySamples.member.identity],
            caveats: [.originatorControlled, .noOnward],
            purposes: [.safetyOfLife],
            embargo: AdvisorySamples.now,
            compartment: Name("heron"),
            affected: AffectedPopulation(kinds: [.carrier], members: [AdvisorySamples.member.id]),
            review: AdvisorySamples.days(9)
        )
        let written = try JSONEncoder().encode(terms)
        #expect(try JSONDecoder().decode(AdvisoryTerms.self, from: written) == terms)
        #expect(terms.affected?.contains(Samples.member(5, .carrier)) == true)
        #expect(terms.affected?.contains(Samples.member(5, .bank)) == false)
        #expect(try JSONDecoder().decode(AdvisoryTerms.self, from: Data("{}".utf8)).purposes == Purpose.usual)
        #expect(refusal(#"{"purposes":[]}"#, as: AdvisoryTerms.self)?.field == "purposes")
        #expect(refusal(#"{"marking":"pink"}"#, as: AdvisoryTerms.self)?.field == "marking")
        #expect(refusal(#"{"caveats":["H9"]}"#, as: AdvisoryTerms.self)?.field == "caveats[0]")
        #expect(refusal(#"{"review":"soon"}"#, as: AdvisoryTerms.self)?.field == "review")
        #expect(refusal(#"{"affected":{}}"#, as: AdvisoryTerms.self)?.field == "affected")
        #expect(refusal(#"{"affected":{"members":["x"]}}"#, as: AdvisoryTerms.self)?.field == "affected.members[0]")
        #expect(refusal(#"{"secret":1}"#, as: AdvisoryTerms.self)?.field == "secret")
        #expect(refusal("[]", as: AdvisoryTerms.self)?.field == "")
        let said = try AdvisorySamples.content("One")
        #expect(throws: ContentFault.self) { try terms.check(as: .subject, of: said) }
    }

    @Test("has a reference that is read as it is written", arguments: [1, 417, 99_999, 100_000, 9_999_999])
    func references(serial: Int) throws {
        let reference = try AdvisorySamples.reference(serial)
        #expect(AdvisoryReference(reference.text) == reference)
        for wrong in ["CVT-2026-417", "CVT-2026-00000", "CVT-1999-00001", "CVT-2026-+0417", "cvt-2026-00417", ""] {
            #expect(AdvisoryReference(wrong) == nil)
        }
        #expect(try AdvisorySamples.reference().text == "CVT-2026-00417")
    }

    @Test(
        "are hidden from whoever declared them, in doubt too",
        arguments: [
            ("1971-02-04", "1971-02-04", true), ("1971-02-04", "1971-02-05", false), ("1971", "1971-02-04", true),
            ("1971-02-04", "1971", true), ("1971-02", "1971-02-04", true), ("1971-03", "1971-02-04", false),
            ("1971-02", "1971", true), ("1971", "1971", true), ("1971", "1972-02-04", false), ("1971", "1971-02", true),
        ]
    )
    func links(declared: String, told: String, isHidden: Bool) throws {
        func subject(_ day: String, _ name: String = "Tamsin Verloop") throws -> Subject {
            try Subject(.person, key: "s", properties: ["name": [name], "birthDate": [day]], standing: .suspect)
        }
        let hidden = try subject(told).conflictMarks
        #expect(try subject(declared).linkMarks.isDisjoint(with: hidden) != isHidden)
        #expect(try subject(declared, "Anna Verloop").linkMarks.isDisjoint(with: hidden))
        let firm = try Subject(.organisation, key: "o", properties: ["name": ["Vantage Reef, Trading"]])
        let same = try Subject(.organisation, key: "o", properties: ["name": ["VANTAGE REEF TRADING"]])
        #expect(!firm.linkMarks.isDisjoint(with: same.conflictMarks))
    }

    @Test(
        "hide from whoever declared a company what is about it, however it is written",
        arguments: [
            (SubjectKind.organisation, "name", "Garnet Tern Shipping B.V.", true),
            (.organisation, "name", "Garnet Tern Shipping", true),
            (.organisation, "name", "GarnetTern Shipping BV", true),
            (.organisation, "alias", "Shipping Garnet Tern BV", true),
            (.group, "name", "Garnet Tern Shipping BV", true),
            (.vessel, "operator", "Garnet Tern Shipping B.V.", true),
            (.organisation, "name", "Garnet Turn Shipping", false),
            (.vessel, "name", "Garnet Tern Shipping BV", false),
        ]
    )
    func companies(kind: SubjectKind, property: String, name: String, isHidden: Bool) throws {
        let declared = try Subject(.organisation, key: "o", properties: ["name": ["Garnet Tern Shipping BV"]])
        let told = try Subject(kind, key: "s", properties: ["name": ["Other"]].merging([property: [name]]) { $1 })
        #expect(declared.linkMarks.isDisjoint(with: told.conflictMarks) != isHidden)
    }

    @Test(
        "hide from whoever declared a person a document of theirs, and what they own or are called without a birth date"
    )
    func documents() throws {
        let zone = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
        let passport = try Subject(.document, key: "d", properties: ["mrz": [zone]])
        func person(_ properties: [String: [String]]) throws -> Set<SubjectMark> {
            try Subject(.person, key: "p", properties: properties, standing: .suspect).linkMarks
        }
        let hidden = passport.conflictMarks
        #expect(!(try person(["name": ["Anna Maria Eriksson"], "birthDate": ["1974-08-12"]])).isDisjoint(with: hidden))
        #expect(!(try person(["name": ["Anna Maria Eriksson"], "birthDate": ["1974"]])).isDisjoint(with: hidden))
        #expect(!(try person(["name": ["A"], "passportNumber": ["L898902C3"]])).isDisjoint(with: hidden))
        #expect(try person(["name": ["Anna Maria Eriksson"], "birthDate": ["1975-08-12"]]).isDisjoint(with: hidden))
        let declared = try person(["name": ["Tamsin Verloop"], "birthDate": ["1971-02-04"]])
        let named = try Subject(.person, key: "s", properties: ["name": ["Tamsin Verloop"]], standing: .suspect)
        let car = try Subject(.vehicle, key: "v", properties: ["name": ["Van"], "owner": ["Verloop, Tamsin"]])
        for subject in [named, car] { #expect(!declared.isDisjoint(with: subject.conflictMarks)) }
        let birth = ["name": ["Tamsin Verloop"], "birthDate": ["1971-02-04"]]
        let elder = try Subject(.person, key: "s", properties: birth, standing: .suspect).conflictMarks
        #expect(try person(["name": ["Tamsin Verloop"], "birthDate": ["1990-02-04"]]).isDisjoint(with: elder))
        // All of these are natural persons, or lead to one.
        for subject in [passport, named, car] { #expect(subject.isPerson) }
    }

    @Test("say no name of who is to be protected, and no number where they name nobody")
    func texts() throws {
        func content(_ subjects: [Subject], facts: String = "Facts.", tearline: String? = nil) throws -> AdvisoryContent
        {
            try AdvisoryContent(
                title: "T",
                facts: facts,
                categories: Set([try #require(Category(rawValue: "TRF-DRG"))]),
                severity: .serious,
                subjects: subjects,
                tearline: tearline,
                action: .internalOnly
            )
        }
        let victim = try Subject(
            .person,
            key: "v",
            properties: ["name": ["Tamsin Verloop"], "passportNumber": ["X1234567"]],
            standing: .victim
        )
        let firm = try Subject(.organisation, key: "o", properties: ["name": ["Acme"]])
        for text in ["She, TAMSIN  VERLOOP, was forced.", "Verloop, Tamsin: forced"] {
            #expect(throws: ContentFault.self) { try content([firm, victim], facts: text).check(as: .subject) }
            #expect(throws: ContentFault.self) { try content([firm, victim], tearline: text).check(as: .subject) }
        }
        try content([firm, victim], facts: "Tamsin was not alone; a Verloop came.").check(as: .subject)
        let route = try Subject(.route, key: "r", properties: ["origin": ["CNSHA"], "destination": ["NLRTM"]])
        for number in ["NL91 ABNA 0417 1643 00", "NL91ABNA0417164300", "CSQU3054383", "IMO 9074729"] {
            #expect(throws: ContentFault.self) { try content([route], facts: "See \(number).").check(as: .route) }
            try content([route, firm], facts: "See \(number).").check(as: .route)
        }
        try content([route], facts: "See NL91ABNA0417164301, CSQU3054384 and IMO 9074728.").check(as: .route)
    }

    @Test("are recognised by what tells one thing, and by no more")
    func marks() throws {
        func marks(_ kind: SubjectKind, _ properties: [String: [String]]) throws -> Set<SubjectMark> {
            try Subject(kind, key: "s", properties: properties, standing: kind == .person ? .suspect : nil).marks
        }
        let day = "1971-02-04"
        let person = try marks(.person, ["name": ["Tamsin Verloop"], "birthDate": [day]])
        #expect(
            try marks(.person, ["name": ["T. V."], "alias": ["tamsin verloop"], "birthDate": [day]]).isSuperset(
                of: person
            )
        )
        #expect(try marks(.person, ["name": ["Tamsin Verloop"], "birthDate": [" \(day)T00:00:00 "]]) == person)
        #expect(try marks(.person, ["name": ["Tamsin Verloop"]]).isEmpty)
        for spelling in ["VERLOOP, Tamsin", "Tamsin  Verloop", "Tamsin M. Verloop", "Tämsin Verlóop"] {
            #expect(try marks(.person, ["name": [spelling], "birthDate": [day]]) == person)
        }
        let parts = ["name": ["T. V."], "firstName": ["Tamsin"], "lastName": ["Verloop"], "birthDate": [day]]
        #expect(try marks(.person, parts).isSuperset(of: person))
        #expect(try marks(.person, ["name": ["Tamsin Verlop"], "birthDate": [day]]).isDisjoint(with: person))
        let company = try marks(.organisation, ["name": ["Anna BV"], "eori": ["NL 123456789"]])
        #expect(try company == marks(.organisation, ["name": ["Other"], "eori": ["NL123456789"]]) && !company.isEmpty)
        let passport = try marks(.document, ["number": ["X 123 456"]])
        #expect(try passport == marks(.person, ["name": ["A"], "passportNumber": ["X123456"]]) && !passport.isEmpty)
    }
}

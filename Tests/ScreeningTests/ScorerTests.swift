import Testing

@testable import Screening

/// How alike invented people, companies and ships are found, and why.
@Suite("Scorer")
struct ScorerTests {
    static func record(_ schema: String, _ names: [String], _ more: [String: [String]] = [:]) -> Record {
        Record(id: names.first ?? "?", schema: schema, properties: more.merging(["name": names]) { own, _ in own })
    }

    static func score(_ asked: Record, _ known: Record) -> Int {
        var words = Words()
        return Scorer.compare(Prepared(asked, &words), Prepared(known, &words)).share
    }

    /// What a name is taken for, and how.
    static let alike: [(asked: String, known: String, relation: Relation)] = [
        ("Tamsin Verloop", "VERLOOP, Tamsin", .exact),
        ("Tamsin Vefloop", "Tamsin Verloop", .typo),
        ("Tamsin Verloopp", "Tamsin Verloop", .spelling),
        ("Bill Quiggin", "William Quiggin", .nickname),
        ("Mikhail Zarubov", "Михаил Зарубов", .transliteration),
        ("Uladzimir Kavaliou", "Vladimir Kovalev", .nickname),
        ("Nader Moradpour", "نادر مرادپور", .transliteration),
        ("Giorgos Papalexis", "Γιώργος Παπαλέξης", .transliteration),
        ("Noa Benvenisti", "נועה בנבנישתי", .transliteration),
        ("Wang Xiaoming", "王小明", .joined),
        ("Kim Jeongeun", "김정은", .joined),
        ("Tanaka Haruto", "タナカ ハルト", .transliteration),
        ("Anna Maria Verloop", "Annamaria Verloop", .joined),
        ("T. Verloop", "Tamsin Verloop", .initial),
    ]

    @Test("persons are known by", arguments: alike)
    func persons(case one: (asked: String, known: String, relation: Relation)) {
        let (asked, known) = (Self.record("Person", [one.asked]), Self.record("Person", [one.known]))
        #expect(Self.score(asked, known) >= 700)
        let explanation = Scorer.explain(asked, known)
        #expect(explanation.pairs.contains { $0.relation == one.relation }, "\(explanation.pairs)")
        #expect(explanation.sentence.contains("“\(one.known)”"))
    }

    static let unlike: [(String, String, String)] = [
        ("Person", "Tamsin Verloop", "Tamsin Quiggin"), ("Person", "Petra Kwong", "Pedro Kowal"),
        ("Person", "Ruiz", "Reza"), ("Company", "Roukes LLC", "RX Electronics Limited"),
        ("Company", "Northern Investment Bank Gibbons", "Northern Investment Bank Novikov"),
        ("Company", "Unit 29155", "Unit 29156"), ("Vessel", "Ocean Star 3", "Ocean Star 5"),
        // Two words sound as one without vowels, and the rest has nothing to do with them.
        ("Person", "Susan Noonan", "حسن مهرآوری زرینی"), ("Person", "Mary Wu", "میر آذرنوش"),
        ("Person", "Yuri Kurvelo", "Igor Kurvelo"),
        // Ships are called by a word or two, and each counts.
        ("Vessel", "Sea Breeze", "Breeze"), ("Vessel", "General Pearl", "Pearl"),

        ("Vessel", "Ocean II", "Ocean III"), ("Company", "United Shipping Inc", "United Shipbuilding Corporation"),
    ]

    @Test("others are not taken for them", arguments: unlike)
    func others(schema: String, asked: String, known: String) {
        #expect(Self.score(Self.record(schema, [asked]), Self.record(schema, [known])) < 700)
    }

    static let forms: [(String, String)] = [
        ("Meridian Shipbroking Ltd", "Meridian Shipbroking Limited Liability Company"),
        ("OOO Vektor Zavod", "Vektor Plant LLC"), ("АО «Вектор Завод»", "Vektor Factory JSC"),
        ("Meridian Ship broking", "Meridian Shipbroking GmbH"),
        (
            "Meridian Shipbroking and Forwarding Com",
            "Meridian Shipbroking and Forwarding Company of the Northern Ports"
        ),
    ]

    @Test("companies are known whatever their legal form", arguments: forms)
    func companies(asked: String, known: String) {
        #expect(Self.score(Self.record("Company", [asked]), Self.record("Company", [known])) >= 700)
    }

    @Test("facts raise and lower: days of birth, countries, numbers of which one has one")
    func facts() {
        let known = Self.record(
            "Person",
            ["Tamsin Verloop"],
            ["birthDate": ["1971-02-04"], "nationality": ["nl"], "passportNumber": ["NX-1234567"]]
        )
        func asked(_ name: String, _ more: [String: [String]] = [:]) -> Int {
            Self.score(Self.record("Person", [name], more), known)
        }
        // Many are born on a day: who shares a given name besides is not the same.
        let day = ["birthDate": ["1971-02-04"]]
        #expect(
            Self.score(Self.record("Person", ["Igor Quiggin"], day), Self.record("Person", ["Igor Verloop"], day)) < 700
        )
        let plain = asked("Tamsin Verlop")
        #expect(asked("Tamsin Verlop", ["birthDate": ["1971-02-04"]]) > plain)
        #expect(asked("Tamsin Verlop", ["birthDate": ["1971"]]) > plain)
        #expect(asked("Tamsin Verlop", ["nationality": ["nl"]]) > plain)
        #expect(asked("Tamsin Verlop", ["nationality": ["br"]]) < plain)
        #expect(
            asked("Tamsin Verlop", ["birthDate": ["1971-04-02"]])
                > asked("Tamsin Verlop", ["birthDate": ["1971-09-20"]])
        )
        #expect(asked("Tamsin Verloop", ["birthDate": ["1988-07-01"], "nationality": ["br"]]) < 700)
        #expect(asked("Quentin Oyelaran", ["passportNumber": ["nx 1234567"]]) >= 950)
        let ship = Self.record("Vessel", ["Grey Gull"], ["imoNumber": ["9074729"]])
        #expect(Self.score(Self.record("Vessel", ["Sea Breeze"], ["imoNumber": ["IMO 9074729"]]), ship) >= 950)
        #expect(Self.score(Self.record("Vessel", ["Grey Gull"], ["imoNumber": ["9176187"]]), ship) < 600)
        let box = Self.record("Container", [], ["containerNumber": ["CSQU3054383"]])
        #expect(Self.score(Self.record("Container", [], ["containerNumber": ["CSQU 305438-3"]]), box) >= 950)
        let account = Self.record("BankAccount", [], ["iban": ["NL91ABNA0417164300"]])
        #expect(Self.score(Self.record("BankAccount", [], ["iban": ["NL91 ABNA 0417 1643 00"]]), account) >= 950)
    }

    @Test("an explanation says what goes together, what is left over, and what would change it")
    func explained() {
        let known = Self.record("Person", ["Tamsin Ruth Verloop"], ["birthDate": ["1971-02-04"]])
        let explanation = Scorer.explain(Self.record("Person", ["Tamsin Verlop"]), known)
        #expect(explanation.version == Scorer.version)
        #expect(explanation.property == "name")
        #expect(explanation.knownAlone == ["ruth"])
        #expect(explanation.askedAlone == [])
        #expect(explanation.pairs.map(\.known).sorted() == ["tamsin", "verloop"])
        #expect(explanation.sentence.contains("verlop for verloop"))
        #expect(explanation.change == "a date of birth would raise or lower it")
        let settled = Scorer.explain(Self.record("Person", ["Tamsin Verlop"], ["birthDate": ["1971-02-04"]]), known)
        #expect(settled.facts == ["the same day (born 1971-02-04)"])
        #expect(settled.change == nil)
    }
}

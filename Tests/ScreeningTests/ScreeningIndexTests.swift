import TestSupport
import Testing

@testable import Screening

@Suite("Screening index")
struct ScreeningIndexTests {
    private static let firsts = [
        "Tamsin", "Odalys", "Petra", "Zoltan", "Михаил", "Ignatius", "Mikhail", "نادر", "Bill",
    ]
    private static let lasts = [
        "Verloop", "Quiggin", "Kwong", "Farkas", "Зарубов", "Zarubov", "Brome", "مرادپور", "Verlop",
    ]

    private static func labels(_ places: some Sequence<Int>) -> LabelSet {
        places.reduce(into: LabelSet()) { $0.insert($1) }
    }

    private static func name(_ random: inout SplitMix64) -> String {
        let first = firsts[Int.random(in: 0..<firsts.count, using: &random)]
        let last = lasts[Int.random(in: 0..<lasts.count, using: &random)]
        return Bool.random(using: &random) ? "\(first) \(last)" : "\(last), \(first)"
    }

    private static func record(_ number: Int, _ random: inout SplitMix64) -> Record {
        var properties = ["name": [name(&random)]]
        if Bool.random(using: &random) { properties["alias"] = [name(&random)] }
        if Bool.random(using: &random) { properties["birthDate"] = ["19\(Int.random(in: 60...69, using: &random))"] }
        return Record(id: "r\(number)", schema: "Person", properties: properties)
    }

    /// What is found, by ids and scores.
    private static func found(
        _ index: inout ScreeningIndex,
        _ records: [Int: Record],
        _ query: Record,
        _ visible: LabelSet
    ) -> [String] {
        index.search(query, visible: visible, limit: 5, cutoff: 0.3).map { "\(records[$0.key]?.id ?? "?") \($0.score)" }
    }

    @Test("what is found depends on what is visible alone, and on no order of coming and going", arguments: 1...12)
    func agreement(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var index = ScreeningIndex()
        var records: [Int: Record] = [:]
        var places: [Int: Int] = [:]
        for step in 0..<300 {
            let key = Int.random(in: 0..<300, using: &random)
            if Int.random(in: 0..<4, using: &random) == 0 {
                index.remove(key)
                (records[key], places[key]) = (nil, nil)
            } else {
                let label = Int.random(in: 0..<5, using: &random)
                let record = Self.record(step, &random)
                index.add(record, as: key, label: label)
                (records[key], places[key]) = (record, label)
            }
        }
        #expect(index.count == records.count)
        let seen = (0..<5).filter { _ in Bool.random(using: &random) }
        let visible = Self.labels(seen)
        // Another index has what is visible alone, in another order, under other numbers.
        var other = ScreeningIndex()
        var others: [Int: Record] = [:]
        let shown = records.keys.filter { seen.contains(places[$0] ?? -1) }.sorted().shuffled(using: &random)
        for (number, key) in shown.enumerated() {
            others[number] = records[key]
            if let record = records[key] { other.add(record, as: number, label: places[key] ?? 0) }
        }
        for _ in 0..<20 {
            let query = Record(id: "q", schema: "Person", properties: ["name": [Self.name(&random)]])
            #expect(Self.found(&index, records, query, visible) == Self.found(&other, others, query, visible))
        }
    }

    @Test("whoever was taken away is found no more, also where nearly all were")
    func removal() {
        var index = ScreeningIndex()
        let all = Self.labels([0])
        for number in 0..<10_000 {
            let record = Record(id: "\(number)", schema: "Person", properties: ["name": ["Tamsin Verloop \(number)"]])
            index.add(record, as: number, label: 0)
        }
        for number in 0..<9_990 { index.remove(number) }
        #expect(index.count == 10)
        let query = Record(id: "q", schema: "Person", properties: ["name": ["Tamsin Verloop 9995"]])
        #expect(index.search(query, visible: all, limit: 1, cutoff: 0.7).map(\.key) == [9_995])
        let gone = Record(id: "q", schema: "Person", properties: ["name": ["Tamsin Verloop 5"]])
        #expect(!index.search(gone, visible: all, limit: 20, cutoff: 0).contains { $0.key == 5 })
    }

    @Test("names that are no names cost no more than others")
    func robust() {
        let strange = [
            "", " ", "—", "x", "\u{202E}nivraT\u{202C}", "a" + String(repeating: "\u{0301}", count: 5_000),
            String(repeating: "Tamsin ", count: 1_500), String(repeating: "q", count: 10_000), "\u{200F}\u{200E}", "0",
            "👩‍👩‍👧",
            String(repeating: "王", count: 3_000), "Тамsin Verloоp",
        ]
        var index = ScreeningIndex()
        for (number, name) in strange.enumerated() {
            index.add(Record(id: "\(number)", schema: "Person", properties: ["name": [name]]), as: number, label: 0)
        }
        let many = (0..<100_000).map { "Alias \($0)" }
        index.add(
            Record(id: "many", schema: "Person", properties: ["name": ["Tamsin Verloop"], "alias": many]),
            as: 99,
            label: 0
        )
        for name in strange + ["Tamsin Verloop"] {
            for schema in Record.schemas {
                let query = Record(id: "q", schema: schema, properties: ["name": [name]])
                let hits = index.search(query, visible: Self.labels([0]), limit: 10, cutoff: 0)
                #expect(hits.allSatisfy { (0...1).contains($0.score) })
            }
        }
        let query = Record(id: "q", schema: "Person", properties: ["name": ["Tamsin Verloop"]])
        // Letters of two scripts that look alike are one name.
        #expect(Set(index.search(query, visible: Self.labels([0]), limit: 2, cutoff: 0.7).map(\.key)) == [12, 99])
    }

    @Test("a schema is asked among its own kind; Thing among all")
    func families() {
        var index = ScreeningIndex()
        for (number, schema) in ["Person", "Company", "Vessel"].enumerated() {
            index.add(
                Record(id: schema, schema: schema, properties: ["name": ["Aurora Borealis"]]),
                as: number,
                label: 0
            )
        }
        func found(_ schema: String) -> Set<Int> {
            let query = Record(id: "q", schema: schema, properties: ["name": ["Aurora Borealis"]])
            return Set(index.search(query, visible: Self.labels([0]), limit: 10, cutoff: 0.7).map(\.key))
        }
        #expect(found("Person") == [0])
        #expect(found("Vessel") == [2])
        #expect(found("LegalEntity") == [0, 1])
        #expect(found("Thing") == [0, 1, 2])
    }

    @Test("postings are those of a dictionary, in order and new ones alike", arguments: [7, 8] as [UInt64])
    func postings(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var postings = Postings()
        var model: [UInt32: [UInt32]] = [:]
        for number in 0..<30_000 as Range<UInt32> {
            // A few keys are borne by many, among them the least and the greatest.
            let drawn = UInt32.random(in: .min ... .max, using: &random)
            let key = number % 3 == 0 ? [0, 1, .max][Int(drawn % 3)] : drawn & 0xFFF0_0FFF
            postings.add(number, to: key)
            model[key, default: []].append(number)
            guard number % 7_001 == 0 else { continue }
            for key in model.keys.prefix(200) + [2, .max - 1] {
                var found: [UInt32] = []
                postings.append(of: key, to: &found)
                #expect(found.sorted() == model[key] ?? [])
            }
        }
        #expect(postings.byteCount < 30_000 * 24)
    }

    @Test("a record is read as it was kept")
    func kept() {
        var words = Words()
        var records = PreparedRecords()
        let asked = [
            Record(
                id: "a",
                schema: "Person",
                properties: [
                    "name": ["Tamsin Verloop", "نادر مرادپور"], "weakAlias": ["Tam"],
                    "birthDate": ["1961-04-12", "1962"],
                    "nationality": ["nl", "ir"], "passportNumber": ["AB 1234567"],
                ]
            ),
            Record(id: "b", schema: "Thing", properties: ["name": [String(repeating: "Quiggin ", count: 30)]]),
            Record(id: "c", schema: "Vessel", properties: ["imoNumber": ["9074729"], "flag": ["cy"]]),
            Record(id: "d", schema: "Company", properties: ["name": ["Brome Shipping GmbH"]]),
            Record(id: "e", schema: "Company", properties: [:]),
        ].map { Prepared($0, &words) }
        let places = asked.map { records.append($0, &words) }
        for (place, record) in zip(places, asked) {
            let kept = records.record(at: place, words)
            #expect(kept.families == record.families && kept.names == record.names)
            #expect(kept.identifiers == record.identifiers && kept.dates == record.dates)
            #expect(kept.countries == record.countries)
        }
        #expect(asked[0].names.count == 3 && asked[3].names[0].form != nil && asked[1].names[0].isFull)
    }
}

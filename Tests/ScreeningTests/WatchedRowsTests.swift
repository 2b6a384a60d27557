import TestSupport
import Testing

@testable import Screening

@Suite("Watched rows")
struct WatchedRowsTests {
    private static let everybody = {
        var labels = LabelSet()
        labels.insert(0)
        return labels
    }()

    /// Invented people, companies and ships, each as somebody may know them.
    private static func people(_ random: inout SplitMix64) -> [Record] {
        func word(_ letters: ClosedRange<Int>) -> String {
            let parts = [
                "ver", "loop", "quig", "gin", "zar", "ub", "ov", "mor", "ad", "pour", "tam", "sin", "od", "al",
            ]
            return (0..<Int.random(in: letters, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
                .joined()
        }
        func misspelt(_ name: String) -> String {
            var letters = Array(name)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: letters.remove(at: Int.random(in: letters.indices, using: &random))
            case 1: letters.insert("e", at: Int.random(in: letters.indices, using: &random))
            case 2: return name.split(separator: " ").reversed().joined(separator: " ")
            case 3: return name.split(separator: " ").map { $0.prefix(1) + "." }.joined(separator: " ") + " " + name
            case 4: letters.removeAll { $0 == " " }
            default: break
            }
            return String(letters)
        }
        return (0..<3).flatMap { number -> [Record] in
            let names = (0..<Int.random(in: 1...20, using: &random)).map { _ in "\(word(1...3)) \(word(1...4))" }
            let schema = ["Person", "LegalEntity", "Company", "Vessel"].randomElement(using: &random) ?? ""
            let born = ["birthDate": ["19\(60 + number)-02-04"], "passportNumber": ["NX12345\(number)"]]
            let known = Record(
                id: "known-\(number)",
                schema: schema,
                properties: ["name": Array(names.prefix(1)), "alias": Array(names.dropFirst())]
                    .merging(Bool.random(using: &random) ? born : [:]) { own, _ in own }
            )
            let asked = names.enumerated().map { place, name in
                Record(id: "\(number)-\(place)", schema: schema, properties: ["name": [misspelt(name)]])
            }
            return [known] + asked + [Record(id: "\(number)-p", schema: schema, properties: born)]
        }
    }

    private static let scripts =
        ScorerTests.alike.flatMap { one in
            [ScorerTests.record("Person", [one.asked]), ScorerTests.record("Person", [one.known])]
        } + [ScorerTests.record("Person", ["عیسی زارع پور"]), ScorerTests.record("Person", ["ZAREPOUR Issa"])]

    @Test("are told of whoever they would be told of, were they asked about, and of nobody else", arguments: 1...4)
    func agreement(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let all = Self.people(&random) + Self.scripts
        var rows = WatchedRows<Int>()
        for (key, record) in all.enumerated() { rows.keep(WatchedRow(reference: "\(key)", record: record), as: key) }
        var count = 0
        for known in all {
            var index = ScreeningIndex()
            index.add(known, as: 0, label: 0)
            let asked = all.enumerated().compactMap { key, record in
                index.search(record, visible: Self.everybody, limit: 1, cutoff: 0.7).first.map {
                    [Double(key), $0.score]
                }
            }
            let told = rows.alike(known, from: 0.7).map { [Double($0.key), $0.score] }.sorted { $0[0] < $1[0] }
            #expect(told == asked, "\(known)")
            count += told.count
        }
        #expect(count > all.count)
    }

    @Test("are gone once they are removed, and are what they were kept as last")
    func removed() {
        var rows = WatchedRows<Int>()
        let (first, second) = (
            ScorerTests.record("Person", ["Tamsin Verloop"]), ScorerTests.record("Person", ["Odalys Quiggin"])
        )
        for key in 0..<5_000 { rows.keep(WatchedRow(reference: "r", record: first), as: key % 3) }
        rows.keep(WatchedRow(reference: "r", record: second), as: 1)
        rows.remove(2)
        #expect(rows.count == 2 && rows.alike(first, from: 0.7).map(\.key) == [0])
        #expect(rows.alike(second, from: 0.7).map(\.key) == [1])
    }
}

import Exchange
import Foundation
import Screening

/// Reads entities of FollowTheMoney, one JSON object a line.
func records(_ path: String) throws -> [Record] {
    let data = try Data(contentsOf: URL(filePath: path))
    return try data.split(separator: UInt8(ascii: "\n")).map { line in
        let value = try JSON(parsing: Array(line)).root
        let query = value["query"] ?? value
        var properties: [String: [String]] = [:]
        for (name, values) in query["properties"]?.members ?? [] {
            properties[name] = values.elements.compactMap(\.string)
        }
        return Record(id: value["id"]?.string ?? "", schema: query["schema"]?.string ?? "Thing", properties: properties)
    }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    let took = (ContinuousClock.now - start).components
    return Double(took.seconds) + Double(took.attoseconds) / 1e18
}

/// Makes up as many records as are wanted out of others, the same from the same seed: their names' words in another order, with
/// words of others in their place, with letters changed.
func made(_ count: Int, of records: [Record], seed: UInt64) -> [Record] {
    var state = seed
    func draw(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
    let persons = records.filter { $0.schema == "Person" }
    let others = records.filter { $0.schema != "Person" }
    return (0..<count).map { number in
        let of = draw(3) < 2 || others.isEmpty ? persons : others
        let one = of[draw(of.count)]
        var properties = one.properties
        for name in ["name", "alias"] {
            properties[name] = one[name].prefix(2).map { text in
                var words = text.split(separator: " ").map(String.init)
                for _ in 0..<2 where !words.isEmpty {
                    let other = of[draw(of.count)]["name"].first?.split(separator: " ").map(String.init) ?? []
                    if !other.isEmpty { words[draw(words.count)] = other[draw(other.count)] }
                }
                let word = draw(max(words.count, 1))
                if draw(3) == 0, word < words.count, words[word].count > 4 {
                    var letters = Array(words[word])
                    letters.swapAt(1 + draw(letters.count - 2), 1 + draw(letters.count - 2))
                    words[word] = String(letters)
                }
                return words.joined(separator: " ")
            }
        }
        if let date = one["birthDate"].first?.prefix(4) {
            properties["birthDate"] = ["\(date)-0\(1 + draw(9))-1\(draw(9))"]
        }
        properties["imoNumber"] = nil
        properties["registrationNumber"] = one["registrationNumber"].isEmpty ? nil : ["\(1_000_000 + number)"]
        return Record(id: "made-\(number)", schema: one.schema, properties: properties)
    }
}

let words = CommandLine.arguments
func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

let everything: LabelSet = {
    var all = LabelSet()
    all.insert(0)
    return all
}()

func score(_ corpus: [Record], _ queries: [Record]) {
    var index = ScreeningIndex()
    for (place, record) in corpus.enumerated() { index.add(record, as: place, label: 0) }
    for query in queries {
        let hits = index.search(query, visible: everything, limit: 25, cutoff: 0)
        let results = hits.map { #"["\#(corpus[$0.key].id)",\#($0.score)]"# }.joined(separator: ",")
        print(#"{"id":"\#(query.id)","results":[\#(results)]}"#)
    }
}

/// Prints one line of JSON: what the index takes, and how long one who is asked about takes, on one thread.
func measure(_ corpus: [Record], _ queries: [Record], _ count: Int) {
    let records = made(count, of: corpus, seed: 7)
    let names = records.reduce(0) { $0 + $1["name"].count + $1["alias"].count }
    var index = ScreeningIndex()
    let building = seconds { for (place, record) in records.enumerated() { index.add(record, as: place, label: 0) } }
    say("\(count) records built in \(building) s")
    var times: [Double] = []
    var found = 0
    for query in queries {
        times.append(seconds { found += index.search(query, visible: everything, limit: 5, cutoff: 0.5).count })
    }
    let all = times.reduce(0, +)
    times.sort()
    func percentile(_ share: Double) -> Double { times[Int(Double(times.count - 1) * share)] * 1_000 }
    print(
        #"{"records":\#(count),"names":\#(names),"build_s":\#(building),"bytes_a_name":\#(index.byteCount / names),"#
            + #""queries":\#(queries.count),"per_s":\#(Double(queries.count) / all),"p50_ms":\#(percentile(0.5)),"#
            + #""p99_ms":\#(percentile(0.99)),"hits":\#(found)}"#
    )
}

/// Prints made-up records as JSON lines, those that `measure` has.
func make(_ corpus: [Record], _ count: Int) throws {
    struct Line: Encodable {
        let id: String
        let schema: String
        let properties: [String: [String]]
    }
    let encoder = JSONEncoder()
    for record in made(count, of: corpus, seed: 7) {
        let line = Line(id: record.id, schema: record.schema, properties: record.properties)
        print(String(decoding: try encoder.encode(line), as: UTF8.self))
    }
}

switch (words.dropFirst().first, words.count) {
case ("score", 4): score(try records(words[2]), try records(words[3]))
case ("make", 4): try make(try records(words[2]), Int(words[3]) ?? 0)
case ("speed", 5): measure(try records(words[2]), try records(words[3]), Int(words[4]) ?? 0)
default:
    say("usage: ScreeningBench score CORPUS QUERIES | speed CORPUS QUERIES COUNT | make CORPUS COUNT")
    exit(64)
}

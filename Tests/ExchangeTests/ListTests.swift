import Exchange
import TestSupport
import Testing

@Suite("Public lists")
struct ListTests {
    private static let now = Timestamp(microseconds: 1_800_000_000_000_000)

    @Test("of the US Treasury are joined from their files")
    func ofac() throws {
        let empty = Array(repeating: "-0- ", count: 6)
        let files: [[[String]]] = [
            [
                ["36", "PALE HERON SHIPPING, LTD.", "-0- ", "DEMO"] + Array(repeating: "-0- ", count: 7) + [
                    "a.k.a. 'PHS'."
                ],
                ["37", "VERLOOP, Tamsin A.", "individual", "DEMO; TEST", "Director"] + empty
                    + ["DOB 04 Feb 1971; alt. DOB circa 1970; POB Lisse; Passport X1 (Nowhere); Linked To"],
                [
                    "38", "GREY GULL", "vessel", "DEMO", "-0- ", "CL2685", "Tug", "-0- ", "212", "Nowhere", "Owner SA",
                    "Vessel Registration Identification IMO 9074729; MMSI 572469210.",
                ],
                ["x", "no id"], ["\u{1a}"],
            ],
            [
                ["36", "1", "aka", "HERON LINE", "-0- "], ["36", "2", "fka", "HERON BROS", "-0- "],
                ["99", "3", "aka", "X", ""],
            ],
            [
                ["36", "1", "1 Quay", "Porto", "Nowhere", "-0- "], ["36", "2", "-0- ", "-0- ", "Elsewhere", "-0- "],
            ],
            [["37", ": PALE HERON."]],
        ]
        let list = try ListFormat.ofacSDN.read(
            files.map { rows in
                Array(rows.map { $0.map { "\"\($0)\"" }.joined(separator: ",") }.joined(separator: "\r\n").utf8)
            }
        )
        let properties = list.subjects.map(\.properties)
        #expect(list.subjects.map(\.schema) == ["LegalEntity", "Person", "Vessel"])
        #expect(properties[0]["alias"] == ["PHS", "HERON LINE"] && properties[0]["previousName"] == ["HERON BROS"])
        #expect(properties[0]["address"] == ["1 Quay, Porto, Nowhere", "Elsewhere"])
        #expect(properties[1]["name"] == ["Tamsin A. VERLOOP"] && properties[1]["birthDate"] == ["1971-02-04", "1970"])
        #expect(properties[1]["program"] == ["DEMO", "TEST"] && properties[1]["passportNumber"] == ["X1 (Nowhere)"])
        #expect(properties[1]["notes"] == ["Linked To: PALE HERON"])
        #expect(properties[2]["imoNumber"] == ["9074729"] && properties[2]["mmsi"] == ["572469210"])
        #expect(list.faults.map(\.description) == ["sdn.csv line 4: must have 12 columns, with an id and a name"])
    }

    @Test("of FollowTheMoney keep going after a bad line")
    func followTheMoney() {
        let lines = """
            {"id":"a","schema":"Person","properties":{"name":["Ada"]}}
            {"id":"b","schema":"Address","properties":{"full":["1 Quay"]}}

            {"id":"c","schema":"Company","properties":{},"caption":"Cee"}
            {"id":"e","schema":"Company","properties":{}}
            not json
            {"id":"d"}
            """
        let list = FollowTheMoneyList(Array(lines.utf8)).content
        #expect(list.subjects.map(\.key) == ["a", "c"])
        #expect(list.skipped == ["Address": 1, "Company without a name": 1])
        #expect(list.faults.map(\.place) == ["line 6", "line 7"])
    }

    @Test("define their extensions in valid STIX")
    func definitions() throws {
        let objects = try ListExtension.definitions.map { try STIXObject(try JSON(parsing: $0).root) }
        #expect(objects.map(\.type) == ["identity", "extension-definition", "extension-definition"])
        #expect(objects.map(\.id.text).contains(ListExtension.subject))
    }

    @Test("end the same in the pool after any sequence of imports, stopped ones included", arguments: UInt64(0)..<100)
    func sync(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var pool: [String: JSON.Value] = [:]
        var clock = Self.now
        for _ in 0..<6 {
            let subjects = (0..<12).filter { _ in Int.random(in: 0..<4, using: &random) > 0 }.map { number in
                var subject = ListSubject(key: "\(number)", schema: number.isMultiple(of: 5) ? "Vessel" : "Person")
                subject.add("Name \(number) \(Int.random(in: 0..<2, using: &random))", to: "name")
                return subject
            }
            clock = clock.advanced(by: .seconds(Int.random(in: -1...2, using: &random)))
            // An import that was stopped in the middle, and then the whole one.
            let half = ListSync(subjects, from: "list", isWhole: true, held: Array(pool.values), at: clock)
            let objects = half.added + half.changed + half.revoked
            try take(Array(objects.prefix(Int.random(in: 0...objects.count, using: &random))), into: &pool)
            let whole = ListSync(subjects, from: "list", isWhole: true, held: Array(pool.values), at: clock)
            try take(whole.added + whole.changed + whole.revoked, into: &pool)
            let again = ListSync(subjects, from: "list", isWhole: true, held: Array(pool.values), at: clock)
            #expect(again.added.isEmpty && again.changed.isEmpty && again.revoked.isEmpty)
            #expect(again.unchanged == subjects.count)
            let live = pool.values.filter { $0["revoked"]?.boolean != true }.compactMap { $0["name"]?.string }
            #expect(live.sorted() == subjects.compactMap { $0.properties["name"]?.first }.sorted())
        }
    }

    /// Takes objects as the exchange does: valid, and later than what is held.
    private func take(_ objects: [[UInt8]], into pool: inout [String: JSON.Value]) throws {
        for bytes in objects {
            let value = try JSON(parsing: bytes).root
            let object = try STIXObject(value)
            if let held = try pool[object.id.text].map({ try STIXObject($0) }) {
                #expect(!held.isRevoked && held.created == object.created)
                #expect(try #require(object.version).instant > #require(held.version).instant)
            }
            pool[object.id.text] = value
        }
    }

    @Test("that lost much are suspect")
    func shrink() throws {
        let subjects = (0..<100).map { number in
            var subject = ListSubject(key: "\(number)", schema: "Person")
            subject.add("Name \(number)", to: "name")
            return subject
        }
        let all = ListSync(subjects, from: "list", isWhole: true, held: [], at: Self.now)
        let held = try all.added.map { try JSON(parsing: $0).root }
        // What could not be read is not gone.
        let torn = ListSync(Array(subjects.prefix(95)), from: "list", isWhole: false, held: held, at: Self.now)
        #expect(torn.revoked.isEmpty && torn.spared == 5 && torn.unchanged == 95)
        #expect(!ListSync(Array(subjects.prefix(90)), from: "list", isWhole: true, held: held, at: Self.now).isSuspect)
        #expect(ListSync(Array(subjects.prefix(70)), from: "list", isWhole: true, held: held, at: Self.now).isSuspect)
        #expect(ListSync(subjects, from: "other", isWhole: true, held: held, at: Self.now).revoked.isEmpty)
    }
}

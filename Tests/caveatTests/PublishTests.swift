import Testing

@testable import caveat

@Suite("Envelopes")
struct EnvelopesTests {
    @Test("hold every object once, in order, within both limits", arguments: UInt64(0)..<64)
    func split(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let sizes = (0..<Int.random(in: 0...60, using: &random)).map { _ in Int.random(in: 2...40, using: &random) }
        let objects = sizes.map { [UInt8](repeating: UInt8(ascii: "x"), count: $0) }
        let bytesMax = Int.random(in: 30...120, using: &random)
        let objectsMax = Int.random(in: 1...9, using: &random)
        let envelopes = Envelopes(sizes: sizes, bytesMax: bytesMax, objectsMax: objectsMax)
        #expect((envelopes.ranges.flatMap(\.self) + envelopes.oversized).sorted() == Array(sizes.indices))
        #expect(envelopes.ranges == envelopes.ranges.sorted { $0.lowerBound < $1.lowerBound })
        for range in envelopes.ranges {
            #expect(!range.isEmpty && range.count <= objectsMax)
            #expect(Envelopes.bytes(objects[range]).count <= bytesMax)
        }
        for index in envelopes.oversized {
            #expect(Envelopes.bytes(objects[index...index]).count > bytesMax)
        }
        // No envelope could have taken the next one's first object.
        for (earlier, later) in zip(envelopes.ranges, envelopes.ranges.dropFirst())
        where earlier.upperBound == later.lowerBound && earlier.count < objectsMax {
            #expect(Envelopes.bytes(objects[earlier.lowerBound...later.lowerBound]).count > bytesMax)
        }
    }

    @Test("are filled to the last byte")
    func full() {
        let sizes = [10, 10, 10]
        let exact = Envelopes.frameBytes + 10 + 1 + 10
        #expect(Envelopes(sizes: sizes, bytesMax: exact, objectsMax: 9).ranges == [0..<2, 2..<3])
        #expect(Envelopes(sizes: sizes, bytesMax: exact - 1, objectsMax: 9).ranges == [0..<1, 1..<2, 2..<3])
        #expect(Envelopes(sizes: [10], bytesMax: Envelopes.frameBytes + 9, objectsMax: 9).oversized == [0])
        #expect(Envelopes(sizes: [], bytesMax: 100, objectsMax: 9) == Envelopes(sizes: [], bytesMax: 1, objectsMax: 1))
    }

    @Test("are JSON")
    func bytes() {
        let objects = [Array(#"{"a":1}"#.utf8), Array(#"{"b":2}"#.utf8)]
        #expect(Envelopes.bytes(objects[...]) == Array(#"{"objects":[{"a":1},{"b":2}]}"#.utf8))
    }
}

@Suite("ObjectSource")
struct ObjectSourceTests {
    @Test(
        "reads an object, an array, a bundle, an envelope, and one of these a line",
        arguments: [
            #" {"type": "note", "x": "a b"} "#,
            #"[{"type": "note", "x": "a b"}]"#,
            #"{"type": "bundle", "id": "bundle--1", "objects": [ {"type":"note","x":"a b"} ]}"#,
            #"{"objects": [{"type": "note", "x": "a b"}], "more": false}"#,
            "\u{FEFF}{\"type\": \"note\",\n \"x\": \"a b\"}\n",
            "{\"type\": \"note\", \"x\": \"a b\"}\r\n\r\n[]\n",
        ]
    )
    func forms(text: String) throws {
        #expect(try ObjectSource(Array(text.utf8)).objects == [Array(#"{"type":"note","x":"a b"}"#.utf8)])
    }

    @Test("keeps the bytes of an object but for white space between them")
    func bytes() throws {
        let text = #"{ "type" : "note" , "n" : [ 1.50 , 1e2 ] , "s" : "\u00e9 \" , " }"#
        let kept = #"{"type":"note","n":[1.50,1e2],"s":"\u00e9 \" , "}"#
        #expect(try ObjectSource(Array(text.utf8)).objects == [Array(kept.utf8)])
    }

    @Test(
        "says what is wrong with anything else, and in which line",
        arguments: [
            ("", nil), ("[]", nil), (#"{"a": 1}"#, nil), ("[1]", nil), ("7", nil), (#"{"type": "note""#, nil),
            (#"{"objects": 1}"#, nil), ("{\"type\":\"note\"}\n7", 2),
        ] as [(String, Int?)]
    )
    func faults(text: String, line: Int?) {
        let fault = #expect(throws: ObjectSourceFault.self) { try ObjectSource(Array(text.utf8)) }
        #expect(fault?.line == line)
    }

    @Test(
        "passes over what cannot be read, and says where it is",
        arguments: [
            ("{\"type\":\"note\"}\n\n{\"type\":}", 1, "line 3"),
            ("{\"type\":\"note\"}\n{\"objects\":[{\"a\":1,\"a\":2},{\"type\":\"note\"}]}", 2, "line 2, object 1"),
            (#"{"objects":[{"type":"note"},{"a":1e999}]}"#, 1, "object 2"),
        ]
    )
    func unreadable(text: String, count: Int, place: String) throws {
        let source = try ObjectSource(Array(text.utf8))
        #expect(source.objects.count == count)
        #expect(source.faults.count == 1 && source.faults[0].hasPrefix(place))
    }
}

/// A small generator whose seed is the test's argument.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

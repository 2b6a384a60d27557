import Testing

@testable import Server

/// That what writes itself as JSON writes what `JSONEncoder` would.
@Suite("JSON that writes itself")
struct JSONBytesTests {
    private struct Part: JSONWritable, Encodable {
        let flag: Bool
        let name: String?
        let share: Double

        func write(to json: inout JSONBytes) {
            json.object {
                $0.member("flag", flag)
                $0.member("name", name)
                $0.member("share", share)
            }
        }
    }

    private struct Whole: JSONWritable, Encodable {
        let count: Int
        let encoded: [String]?
        let named: [String: Part]
        let none: Part?
        let parts: [Part]
        let properties: [String: [String]]
        let texts: [String]

        func write(to json: inout JSONBytes) {
            json.object {
                $0.member("count", count)
                $0.member("encoded", encoded: encoded)
                $0.member("named", named)
                $0.member("none", none)
                $0.member("parts", parts)
                $0.member("properties", properties)
                $0.member("texts", texts)
            }
        }
    }

    @Test("has its members, commas and escapes", arguments: [0, 1, 3])
    func written(count: Int) {
        let texts = Array(["\"a\"\\/", "\u{8}\t\n\u{c}\r\u{1f}\u{0}", "Вектор 王 \u{2028}"].prefix(count))
        let parts = texts.map { Part(flag: $0.isEmpty, name: count == 1 ? nil : $0, share: 0.125) }
        let whole = Whole(
            count: -count,
            encoded: count == 0 ? nil : texts,
            named: Dictionary(uniqueKeysWithValues: zip(texts, parts)),
            none: nil,
            parts: parts,
            properties: ["b": texts, "a": []],
            texts: texts
        )
        #expect(
            String(decoding: JSONBytes(whole).bytes, as: UTF8.self)
                == String(decoding: Response.encoded(whole), as: UTF8.self)
        )
    }
}

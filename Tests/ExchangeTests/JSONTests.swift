import Exchange
import TestSupport
import Testing

@Suite("JSON")
struct JSONTests {
    @Test(
        "refuses what RFC 8259 and RFC 7493 refuse, with the rule",
        arguments: [
            ("", JSONFault.Rule.empty), ("  ", .empty), ("{", .syntax), ("[1,]", .syntax), ("{\"a\":1,}", .syntax),
            ("{\"a\" 1}", .syntax), ("{a:1}", .syntax), ("'a'", .syntax), ("nul", .syntax), ("truefalse", .trailing),
            ("1 2", .trailing), ("{}x", .trailing), ("\u{feff}{}", .byteOrderMark), ("01", .number), ("-", .number),
            ("1.", .number), ("1.e3", .number), ("1e", .number), ("+1", .syntax), (".5", .syntax), ("NaN", .syntax),
            ("Infinity", .syntax), ("1e400", .infinite), ("9007199254740992", .integer),
            ("-9007199254740992", .integer), ("-9223372036854775808", .integer), ("9223372036854775808", .integer),
            ("\"\\u0000\"", .null), ("\"a\u{0}b\"", .null), ("\"a\nb\"", .control), ("\"\\x\"", .escape),
            ("\"\\u12g4\"", .escape), ("\"\\ud800\"", .surrogate), ("\"\\ud800\\u0041\"", .surrogate),
            ("\"\\udc00\"", .surrogate), ("\"abc", .syntax), ("{\"a\":1,\"a\":2}", .doubledKey),
            ("{\"a\":1,\"\\u0061\":2}", .doubledKey),
        ]
    )
    func refusals(text: String, rule: JSONFault.Rule) {
        #expect(throws: JSONFault.self) { try JSON(parsing: Array(text.utf8)) }
        do {
            _ = try JSON(parsing: Array(text.utf8))
        } catch {
            #expect(error.rule == rule, "\(text): \(error)")
        }
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [
            [0x80], [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x9f, 0xbf], [0xed, 0xa0, 0x80], [0xf0, 0x8f, 0xbf, 0xbf],
            [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0xc3], [0xe2, 0x82], [0xc3, 0x28],
        ] as [[UInt8]]
    )
    func badUTF8(bytes: [UInt8]) {
        let text = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
        let fault = #expect(throws: JSONFault.self) { try JSON(parsing: text) }
        #expect(fault?.rule == .utf8)
    }

    @Test(
        "leaves the other elements of a list whole when one breaks a rule beyond the grammar",
        arguments: [
            ("{\"a\":1,\"a\":[\"]\"]}", JSONFault.Rule.doubledKey), ("{\"a\":\"\\u0000\"}", .null),
            ("{\"a\":\"\u{0}\"}", .null), ("{\"a\":[-9223372036854775808]}", .integer), ("1e999", .infinite),
            ("{\"a\":\"\\ud800\"}", .surrogate), ("[\"\\\"], \u{1}\"]", .control),
            (String(repeating: "[", count: 70) + String(repeating: "]", count: 70), .depth),
        ]
    )
    func isolation(element: String, rule: JSONFault.Rule) throws {
        let limits = JSON.Limits(isolatesElements: true)
        let text = "{\"objects\":[1,\(element) , {\"b\":2},\(element)],\"c\":3}"
        let root = try JSON(parsing: Array(text.utf8), limits: limits).root
        let elements = root["objects"]?.elements ?? []
        #expect(elements.map(\.fault?.rule) == [nil, rule, nil, rule])
        #expect(elements.first?.integer == 1 && elements[2]["b"]?.integer == 2 && root["c"]?.integer == 3)
        // Elsewhere, and where the text is no JSON, all of it is refused.
        for other in ["{\"objects\":\(element.hasPrefix("[") ? "1e999" : element)}", "{\"objects\":[{\"a\" 1}]}"] {
            #expect(throws: JSONFault.self) { try JSON(parsing: Array(other.utf8), limits: limits) }
        }
        #expect(throws: JSONFault.self) { try JSON(parsing: Array(text.utf8)) }
    }

    @Test("takes as many levels as it may, and not one more")
    func depth() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        _ = try JSON(parsing: Array(deep.utf8))
        let fault = #expect(throws: JSONFault.self) { try JSON(parsing: Array("[\(deep)]".utf8)) }
        #expect(fault?.rule == .depth)
    }

    @Test("finds a doubled key among very many")
    func manyKeys() {
        let members = (0..<50_000).map { "\"k\($0)\":1" } + ["\"k17\":2"]
        let fault = #expect(throws: JSONFault.self) {
            try JSON(parsing: Array("{\(members.joined(separator: ","))}".utf8))
        }
        #expect(fault?.rule == .doubledKey)
    }

    @Test("keeps the bytes that came, but for white space outside strings")
    func compact() throws {
        let text = "{ \"a\" : [ 1.0 , 1e2, \"\\u0041 b\\\" \" ] ,\n\"é\" : { } }"
        let compact = try JSON(parsing: Array(text.utf8)).root.compact()
        #expect(String(decoding: compact, as: UTF8.self) == "{\"a\":[1.0,1e2,\"\\u0041 b\\\" \"],\"é\":{}}")
    }

    @Test("writes the canonical form of RFC 8785's example")
    func canonicalExample() throws {
        let text = """
            {"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}
            """
        let expected = """
            {"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
            "string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}
            """
        let canonical = try JSON(parsing: Array(text.utf8)).root.canonical()
        #expect(String(decoding: canonical, as: UTF8.self) == expected)
    }

    @Test("sorts keys by UTF-16 code units, as RFC 8785 §3.2.3 does")
    func canonicalOrder() throws {
        let text = """
            {"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",\
            "\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}
            """
        let canonical = String(decoding: try JSON(parsing: Array(text.utf8)).root.canonical(), as: UTF8.self)
        let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"]
        let places = order.compactMap { canonical.firstRange(of: $0)?.lowerBound }
        #expect(places.count == order.count && places == places.sorted())
    }

    @Test(
        "writes numbers as RFC 8785 appendix B does",
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"), (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"), (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"), (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"), (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"), (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"), (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5557, "333333333.33333343"), (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] as [(UInt64, String)]
    )
    func canonicalNumbers(bits: UInt64, text: String) throws {
        let double = Double(bitPattern: bits)
        let printed = "\(double)".contains(/[.e]/) ? "\(double)" : "\(double).0"
        let canonical = try JSON(parsing: Array(printed.utf8)).root.canonical()
        #expect(String(decoding: canonical, as: UTF8.self) == text)
    }

    @Test("has one canonical form for all texts of a value", arguments: UInt64(0)..<200)
    func canonicalAgrees(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let value = RandomJSON(depth: 4, &random)
        let (plain, other) = (value.text(&random, spaced: false), value.text(&random, spaced: true))
        let first = try JSON(parsing: Array(plain.utf8))
        let second = try JSON(parsing: Array(other.utf8))
        #expect(first.root.canonical() == second.root.canonical())
        let compact = try JSON(parsing: second.root.compact())
        #expect(compact.root.canonical() == first.root.canonical())
        #expect(try JSON(parsing: first.root.canonical()).root.canonical() == first.root.canonical())
    }
}

/// A random value that can be written in many ways.
private indirect enum RandomJSON {
    case null, boolean(Bool), integer(Int), string(String), array([RandomJSON]), object([(String, RandomJSON)])

    init(depth: Int, _ random: inout SplitMix64) {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: self = .null
        case 1: self = .boolean(.random(using: &random))
        case 2: self = .integer(.random(in: -1_000_000...1_000_000, using: &random))
        case 3: self = .string(Self.word(&random))
        case 4:
            self = .array(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in RandomJSON(depth: depth - 1, &random) }
            )
        default:
            let keys = Set((0..<Int.random(in: 0...5, using: &random)).map { _ in Self.word(&random) })
            self = .object(keys.sorted().map { ($0, RandomJSON(depth: depth - 1, &random)) })
        }
    }

    private static func word(_ random: inout SplitMix64) -> String {
        let letters: [Character] = ["a", "é", "€", "😀", "\"", "\\", "\n", "/", "\u{1f}", "ﬁ", "z"]
        return String(
            (0..<Int.random(in: 0...5, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" }
        )
    }

    func text(_ random: inout SplitMix64, spaced: Bool) -> String {
        let space = spaced ? [" ", "\n", "\t", ""].randomElement(using: &random) ?? "" : ""
        switch self {
        case .null: return "null"
        case .boolean(let flag): return "\(flag)"
        case .integer(let number): return spaced ? "\(number).0" : "\(number)"
        case .string(let text): return Self.quoted(text, escaped: spaced)
        case .array(let elements):
            return "[" + elements.map { space + $0.text(&random, spaced: spaced) + space }.joined(separator: ",") + "]"
        case .object(let members):
            let order = spaced ? members.reversed() : members
            let parts = order.map { key, value in
                Self.quoted(key, escaped: spaced) + space + ":" + space + value.text(&random, spaced: spaced)
            }
            return "{" + space + parts.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String, escaped: Bool) -> String {
        let units = text.utf16.map { unit -> String in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        if escaped { return "\"" + units.joined() + "\"" }
        let plain = text.map { character -> String in
            switch character {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\u{1f}": "\\u001f"
            default: String(character)
            }
        }
        return "\"" + plain.joined() + "\""
    }
}

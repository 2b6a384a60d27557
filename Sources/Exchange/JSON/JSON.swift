/// A JSON document that was checked against RFC 8259 and I-JSON (RFC 7493): its bytes as they came, and a flat tape
/// of what is where in them.
///
/// Reading a value decodes only that value.
public struct JSON: Sendable {
    /// Limits on what is read.
    public struct Limits: Hashable, Sendable {
        /// How deep objects and lists may lie in one another.
        public var depthMax: Int
        /// Whether one bad element of a list in the document's own members leaves the others whole.
        ///
        /// It is a null then, and its fault is told. What is no JSON at all is refused whole.
        public var isolatesElements: Bool

        /// Sets the limits.
        public init(depthMax: Int = 64, isolatesElements: Bool = false) {
            self.depthMax = depthMax
            self.isolatesElements = isolatesElements
        }
    }

    /// The level of the elements that are isolated: the document, its member, the member's elements.
    static let isolatedDepth = 3

    /// The longest number that is read, in bytes.
    public static let numberBytesMax = 128
    /// Integers between this and its negative are exact everywhere (RFC 7493 §2.2).
    public static let integerMax: Int64 = (1 << 53) - 1

    /// The six kinds of values.
    public enum Kind: UInt8, Sendable {
        case object, array, string, number, boolean, null
    }

    /// One value on the tape.
    ///
    /// An object's keys and values follow it in turn, a list's elements likewise.
    struct Node: Sendable {
        let kind: Kind
        /// For a string: whether it has escapes.
        var isEscaped = false
        /// In the document's bytes, quotation marks and brackets included.
        let start: Int32
        var end: Int32
        /// The tape's place after this value and all in it.
        var next: Int32
        /// Members of an object, elements of a list.
        var count: Int32 = 0
    }

    /// What the values of a document share: one reference, since each value that is looked at counts them.
    private final class Document: Sendable {
        let bytes: [UInt8]
        let tape: [Node]
        let faults: [Int: JSONFault]

        init(_ bytes: [UInt8], _ tape: [Node], _ faults: [Int: JSONFault]) {
            self.bytes = bytes
            self.tape = tape
            self.faults = faults
        }
    }

    private let document: Document

    /// The document as it came.
    public var bytes: [UInt8] { document.bytes }
    var tape: [Node] { document.tape }
    private var faults: [Int: JSONFault] { document.faults }

    /// Reads one document.
    /// - Throws: `JSONFault` with the rule that is broken and where.
    public init(parsing bytes: [UInt8], limits: Limits = Limits()) throws(JSONFault) {
        var parser = JSONParser(bytes, limits)
        try parser.parse()
        document = Document(bytes, parser.tape, parser.faults)
    }

    /// The whole of it.
    public var root: Value { Value(document: self, place: 0) }

    /// One value in a document.
    public struct Value: Sendable {
        let document: JSON
        let place: Int

        private var node: Node { document.tape[place] }
        /// What was wrong with an element that was isolated; nil for any other value.
        public var fault: JSONFault? { document.faults[place] }
        /// Which of the six kinds it is.
        public var kind: Kind { node.kind }

        /// How many members or elements it has; 0 for anything but an object or list.
        public var count: Int { Int(node.count) }

        /// Where it stands in the document's bytes.
        public var range: Range<Int> { Int(node.start)..<Int(node.end) }

        /// The member of an object; nil when it is absent, or this is no object.
        public subscript(key: String) -> Value? {
            guard kind == .object else { return nil }
            var place = place + 1
            for _ in 0..<count {
                if document.isString(at: place, equalTo: key) { return Value(document: document, place: place + 1) }
                place = Int(document.tape[place + 1].next)
            }
            return nil
        }

        /// An object's members, in their order.
        public var members: [(key: String, value: Value)] {
            guard kind == .object else { return [] }
            var members: [(key: String, value: Value)] = []
            members.reserveCapacity(count)
            var place = place + 1
            for _ in 0..<count {
                members.append((document.text(at: place), Value(document: document, place: place + 1)))
                place = Int(document.tape[place + 1].next)
            }
            return members
        }

        /// A list's elements, in their order.
        public var elements: [Value] {
            guard kind == .array else { return [] }
            var elements: [Value] = []
            elements.reserveCapacity(count)
            var place = place + 1
            for _ in 0..<count {
                elements.append(Value(document: document, place: place))
                place = Int(document.tape[place].next)
            }
            return elements
        }

        /// The text of a string; nil for anything else.
        public var string: String? {
            kind == .string ? document.text(at: place) : nil
        }

        /// A number without fraction and exponent.
        public var integer: Int64? {
            kind == .number ? Int64(String(decoding: document.bytes[range], as: UTF8.self)) : nil
        }

        /// The value of a number; nil for anything else.
        public var double: Double? {
            kind == .number ? Double(String(decoding: document.bytes[range], as: UTF8.self)) : nil
        }

        /// The value of true or false; nil for anything else.
        public var boolean: Bool? {
            kind == .boolean ? document.bytes[Int(node.start)] == UInt8(ascii: "t") : nil
        }

        /// The bytes that came, without the white space outside strings.
        public func compact() -> [UInt8] {
            let (bytes, tape, range) = (document.bytes, document.tape, range)
            var compact: [UInt8] = []
            compact.reserveCapacity(range.count)
            var index = range.lowerBound
            let last = Int(tape[place].next)
            for next in place...last {
                var string = range.upperBound..<range.upperBound  // After the last one.
                if next < last {
                    guard tape[next].kind == .string else { continue }
                    string = Int(tape[next].start)..<Int(tape[next].end)
                }
                for between in index..<string.lowerBound where bytes[between] > 0x20 { compact.append(bytes[between]) }
                compact += bytes[string]
                index = string.upperBound
            }
            return compact
        }
    }

    /// The string at a place of the tape, decoded, as UTF-8.
    func decodedString(at place: Int) -> [UInt8] {
        let node = tape[place]
        let inner = bytes[Int(node.start) + 1..<Int(node.end) - 1]
        return node.isEscaped ? JSONString.unescaped(inner) : Array(inner)
    }

    /// The same, as a text.
    private func text(at place: Int) -> String {
        let node = tape[place]
        let inner = bytes[Int(node.start) + 1..<Int(node.end) - 1]
        return node.isEscaped
            ? String(decoding: JSONString.unescaped(inner), as: UTF8.self) : String(decoding: inner, as: UTF8.self)
    }

    private func isString(at place: Int, equalTo text: String) -> Bool {
        let node = tape[place]
        let inner = Int(node.start) + 1..<Int(node.end) - 1
        guard !node.isEscaped else { return JSONString.unescaped(bytes[inner]).elementsEqual(text.utf8) }
        return inner.count == text.utf8.count && bytes[inner].elementsEqual(text.utf8)
    }
}

extension JSON.Value {
    /// The first null or empty list in it, as a path from here, and whether it is a null.
    func firstEmpty() -> (path: String, isNull: Bool)? {
        let tape = document.tape
        for place in place..<Int(tape[place].next) {
            let node = tape[place]
            guard node.kind == .null || (node.kind == .array && node.count == 0) else { continue }
            return (JSONPath.text(to: place, from: self.place, tape, document.bytes), node.kind == .null)
        }
        return nil
    }
}

/// Where in a document something is, such as `objects[3].name`.
enum JSONPath {
    /// A key's characters that are told.
    private static let keyBytesMax = 64

    /// The path to a place on a tape.
    ///
    /// What is still open while the tape is being written has no `next` yet; the tape's end is then a place too.
    static func text(to target: Int, from root: Int, _ tape: [JSON.Node], _ bytes: [UInt8]) -> String {
        var path = ""
        var place = root
        while place < target, place < tape.count {
            let kind = tape[place].kind
            guard kind == .object || kind == .array else { break }
            let step = kind == .object ? 1 : 0  // A key comes before its value.
            var child = place + 1
            var index = 0
            while child + step < tape.count, (1...Int32(target)).contains(tape[child + step].next) {
                child = Int(tape[child + step].next)
                index += 1
            }
            if kind == .object {
                guard child < tape.count else { break }
                path += (path.isEmpty ? "" : ".") + key(tape[child], bytes)
            } else {
                path += "[\(index)]"
            }
            place = child + step
        }
        return path
    }

    private static func key(_ node: JSON.Node, _ bytes: [UInt8]) -> String {
        let inner = bytes[Int(node.start) + 1..<Int(node.end) - 1]
        let plain = node.isEscaped ? JSONString.unescaped(inner) : Array(inner)
        let text = String(decoding: plain.prefix(keyBytesMax), as: UTF8.self)
        return plain.count > keyBytesMax ? text + "…" : text
    }
}

/// Why a text is no JSON that the exchange takes.
public struct JSONFault: Error, Hashable, CustomStringConvertible, Sendable {
    /// The rules that are kept.
    public enum Rule: String, Hashable, Sendable {
        case empty = "the document is empty"
        case tooLong = "a document may have at most 2 GiB"
        case syntax = "this is not JSON (RFC 8259)"
        case trailing = "something follows the document; send one JSON value"
        case utf8 = "strings must be UTF-8 (RFC 3629)"
        case byteOrderMark = "the document must not begin with a byte order mark (RFC 8259 §8.1)"
        case surrogate = "\\u escapes of surrogates must come in pairs (RFC 7493 §2.1)"
        case null = "strings must not hold the character NUL"
        case control = "control characters in strings must be escaped (RFC 8259 §7)"
        case escape = "this is no escape that JSON has (RFC 8259 §7)"
        case number = "this is not a number (RFC 8259 §6)"
        case longNumber = "a number may have at most 128 characters"
        case integer = "an integer must lie within ±9007199254740991 (RFC 7493 §2.2); send larger ones as strings"
        case infinite = "a number must fit a double (RFC 7493 §2.2)"
        case depth = "objects and lists lie too deep in one another"
        case doubledKey = "a key stands twice in one object (RFC 7493 §2.3)"

        /// Whether the value's brackets and quotation marks still tell where it ends.
        var leavesStructure: Bool {
            switch self {
            case .utf8, .surrogate, .null, .control, .longNumber, .integer, .infinite, .depth, .doubledKey: true
            case .empty, .tooLong, .syntax, .trailing, .byteOrderMark, .escape, .number: false
            }
        }
    }

    /// The rule that is broken.
    public let rule: Rule
    /// The byte at which it was noticed, from 0.
    public let offset: Int
    /// The value in which it was noticed, such as `objects[3].name`; empty for the document itself.
    public let path: String

    init(_ rule: Rule, at offset: Int, in path: String = "") {
        self.rule = rule
        self.offset = offset
        self.path = path
    }

    /// The same, for people to read.
    public var description: String {
        path.isEmpty ? "byte \(offset): \(rule.rawValue)" : "byte \(offset), in \(path): \(rule.rawValue)"
    }
}

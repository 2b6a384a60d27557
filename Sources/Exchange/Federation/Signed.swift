internal import Crypto

/// What can be signed: a value with a canonical form (RFC 8785).
public protocol Statement: Hashable, Sendable {
    /// The bytes that are signed.
    var canonical: [UInt8] { get }
    /// Reads what was written, wherever it stands in its document.
    init(reading value: JSON.Value, at path: String) throws(STIXFault)
}

/// A statement, and a signature over its canonical form as it came: what this version does not know is signed too.
public struct Signed<Content: Statement>: Hashable, Sendable {
    /// What was said.
    public let content: Content
    /// The key that is said to have signed it.
    public let key: KeyID
    /// 64 bytes.
    public let signature: [UInt8]
    /// The canonical form that is signed.
    public let statement: [UInt8]
    /// SHA-256 of the canonical form of all of it: what the next in the chain names.
    public let digest: [UInt8]

    /// Signs a statement.
    public init(_ content: Content, by signatory: some Signatory) {
        let statement = content.canonical
        self.init(content, statement, signatory.key, signatory.signature(over: statement))
    }

    private init(_ content: Content, _ statement: [UInt8], _ key: KeyID, _ signature: [UInt8]) {
        self.content = content
        self.key = key
        self.signature = signature
        self.statement = statement
        digest = Array(SHA256.hash(data: Self.text(statement, key, signature)))
    }

    /// Reads what was written; whether the signature is good is not looked at here.
    public init(reading value: JSON.Value, at path: String) throws(STIXFault) {
        let reader = StatementReader(value, at: path)
        guard let name = KeyID(try reader.text("key")) else {
            throw reader.fault("key", "must be the name of a key, 32 hexadecimal digits")
        }
        let statement = try reader.member("statement")
        self.init(
            try Content(reading: statement, at: reader.path("statement")),
            statement.canonical(),
            name,
            try reader.bytes("signature", count: FederationKey.signatureBytes)
        )
    }

    /// The canonical form of all of it.
    public var canonical: [UInt8] { Self.text(statement, key, signature) }

    private static func text(_ statement: [UInt8], _ key: KeyID, _ signature: [UInt8]) -> [UInt8] {
        let text = CanonicalText.object([
            ("key", CanonicalText.string(key.text)), ("signature", CanonicalText.string(signature.hexadecimal)),
            ("statement", String(decoding: statement, as: UTF8.self)),
        ])
        return Array(text.utf8)
    }
}

/// Writes the canonical form (RFC 8785) of objects whose keys are given in its order.
enum CanonicalText {
    /// An object; members without a text are left out.
    static func object(_ members: [(key: String, text: String?)]) -> String {
        "{" + members.compactMap { key, text in text.map { "\"\(key)\":\($0)" } }.joined(separator: ",") + "}"
    }

    static func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ",") + "]" }

    static func string(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSON.append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Reads the properties of a statement, each by its kind.
struct StatementReader {
    private let value: JSON.Value
    private let place: String

    init(_ value: JSON.Value, at place: String) {
        self.value = value
        self.place = place
    }

    func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    func fault(_ name: String, _ rule: String) -> STIXFault {
        STIXFault(path(name), rule, FederationExtension.source)
    }

    func member(_ name: String) throws(STIXFault) -> JSON.Value {
        guard let member = value[name] else { throw fault(name, "must be there") }
        return member
    }

    func optional<Value>(
        _ name: String,
        _ read: (String) throws(STIXFault) -> Value
    ) throws(STIXFault) -> Value? {
        value[name] == nil ? nil : try read(name)
    }

    func text(_ name: String) throws(STIXFault) -> String {
        guard let text = try member(name).string else { throw fault(name, "must be a text") }
        return text
    }

    func id<Kind>(_ name: String) throws(STIXFault) -> ID<Kind> {
        guard let id = ID<Kind>(parsing: try text(name)) else { throw fault(name, "must be a UUID") }
        return id
    }

    func time(_ name: String) throws(STIXFault) -> Timestamp {
        let text = try text(name)
        do throws(TimestampFault) {
            return try Timestamp(parsing: text)
        } catch {
            throw fault(name, error.rule)
        }
    }

    func bytes(_ name: String, count: Int) throws(STIXFault) -> [UInt8] {
        guard let bytes = Hex.bytes(of: try text(name)), bytes.count == count else {
            throw fault(name, "must be \(2 * count) hexadecimal digits")
        }
        return bytes
    }

    func marking(_ name: String) throws(STIXFault) -> TLP {
        guard let marking = TLP(code: try text(name)) else {
            throw fault(name, "must be one of \(TLP.allCases.map(\.code).joined(separator: ", "))")
        }
        return marking
    }

    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(STIXFault) -> Word {
        guard let word = Word(rawValue: try text(name)) else {
            throw fault(name, "must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    func boolean(_ name: String) throws(STIXFault) -> Bool {
        guard let boolean = try member(name).boolean else { throw fault(name, "must be true or false") }
        return boolean
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(STIXFault) -> Int {
        guard let integer = try member(name).integer, range.contains(integer) else {
            throw fault(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return Int(integer)
    }

    func elements(_ name: String, countMax: Int) throws(STIXFault) -> [JSON.Value] {
        let list = try member(name)
        guard list.kind == .array, (1...countMax).contains(list.count) else {
            throw fault(name, "must be a list of 1 to \(countMax)")
        }
        return list.elements
    }
}

import Exchange
import Yams

/// Why a file of a gateway cannot be used: the file, the key, and the rule that it breaks.
struct GatewayFault: Error, Equatable, CustomStringConvertible {
    let file: String
    let key: String
    let rule: String

    var description: String { "gateways: \(file): \(key): \(rule)" }
}

/// The keys of one mapping in a gateway's file, taken one by one; what nobody takes is unknown.
struct GatewayKeys {
    let file: String
    private let path: String
    private var values: [String: Yams.Node] = [:]
    private var taken: Set<String> = []

    init(_ text: String, file: String) throws(GatewayFault) {
        let root: Yams.Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw GatewayFault(file: file, key: "file", rule: "is not YAML: \(error)")
        }
        try self.init(root ?? Yams.Node(""), file: file, path: "")
    }

    private init(_ node: Yams.Node, file: String, path: String) throws(GatewayFault) {
        self.file = file
        self.path = path
        guard case .mapping(let mapping) = node else {
            throw GatewayFault(
                file: file,
                key: path.isEmpty ? "file" : path,
                rule: "must be a mapping of keys to values"
            )
        }
        for (name, value) in mapping {
            guard case .scalar(let scalar) = name else {
                throw GatewayFault(file: file, key: path.isEmpty ? "file" : path, rule: "must have texts as keys")
            }
            values[scalar.string] = value
        }
    }

    /// What is wrong with a key of this mapping.
    func fault(_ key: String, _ rule: String) -> GatewayFault {
        GatewayFault(file: file, key: full(key), rule: rule)
    }

    private func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private mutating func node(_ key: String) -> Yams.Node? {
        taken.insert(key)
        return values[key]
    }

    private mutating func needed(_ key: String) throws(GatewayFault) -> Yams.Node {
        guard let node = node(key) else { throw fault(key, "is missing; add it") }
        return node
    }

    private func scalar(_ node: Yams.Node, _ key: String) throws(GatewayFault) -> String {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else { throw fault(key, "must be a text") }
        return scalar.string
    }

    /// A text that must be there.
    mutating func text(_ key: String, charactersMax: Int = 100) throws(GatewayFault) -> String {
        let text = try scalar(needed(key), key)
        guard text.count <= charactersMax else {
            throw fault(key, "has \(text.count) characters; shorten it to \(charactersMax) or fewer")
        }
        return text
    }

    /// A text that must be there and be read; the rule says what it must be.
    mutating func value<Value>(
        _ key: String,
        _ rule: String,
        _ read: (String) -> Value?
    ) throws(GatewayFault) -> Value {
        let text = try text(key)
        guard let value = read(text) else { throw fault(key, "is \(text), but must be \(rule)") }
        return value
    }

    /// One of the words of an enumeration.
    mutating func word<Word: RawRepresentable<String> & CaseIterable>(_ key: String) throws(GatewayFault) -> Word {
        try value(key, "one of \(Self.words(Word.self))", Word.init(rawValue:))
    }

    /// A day, as the instant at which it begins in UTC; nil where the key is absent.
    mutating func day(_ key: String) throws(GatewayFault) -> Timestamp? {
        guard values[key] != nil else { return nil }
        return try value(key, Self.dayRule, Self.day)
    }

    /// A list of one item or more, none of them twice; nil where the key is absent.
    mutating func list<Item: Hashable>(
        _ key: String,
        _ rule: String,
        _ read: (String) -> Item?
    ) throws(GatewayFault) -> Set<Item>? {
        guard let node = node(key) else { return nil }
        guard case .sequence(let sequence) = node, !sequence.isEmpty else {
            throw fault(key, "must be a list of at least one item, such as [a, b]")
        }
        var items: Set<Item> = []
        for node in sequence {
            let text = try scalar(node, key)
            guard let item = read(text) else { throw fault(key, "has \(text), but an item must be \(rule)") }
            guard items.insert(item).inserted else { throw fault(key, "has \(text) twice; take one out") }
        }
        return items
    }

    /// A list of words of an enumeration that must be there.
    mutating func words<Word: RawRepresentable<String> & CaseIterable & Hashable>(
        _ key: String
    ) throws(GatewayFault) -> Set<Word> {
        _ = try needed(key)
        return try list(key, "one of \(Self.words(Word.self))", Word.init(rawValue:)) ?? []
    }

    /// What a party holds, each with the day on which it ends, or nil for `always`.
    mutating func holdings(_ key: String) throws(GatewayFault) -> [Precondition: Timestamp?] {
        guard let node = node(key) else { return [:] }
        var keys = try GatewayKeys(node, file: file, path: full(key))
        var holdings: [Precondition: Timestamp?] = [:]
        for name in keys.values.keys.sorted() {
            guard let precondition = Precondition(name) else { throw keys.fault(name, "must be \(Self.factRule)") }
            let end: Timestamp? = try keys.value(name, "always, or \(Self.dayRule)") { text -> Timestamp?? in
                text == "always" ? .some(nil) : Self.day(text).map { .some($0) }
            }
            holdings.updateValue(end, forKey: precondition)
        }
        return holdings
    }

    /// The keys of a mapping within this one.
    mutating func group(_ key: String) throws(GatewayFault) -> GatewayKeys {
        try GatewayKeys(needed(key), file: file, path: full(key))
    }

    /// The keys of each mapping in a list; the first is `key[1]`.
    mutating func groups(_ key: String) throws(GatewayFault) -> [GatewayKeys] {
        guard case .sequence(let sequence) = try needed(key), !sequence.isEmpty else {
            throw fault(key, "must be a list of at least one mapping")
        }
        var groups: [GatewayKeys] = []
        for (place, node) in sequence.enumerated() {
            groups.append(try GatewayKeys(node, file: file, path: "\(full(key))[\(place + 1)]"))
        }
        return groups
    }

    /// Refuses a key that nobody took.
    func finish() throws(GatewayFault) {
        guard let stray = values.keys.filter({ !taken.contains($0) }).min() else { return }
        throw fault(stray, "is no key of this version; the keys here are \(taken.sorted().joined(separator: ", "))")
    }

    static let factRule = "a fact such as notice-314b or mou:harbour-watch: of a to z, 0 to 9 and -"
    private static let dayRule = "a day such as 2026-11-24"

    private static func day(_ text: String) -> Timestamp? {
        // Why a text is no day is in the rule already.
        try? Timestamp(parsing: "\(text)T00:00:00Z")
    }

    private static func words<Word: RawRepresentable<String> & CaseIterable>(_: Word.Type) -> String {
        Word.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

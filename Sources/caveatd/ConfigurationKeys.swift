import Yams

/// The keys of a configuration file, taken one by one; what nobody takes is unknown.
struct ConfigurationKeys {
    private var values: [String: Node] = [:]
    private var taken: Set<String> = []

    init(_ text: String) throws(ConfigurationFault) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationFault(key: "file", rule: "is not YAML: \(error)")
        }
        guard let root else { return }
        // A file of comments alone is empty, and that is the default.
        if case .scalar(let scalar) = root, scalar.string.isEmpty || scalar.string == "null" { return }
        try take(root, under: "")
    }

    private mutating func take(_ node: Node, under path: String) throws(ConfigurationFault) {
        guard case .mapping(let mapping) = node else {
            throw ConfigurationFault(key: path.isEmpty ? "file" : path, rule: "must be a mapping of keys to values")
        }
        for (name, value) in mapping {
            let key = path.isEmpty ? name.string ?? "?" : "\(path).\(name.string ?? "?")"
            if Self.groups.contains(key) {
                // A group with nothing in it but comments.
                if case .scalar(let scalar) = value, scalar.string.isEmpty { continue }
                try take(value, under: key)
            } else {
                values[key] = value
            }
        }
    }

    private static let groups: Set<String> = [
        "exchange", "tls", "store", "admin", "access", "limits", "rate", "reciprocity", "push", "push.mail", "log",
    ]

    mutating func text(_ key: String) throws(ConfigurationFault) -> String? {
        taken.insert(key)
        guard let value = values[key] else { return nil }
        guard case .scalar(let scalar) = value, !scalar.string.isEmpty else {
            throw ConfigurationFault(key: key, rule: "must be a text")
        }
        return scalar.string
    }

    /// The texts of a list; none where there is no such key.
    mutating func list(_ key: String) throws(ConfigurationFault) -> [String] {
        taken.insert(key)
        guard let value = values[key] else { return [] }
        guard case .sequence(let sequence) = value else {
            throw ConfigurationFault(key: key, rule: "must be a list: [ONE, OTHER]")
        }
        return try sequence.map { item throws(ConfigurationFault) in
            guard case .scalar(let scalar) = item else { throw ConfigurationFault(key: key, rule: "must be texts") }
            return scalar.string
        }
    }

    mutating func number(_ key: String, _ range: ClosedRange<Int>) throws(ConfigurationFault) -> Int? {
        guard let text = try text(key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw ConfigurationFault(
                key: key,
                rule: "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    mutating func word<Word: RawRepresentable<String> & CaseIterable>(
        _ key: String
    ) throws(ConfigurationFault) -> Word? {
        guard let text = try text(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            throw ConfigurationFault(
                key: key,
                rule: "must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return word
    }

    /// Refuses a key that nobody took.
    func finish() throws(ConfigurationFault) {
        guard let stray = values.keys.filter({ !taken.contains($0) }).min() else { return }
        throw ConfigurationFault(key: stray, rule: "is no key of this version; config/caveatd.yaml lists them all")
    }
}

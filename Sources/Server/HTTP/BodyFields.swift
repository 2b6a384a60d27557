import Exchange
import Foundation
import Node

/// The fields of a request's body: each is taken by name and by rule, and one that nobody takes is refused.
struct BodyFields {
    /// The whole, in the form that is the same for all texts of the same value (RFC 8785).
    var canonical: [UInt8] { root.canonical() }

    /// The whole, where its fields have names of the caller's.
    let root: JSON.Value
    private var values: [String: JSON.Value] = [:]
    private var taken: Set<String> = []
    /// What stands before a field's name where the object is part of another.
    private var prefix = ""

    /// Titles, descriptions and the like, in Unicode's code points: a letter may have any number of them.
    static let textCharactersMax = 1_000

    init(_ bytes: [UInt8]) throws(AdministrationFault) {
        let document: JSON
        do {
            document = try JSON(parsing: bytes)
        } catch {
            throw .invalid(field: "body", rule: error.description)
        }
        root = document.root
        guard root.kind == .object else { throw .invalid(field: "body", rule: "must be a JSON object") }
        for (key, value) in root.members { values[key] = value }
    }

    /// The fields of an element of the list `list`.
    private init(_ element: JSON.Value, of list: String) throws(AdministrationFault) {
        guard element.kind == .object else { throw .invalid(field: list, rule: "must be a list of JSON objects") }
        root = element
        prefix = list + "."
        for (key, value) in element.members { values[key] = value }
    }

    /// Refuses what was not taken.
    func finish() throws(AdministrationFault) {
        if let stray = values.keys.filter({ !taken.contains($0) }).min() {
            throw fault(stray, "is no field of this resource")
        }
    }

    mutating func text(_ field: String) throws(AdministrationFault) -> String? {
        taken.insert(field)
        guard let value = values[field], value.kind != .null else { return nil }
        guard let text = value.string, text.unicodeScalars.count <= Self.textCharactersMax else {
            throw fault(field, "must be a text of at most \(Self.textCharactersMax) characters")
        }
        return text
    }

    /// A value as it is, for a reader of its own.
    mutating func nested(_ field: String) throws(AdministrationFault) -> JSON.Value {
        taken.insert(field)
        guard let value = values[field], value.kind != .null else { throw fault(field, "is needed") }
        return value
    }

    /// A value that is read strictly by its own rules.
    mutating func value<Value: Decodable>(_ field: String) throws -> Value? {
        taken.insert(field)
        guard let value = values[field], value.kind != .null else { return nil }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(value.compact()))
        } catch let found as ContentFault {
            let path = found.field.isEmpty ? field : "\(field).\(found.field)"
            throw fault(path, ContentFault("", found.rule).description)
        } catch {
            throw fault(field, "must have the form that docs/ADVISORIES-API.md gives")
        }
    }

    /// A whole number in a range.
    mutating func number(_ field: String, _ range: ClosedRange<Int64>) throws(AdministrationFault) -> Int64? {
        taken.insert(field)
        guard let value = values[field], value.kind != .null else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw fault(field, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A list of texts.
    mutating func texts(_ field: String) throws(AdministrationFault) -> [String]? {
        guard let elements = try elements(field) else { return nil }
        let texts = elements.compactMap(\.string)
        guard texts.count == elements.count else { throw fault(field, "must be a list of texts") }
        return texts
    }

    /// A value of any form.
    mutating func any(_ field: String) -> JSON.Value? {
        taken.insert(field)
        return values[field].flatMap { $0.kind == .null ? nil : $0 }
    }

    mutating func flag(_ field: String) throws(AdministrationFault) -> Bool? {
        taken.insert(field)
        guard let value = values[field], value.kind != .null else { return nil }
        guard let flag = value.boolean else { throw fault(field, "must be true or false") }
        return flag
    }

    mutating func code<Code: RawRepresentable<String> & CaseIterable>(
        _ field: String,
        _: Code.Type = Code.self
    ) throws(AdministrationFault) -> Code? {
        guard let text = try text(field) else { return nil }
        guard let code = Code(rawValue: text) else {
            throw fault(field, "must be one of \(Code.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return code
    }

    mutating func marking(_ field: String) throws(AdministrationFault) -> TLP? {
        guard let text = try text(field) else { return nil }
        guard let marking = TLP(code: text) else {
            throw fault(field, "must be one of \(TLP.allCases.map(\.code).joined(separator: ", "))")
        }
        return marking
    }

    mutating func name(_ field: String) throws(AdministrationFault) -> Name? {
        guard let text = try text(field) else { return nil }
        return try key(text, field)
    }

    /// A text as a name or a fact.
    private func key<Key: AdminKey>(_ text: String, _ field: String) throws(AdministrationFault) -> Key {
        guard let key = Key(text) else { throw fault(field, Key.rule) }
        return key
    }

    /// Things with their ends: a list of objects, each with one under `key` and its end, if it has one, under `until`.
    mutating func ends<Key: AdminKey>(
        _ field: String,
        _ key: String
    ) throws(AdministrationFault) -> [Key: Timestamp?] {
        var ends: [Key: Timestamp?] = [:]
        for element in try elements(field) ?? [] {
            var fields = try BodyFields(element, of: field)
            guard let text = try fields.text(key) else { throw fields.fault(key, "is needed") }
            let thing: Key = try fields.key(text, key)
            let until = try fields.time("until")
            try fields.finish()
            guard ends.updateValue(until, forKey: thing) == nil else {
                throw fault(field, "must name \(thing) once")
            }
        }
        return ends
    }

    /// What is to be added to things with their ends, and what is to be taken away.
    mutating func endsChange<Key: AdminKey>(
        adding addField: String,
        removing removeField: String,
        _ key: String
    ) throws(AdministrationFault) -> EndsChange<Key> {
        let added: [Key: Timestamp?] = try ends(addField, key)
        var removed: Set<Key> = []
        for element in try elements(removeField) ?? [] {
            guard let text = element.string else { throw fault(removeField, "must be a list of texts") }
            removed.insert(try self.key(text, removeField))
        }
        if let both = removed.intersection(added.keys).min() {
            throw fault(removeField, "must not name \(both), which \(addField) names; decide for one")
        }
        return EndsChange(added: added, removed: removed)
    }

    private mutating func elements(_ field: String) throws(AdministrationFault) -> [JSON.Value]? {
        taken.insert(field)
        guard let value = values[field], value.kind != .null else { return nil }
        guard value.kind == .array else { throw fault(field, "must be a list") }
        return value.elements
    }

    /// Whether a field is there and null: what need not be there is then taken away.
    func isNull(_ field: String) -> Bool { values[field]?.kind == .null }

    /// What a credential is for, in the order given.
    mutating func purposes(_ field: String) throws(AdministrationFault) -> [Purpose]? {
        guard let elements = try elements(field) else { return nil }
        var purposes: [Purpose] = []
        for element in elements {
            guard let purpose = element.string.flatMap(Purpose.init) else {
                let codes = Purpose.allCases.map(\.rawValue).joined(separator: ", ")
                throw fault(field, "must list only \(codes), the default first")
            }
            purposes.append(purpose)
        }
        return purposes
    }

    mutating func roles(_ field: String) throws(AdministrationFault) -> Set<Role>? {
        taken.insert(field)
        guard let value = values[field], value.kind != .null else { return nil }
        let roles = value.kind == .array ? value.elements.map { $0.string.flatMap(Role.init) } : [nil]
        guard !roles.isEmpty, roles.allSatisfy({ $0 != nil }) else {
            throw fault(field, "must list at least one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return Set(roles.compactMap { $0 })
    }

    mutating func time(_ field: String) throws(AdministrationFault) -> Timestamp? {
        guard let text = try text(field) else { return nil }
        do {
            return try Timestamp(parsing: text)
        } catch {
            throw fault(field, "\(error)")
        }
    }

    private func fault(_ field: String, _ rule: String) -> AdministrationFault {
        .invalid(field: prefix + field, rule: rule)
    }

    /// A value that must be there.
    static func needed<Value>(_ field: String, _ value: Value?) throws(AdministrationFault) -> Value {
        guard let value else { throw .invalid(field: field, rule: "is needed") }
        return value
    }
}

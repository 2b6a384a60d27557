import Exchange
import Foundation
import Node

/// The fields of an administrative request: each is taken by name and by rule, and one that nobody takes is refused.
struct AdminFields {
    private var values: [String: JSON.Value] = [:]
    private var taken: Set<String> = []

    /// Titles, descriptions and the like.
    static let textCharactersMax = 1_000

    init(_ bytes: [UInt8]) throws(AdministrationFault) {
        let document: JSON
        do {
            document = try JSON(parsing: bytes)
        } catch {
            throw .invalid(field: "body", rule: error.description)
        }
        guard document.root.kind == .object else { throw .invalid(field: "body", rule: "must be a JSON object") }
        for (key, value) in document.root.members { values[key] = value }
    }

    /// Refuses what was not taken.
    func finish() throws(AdministrationFault) {
        if let stray = values.keys.filter({ !taken.contains($0) }).min() {
            throw .invalid(field: stray, rule: "is no field of this resource")
        }
    }

    mutating func text(_ field: String) throws(AdministrationFault) -> String? {
        taken.insert(field)
        guard let value = values[field], value.kind != .null else { return nil }
        guard let text = value.string, text.count <= Self.textCharactersMax else {
            throw .invalid(field: field, rule: "must be a text of at most \(Self.textCharactersMax) characters")
        }
        return text
    }

    mutating func flag(_ field: String) throws(AdministrationFault) -> Bool? {
        taken.insert(field)
        guard let value = values[field], value.kind != .null else { return nil }
        guard let flag = value.boolean else { throw .invalid(field: field, rule: "must be true or false") }
        return flag
    }

    mutating func code<Code: RawRepresentable<String> & CaseIterable>(
        _ field: String,
        _: Code.Type = Code.self
    ) throws(AdministrationFault) -> Code? {
        guard let text = try text(field) else { return nil }
        guard let code = Code(rawValue: text) else {
            throw .invalid(
                field: field,
                rule: "must be one of \(Code.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return code
    }

    mutating func marking(_ field: String) throws(AdministrationFault) -> TLP? {
        guard let text = try text(field) else { return nil }
        guard let marking = TLP(code: text) else {
            throw .invalid(field: field, rule: "must be one of \(TLP.allCases.map(\.code).joined(separator: ", "))")
        }
        return marking
    }

    mutating func name(_ field: String) throws(AdministrationFault) -> Name? {
        guard let text = try text(field) else { return nil }
        guard let name = Name(text) else {
            throw .invalid(field: field, rule: "must be 1 to \(Name.charactersMax) of a-z, 0-9 and - (not at an end)")
        }
        return name
    }

    mutating func roles(_ field: String) throws(AdministrationFault) -> Set<Role>? {
        taken.insert(field)
        guard let value = values[field], value.kind != .null else { return nil }
        let roles = value.kind == .array ? value.elements.map { $0.string.flatMap(Role.init) } : [nil]
        guard !roles.isEmpty, roles.allSatisfy({ $0 != nil }) else {
            throw .invalid(
                field: field,
                rule: "must list at least one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return Set(roles.compactMap { $0 })
    }

    mutating func time(_ field: String) throws(AdministrationFault) -> Timestamp? {
        guard let text = try text(field) else { return nil }
        do {
            return try Timestamp(parsing: text)
        } catch {
            throw .invalid(field: field, rule: "\(error)")
        }
    }

    /// A value that must be there.
    static func needed<Value>(_ field: String, _ value: Value?) throws(AdministrationFault) -> Value {
        guard let value else { throw .invalid(field: field, rule: "is needed") }
        return value
    }
}

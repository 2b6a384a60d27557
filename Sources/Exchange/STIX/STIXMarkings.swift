import Foundation

/// Markings of objects and of their parts, extensions, and the marking-definitions of TLP (STIX 2.1 §7.2).
struct STIXMarkings {
    /// The extension that carries TLP 2.0 in a marking-definition (OASIS common objects).
    private static let tlp = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

    private let value: JSON.Value
    private let id: STIXID

    init(_ value: JSON.Value, _ id: STIXID) {
        self.value = value
        self.id = id
    }

    /// What the standard's own marking-definitions have, and nothing else.
    private static let properties: Set<String> = [
        "type", "spec_version", "id", "created", "name", "definition_type", "definition", "extensions",
    ]

    /// Refuses a marking-definition that passes itself off as one of TLP: a known id with other content, or TLP content
    /// under another id.
    func check() throws(STIXFault) {
        let source = "STIX 2.1 §7.2.1.4"
        let first = value["definition_type"]?.string == "tlp" ? value["definition"]?["tlp"]?.string : nil
        let second = value["extensions"]?[Self.tlp]?["tlp_2_0"]?.string
        let name = value["name"]?.string
        if TLP.marking(id) != nil, let other = value.members.first(where: { !Self.properties.contains($0.key) }) {
            throw STIXFault(String(other.key.prefix(80)), "is no property of the TLP marking that has this id", source)
        }
        if let known = TLP.first[id] {
            let label = "TLP:\(known.word.uppercased())"
            guard first == known.word, value["extensions"] == nil, name == nil || name == label, isMade("2017-01-20")
            else { throw STIXFault("definition", "is not the \(label) that has this id", source) }
        } else if let level = TLP.marking(id) {
            guard second == level.code, value["definition_type"] == nil, value["extensions"]?.count == 1,
                name == nil || name == level.label, isMade("2022-10-01")
            else {
                throw STIXFault(
                    "extensions",
                    "is not the \(level.label) that has this id",
                    "OASIS common objects, TLP 2.0"
                )
            }
        } else if value["definition_type"]?.string == "tlp" || value["extensions"]?[Self.tlp] != nil {
            throw STIXFault("id", "TLP has marking-definitions of its own and no others; refer to those", source)
        }
        if value["definition_type"]?.string == "statement", value["definition"]?["statement"]?.string == nil {
            throw STIXFault("definition.statement", "must be there, a text", "STIX 2.1 §7.2.1.3")
        }
    }

    /// Whether `created` is midnight of the day on which the levels were made.
    private func isMade(_ day: String) -> Bool {
        // `created` was read before.
        (try? Timestamp(parsing: value["created"]?.string ?? "")) == (try? Timestamp(parsing: "\(day)T00:00:00Z"))
    }
}

extension STIXCheck {
    /// Every marking that the object or a part of it has.
    func markings() throws(STIXFault) -> [STIXID] {
        try checkExtensions()
        var ids = value["object_marking_refs"]?.elements.compactMap { $0.string.flatMap(STIXID.parsed) } ?? []
        if let granular = value["granular_markings"] {
            var selectors = STIXSelectors(value)
            for (place, marking) in granular.elements.enumerated() {
                let path = "granular_markings[\(place)]"
                if let id = try granularMarking(marking, path, &selectors) { ids.append(id) }
            }
        }
        guard !ids.contains(id) else {
            throw STIXFault("object_marking_refs", "a marking must not mark itself", "STIX 2.1 §7.2.2")
        }
        return ids
    }

    /// The marking that one granular marking puts on a part of the object; nil when it tells its language.
    private func granularMarking(
        _ marking: JSON.Value,
        _ path: String,
        _ selectors: inout STIXSelectors
    ) throws(STIXFault) -> STIXID? {
        let source = "STIX 2.1 §7.2.3.1"
        guard (marking["marking_ref"] == nil) != (marking["lang"] == nil) else {
            throw STIXFault(path, "must have either marking_ref or lang", source)
        }
        guard let list = marking["selectors"], list.kind == .array else {
            throw STIXFault("\(path).selectors", "must be there, a list of paths", source)
        }
        for selector in list.elements {
            guard let text = selector.string, selectors.isPresent(text) else {
                throw STIXFault("\(path).selectors", "must be paths of properties that the object has", source)
            }
        }
        guard let reference = marking["marking_ref"] else {
            guard marking["lang"]?.string != nil else { throw STIXFault("\(path).lang", "must be a text", source) }
            return nil
        }
        guard let id = reference.string.flatMap(STIXID.parsed), id.type == "marking-definition" else {
            throw STIXFault("\(path).marking_ref", "must be the id of a marking-definition", source)
        }
        return id
    }

    private func checkExtensions() throws(STIXFault) {
        guard let extensions = value["extensions"] else { return }
        for (name, body) in extensions.members {
            let path = "extensions.\(name.prefix(80))"
            guard body.kind == .object, body.count > 0 else {
                throw STIXFault(path, "must be an object with at least one member", "STIX 2.1 §3.2")
            }
            if STIXID.parsed(name)?.type == "extension-definition" {
                guard let type = body["extension_type"]?.string, STIXKind.extensionTypes.contains(type) else {
                    throw STIXFault(
                        "\(path).extension_type",
                        "must be there, one of \(STIXKind.extensionTypes.joined(separator: ", "))",
                        "STIX 2.1 §3.2"
                    )
                }
            } else {
                guard schema?.kind == .observable, name.hasSuffix("-ext"), name.utf8.count <= 250,
                    name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 })
                else {
                    throw STIXFault(path, "must be named by the id of an extension-definition", "STIX 2.1 §7.3")
                }
            }
        }
    }

    /// What is wrong with the properties of a subject, each as property, rule and source.
    ///
    /// At most as many as a subject may have properties.
    func subjectFaults() -> [String] {
        guard let subject = value["extensions"]?[ListExtension.subject], let schema = subject["schema"]?.string,
            let properties = subject["properties"]
        else { return [] }
        var faults: [String] = []
        for (name, values) in properties.members {
            guard faults.count < Subject.propertiesMax else { break }
            if let rule = FollowTheMoney.refusal(of: name, in: schema) {
                faults.append("\(name.prefix(Subject.propertyNameBytesMax)): \(rule)")
                continue
            }
            guard let scheme = IdentifierScheme.scheme(ofProperty: name, of: schema) else { continue }
            for text in values.elements.compactMap(\.string) {
                do throws(IdentifierFault) {
                    _ = try Identifier(text, as: scheme)
                } catch {
                    faults.append("\(name): \(error.words)")
                }
            }
        }
        return faults
    }

    /// Whom our own extension addresses the object to.
    func addressees() throws(STIXFault) -> [STIXID] {
        guard let addressing = value["extensions"]?[STIXObject.addressing] else { return [] }
        let path = "extensions.\(STIXObject.addressing).addressees"
        let elements = addressing["addressees"]?.elements ?? []
        guard (1...STIXObject.addresseesMax).contains(elements.count) else {
            throw STIXFault(path, "must list 1 to \(STIXObject.addresseesMax) identity ids", "docs/EXTENSIONS.md")
        }
        var addressees: Set<STIXID> = []
        for element in elements {
            guard let id = element.string.flatMap(STIXID.parsed), id.type == "identity" else {
                throw STIXFault(path, "must be identity ids of members or principals", "docs/EXTENSIONS.md")
            }
            addressees.insert(id)
        }
        return addressees.sorted()
    }
}

/// Tells whether selectors such as `external_references.[0].url` point at something.
///
/// Keeps what it has looked into: many selectors into one long list must not cost their product.
private struct STIXSelectors {
    private let value: JSON.Value
    private var lists: [Int: [JSON.Value]] = [:]
    private var objects: [Int: [String: JSON.Value]] = [:]

    init(_ value: JSON.Value) {
        self.value = value
    }

    mutating func isPresent(_ selector: String) -> Bool {
        var found = value
        for part in selector.split(separator: ".", omittingEmptySubsequences: false) {
            guard let next = part.hasPrefix("[") ? element(part, of: found) : member(part, of: found) else {
                return false
            }
            found = next
        }
        return true
    }

    private mutating func element(_ part: Substring, of list: JSON.Value) -> JSON.Value? {
        let digits = part.dropFirst().dropLast()
        guard part.hasSuffix("]"), digits.utf8.allSatisfy({ (48...57).contains($0) }), let index = Int(digits) else {
            return nil
        }
        let elements = lists[list.place] ?? list.elements
        lists[list.place] = elements
        return index < elements.count ? elements[index] : nil
    }

    private mutating func member(_ part: Substring, of object: JSON.Value) -> JSON.Value? {
        if objects[object.place] == nil {
            objects[object.place] = Dictionary(object.members.map { ($0.key, $0.value) }) { first, _ in first }
        }
        return objects[object.place]?[String(part)]
    }
}

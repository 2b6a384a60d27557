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

    /// Refuses a marking-definition that passes itself off as one of TLP: a known id with other content, or TLP content
    /// under another id.
    func check() throws(STIXFault) {
        let source = "STIX 2.1 §7.2.1.4"
        guard value["definition_type"] != nil || value["extensions"] != nil else {
            throw STIXFault(
                "definition_type",
                "must be there with definition, unless extensions are",
                "STIX 2.1 §7.2.1"
            )
        }
        let first = value["definition_type"]?.string == "tlp" ? value["definition"]?["tlp"]?.string : nil
        let second = value["extensions"]?[Self.tlp]?["tlp_2_0"]?.string
        let isKnown = TLP.marking(id) != nil
        if let known = TLP.first[id] {
            guard first == known.word, value["extensions"] == nil else {
                throw STIXFault("definition", "is not the TLP:\(known.word.uppercased()) that has this id", source)
            }
        } else if let level = TLP.marking(id) {
            guard second == level.code, first == nil, value["extensions"]?.count == 1 else {
                throw STIXFault(
                    "extensions",
                    "is not the \(level.label) that has this id",
                    "OASIS common objects, TLP 2.0"
                )
            }
        }
        guard isKnown || (first == nil && second == nil && value["definition_type"]?.string != "tlp") else {
            throw STIXFault("id", "TLP has marking-definitions of its own and no others; refer to those", source)
        }
    }
}

extension STIXCheck {
    /// Every marking that the object or a part of it has.
    func markings() throws(STIXFault) -> [STIXID] {
        var ids = value["object_marking_refs"]?.elements.compactMap { $0.string.flatMap(STIXID.parsed) } ?? []
        try checkExtensions()
        if ids.contains(where: { $0.type != "marking-definition" }) {
            throw STIXFault("object_marking_refs", "must be ids of marking-definitions", "STIX 2.1 §7.2")
        }
        guard let granular = value["granular_markings"] else { return ids }
        guard granular.kind == .array else {
            throw STIXFault("granular_markings", "must be a list", "STIX 2.1 §7.2.3")
        }
        for (place, marking) in granular.elements.enumerated() {
            let path = "granular_markings[\(place)]"
            guard (marking["marking_ref"] == nil) != (marking["lang"] == nil) else {
                throw STIXFault(path, "must have either marking_ref or lang", "STIX 2.1 §7.2.3.1")
            }
            let selectors = marking["selectors"]?.elements ?? []
            guard !selectors.isEmpty, selectors.allSatisfy({ $0.string.map(isPresent) ?? false }) else {
                throw STIXFault(
                    "\(path).selectors",
                    "must be paths of properties that the object has",
                    "STIX 2.1 §7.2.3.1"
                )
            }
            guard let reference = marking["marking_ref"] else { continue }
            guard let id = reference.string.flatMap(STIXID.parsed), id.type == "marking-definition" else {
                throw STIXFault("\(path).marking_ref", "must be the id of a marking-definition", "STIX 2.1 §7.2.3.1")
            }
            ids.append(id)
        }
        return ids
    }

    /// Whether a selector such as `external_references.[0].url` points at something.
    private func isPresent(_ selector: String) -> Bool {
        var place: JSON.Value? = value
        for part in selector.split(separator: ".", omittingEmptySubsequences: false) {
            if part.hasPrefix("["), part.hasSuffix("]"), let index = Int(part.dropFirst().dropLast()), index >= 0 {
                guard let elements = place?.elements, index < elements.count else { return false }
                place = elements[index]
            } else {
                place = place?[String(part)]
            }
        }
        return place != nil
    }

    private func checkExtensions() throws(STIXFault) {
        guard let extensions = value["extensions"] else { return }
        guard extensions.kind == .object, extensions.count > 0 else {
            throw STIXFault("extensions", "must be an object with at least one extension", "STIX 2.1 §3.2")
        }
        for (name, body) in extensions.members {
            guard body.kind == .object else {
                throw STIXFault("extensions.\(name)", "must be an object", "STIX 2.1 §7.3")
            }
            let isDefined = STIXID.parsed(name)?.type == "extension-definition"
            guard isDefined || schema?.kind == .observable else {
                throw STIXFault(
                    "extensions.\(name)",
                    "must be named by the id of an extension-definition",
                    "STIX 2.1 §7.3"
                )
            }
        }
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

import Foundation

/// The rules of STIX 2.1 on one object by itself.
struct STIXCheck {
    let value: JSON.Value
    let id: STIXID
    let schema: STIXSchema?

    init(_ value: JSON.Value) throws(STIXFault) {
        guard value.kind == .object else {
            throw STIXFault("objects", "each must be a JSON object", "TAXII 2.1 §3.7")
        }
        guard let type = value["type"]?.string else {
            throw STIXFault("type", "must be there, a text", "STIX 2.1 §3.2")
        }
        guard type != "bundle" else {
            throw STIXFault("type", "a bundle is no object; send what is in it", "TAXII 2.1 §3.7")
        }
        guard let text = value["id"]?.string, let id = STIXID.parsed(text) else {
            throw STIXFault("id", "must be a type, two hyphens and a UUID in lower case", "STIX 2.1 §2.9")
        }
        guard id.type == type else {
            throw STIXFault("id", "must begin with the object's type, \(type)", "STIX 2.1 §2.9")
        }
        self.value = value
        self.id = id
        schema = STIXSchema.of(type)
    }

    // MARK: Common properties

    /// STIX 2.1 §3.2.
    func common() throws(STIXFault) {
        let kind = schema?.kind
        if let specification = value["spec_version"] {
            guard specification.string == "2.1" else {
                throw STIXFault("spec_version", "must be 2.1, the version that this exchange keeps", "STIX 2.1 §3.2")
            }
        } else if kind != .observable {
            throw STIXFault("spec_version", "must be there, and 2.1", "STIX 2.1 §3.2")
        }
        switch kind {
        case .observable:
            for property in ["created", "modified", "revoked", "created_by_ref", "confidence", "labels", "lang"]
            where value[property] != nil {
                throw STIXFault(property, "a cyber-observable has none; leave it out", "STIX 2.1 §3.2")
            }
        case .meta where id.type == "marking-definition":
            for property in ["modified", "revoked"] where value[property] != nil {
                throw STIXFault(property, "a marking-definition has none: it is never versioned", "STIX 2.1 §7.2.1")
            }
        case .domain, .meta, nil: try versions()
        }
    }

    private func versions() throws(STIXFault) {
        guard let created = try time("created") else {
            throw STIXFault("created", "must be there", "STIX 2.1 §3.2")
        }
        guard let modified = try time("modified") else {
            throw STIXFault("modified", "must be there; equal to created in the first version", "STIX 2.1 §3.2")
        }
        guard modified.instant >= created.instant else {
            throw STIXFault("modified", "must not come before created", "STIX 2.1 §3.6")
        }
    }

    /// A time of the object itself; nil when it is absent.
    func time(_ property: String) throws(STIXFault) -> STIXObject.Version? {
        guard let found = value[property] else { return nil }
        guard let text = found.string, text.hasSuffix("Z"), text.contains("T") else {
            throw STIXFault(property, "must be a time of RFC 3339 in UTC, with T and Z", "STIX 2.1 §2.16")
        }
        do throws(TimestampFault) {
            return STIXObject.Version(text: text, instant: try Timestamp(parsing: text))
        } catch {
            throw STIXFault(property, error.rule, "STIX 2.1 §2.16")
        }
    }

    // MARK: The type's own

    func ofItsType() throws(STIXFault) {
        guard let schema else { return try checkForeignID() }
        let source = "STIX 2.1 §\(schema.section)"
        for property in schema.required where value[property] == nil {
            throw STIXFault(property, "must be there in a \(id.type)", source)
        }
        if !schema.oneOf.isEmpty, !schema.oneOf.contains(where: { value[$0] != nil }) {
            throw STIXFault(schema.oneOf[0], "one of \(schema.oneOf.joined(separator: ", ")) must be there", source)
        }
        for (from, to) in schema.intervals {
            guard let start = value[from]?.string.flatMap({ try? Timestamp(clamping: $0) }),
                let end = value[to]?.string.flatMap({ try? Timestamp(clamping: $0) })
            else { continue }
            guard start <= end else { throw STIXFault(to, "must not come before \(from)", source) }
        }
        switch id.type {
        case "marking-definition": try STIXMarkings(value, id).check()
        case "extension-definition": try extensionDefinition(source)
        case "location": try location(source)
        case "opinion":
            try oneOf("opinion", ["strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"], source)
        default: break
        }
        schema.kind == .observable ? try checkObservableID(schema) : try checkForeignID()
    }

    private func extensionDefinition(_ source: String) throws(STIXFault) {
        let kinds = ["new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension"]
        let types = value["extension_types"]?.elements.map { $0.string ?? "" } ?? []
        guard !types.isEmpty, types.allSatisfy(kinds.contains) else {
            throw STIXFault("extension_types", "must list one or more of \(kinds.joined(separator: ", "))", source)
        }
    }

    private func location(_ source: String) throws(STIXFault) {
        guard (value["latitude"] == nil) == (value["longitude"] == nil) else {
            throw STIXFault("longitude", "latitude and longitude come together", source)
        }
    }

    private func oneOf(_ property: String, _ words: [String], _ source: String) throws(STIXFault) {
        guard let word = value[property]?.string, words.contains(word) else {
            throw STIXFault(property, "must be one of \(words.joined(separator: ", "))", source)
        }
    }

    /// The namespace of deterministic observables belongs to them alone; of others a UUIDv5 cannot be told from one of
    /// another namespace, so only the form is checked.
    private func checkForeignID() throws(STIXFault) {
        guard (1...8).contains(id.version) else {
            throw STIXFault(
                "id",
                "must hold a UUID of RFC 9562, version 4 where nothing else is meant",
                "STIX 2.1 §2.9"
            )
        }
    }

    /// A deterministic id must be the one that its contributing properties give.
    private func checkObservableID(_ schema: STIXSchema) throws(STIXFault) {
        try checkForeignID()
        guard id.version == 5, let expected = STIXCheck.deterministicID(of: value, type: id.type, schema) else {
            return
        }
        guard expected == id.uuid else {
            throw STIXFault(
                "id",
                "is a UUIDv5 that its properties do not give; expected \(id.type)--\(expected.uuidString.lowercased()), "
                    + "or use a UUIDv4",
                "STIX 2.1 §2.9"
            )
        }
    }

    /// Nil when none of the contributing properties is there, and for what has hashes under names of its own choice.
    static func deterministicID(of value: JSON.Value, type: String, _ schema: STIXSchema) -> UUID? {
        let parts = schema.contributing.sorted().compactMap { name -> String? in
            guard let part = value[name] else { return nil }
            if name == "hashes" {
                let preferred = ["MD5", "SHA-1", "SHA-256", "SHA-512"].first { part[$0] != nil }
                guard let preferred, let hash = part[preferred] else { return nil }
                return "\"hashes\":{\"\(preferred)\":\(String(decoding: hash.canonical(), as: UTF8.self))}"
            }
            return "\"\(name)\":\(String(decoding: part.canonical(), as: UTF8.self))"
        }
        guard !parts.isEmpty, value["hashes"] == nil || parts.contains(where: { $0.hasPrefix("\"hashes\"") }) else {
            return nil
        }
        return STIXID.version5(namespace: STIXID.observables, name: Array("{\(parts.joined(separator: ","))}".utf8))
    }
}

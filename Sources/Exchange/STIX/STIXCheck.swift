import Foundation

/// The rules of STIX 2.1 on one object by itself.
struct STIXCheck {
    let value: JSON.Value
    let members: [(key: String, value: JSON.Value)]
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
        guard type != "action" else {
            throw STIXFault("type", "action is reserved; give it a name of your own", "STIX 2.1 §3.8")
        }
        self.value = value
        self.id = id
        members = value.members
        schema = STIXSchema.of(type)
    }

    // MARK: Common properties

    /// The object's version, checked with the other common properties of STIX 2.1 §3.2.
    func common() throws(STIXFault) -> (created: STIXObject.Version?, modified: STIXObject.Version?) {
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
            return (nil, nil)
        case .meta where id.type == "marking-definition":
            for property in ["modified", "revoked"] where value[property] != nil {
                throw STIXFault(property, "a marking-definition has none: it is never versioned", "STIX 2.1 §7.2.1")
            }
            return (try version("created", "must be there"), nil)
        case .domain, .relationship, .meta, nil:
            let created = try version("created", "must be there")
            let modified = try version("modified", "must be there; equal to created in the first version")
            guard modified.instant >= created.instant else {
                throw STIXFault("modified", "must not come before created", "STIX 2.1 §3.6")
            }
            return (created, modified)
        }
    }

    private func version(_ property: String, _ absent: String) throws(STIXFault) -> STIXObject.Version {
        guard let found = value[property] else { throw STIXFault(property, absent, "STIX 2.1 §3.2") }
        let text = try Self.time(found, property)
        // `…:56.123Z` is the shortest that is left; the precision of marking-definitions is told nowhere.
        guard text.utf8.count >= 24 || id.type == "marking-definition" else {
            throw STIXFault(property, "must have at least three digits of fraction", "STIX 2.1 §3.2")
        }
        do throws(TimestampFault) {
            return STIXObject.Version(text: text, instant: try Timestamp(parsing: text))
        } catch {
            throw STIXFault(property, error.rule, "STIX 2.1 §2.16")
        }
    }

    // MARK: The type's own

    func ofItsType() throws(STIXFault) {
        try checkForm()
        guard let schema else { return }
        let source = "STIX 2.1 §\(schema.section)"
        for property in schema.required where value[property] == nil {
            throw STIXFault(property, "must be there in a \(id.type)", source)
        }
        for rule in schema.rules { try check(rule, source) }
        switch id.type {
        case "marking-definition": try STIXMarkings(value, id).check()
        case "extension-definition": try extensionDefinition(source)
        default: break
        }
        if schema.kind == .observable { try checkObservableID(schema) }
    }

    private func check(_ rule: STIXSchema.Rule, _ source: String) throws(STIXFault) {
        switch rule {
        case .oneOf(let names):
            guard !names.contains(where: { value[$0] != nil }) else { return }
            throw STIXFault(names[0], "one of \(names.joined(separator: ", ")) must be there", source)
        case .some:
            let own = schema?.own ?? []
            guard !members.contains(where: { own.contains($0.key) || $0.key == "extensions" }) else { return }
            throw STIXFault(own[0], "a \(id.type) must have at least one property of its own", source)
        case .not(let one, let other):
            guard value[one] != nil, value[other] != nil else { return }
            throw STIXFault(one, "must not be there together with \(other); leave one out", source)
        case .needs(let one, let other):
            guard value[one] != nil, value[other] == nil else { return }
            throw STIXFault(other, "must be there too where \(one) is", source)
        case .order(let from, let to):
            guard let (start, end) = comparable(from, to), start > end else { return }
            throw STIXFault(to, "must not come before \(from)", source)
        case .after(let from, let to):
            guard let (start, end) = comparable(from, to), start >= end else { return }
            throw STIXFault(to, "must come after \(from)", source)
        case .when(let flag, let state, let needed):
            guard value[flag]?.boolean == state, value[needed] == nil else { return }
            throw STIXFault(needed, "must be there where \(flag) is \(state)", source)
        case .unless(let flag, let state, let excluded):
            guard value[flag]?.boolean == state, value[excluded] != nil else { return }
            throw STIXFault(excluded, "must not be there where \(flag) is \(state)", source)
        }
    }

    /// Two times as texts of which the lesser is the earlier: exact, whatever the year and the digits.
    private func comparable(_ from: String, _ to: String) -> (Substring, Substring)? {
        guard let start = value[from]?.string, let end = value[to]?.string else { return nil }
        func trimmed(_ text: String) -> Substring {
            var text = text.dropLast()  // The `Z`.
            guard text.utf8.contains(UInt8(ascii: ".")) else { return text }
            while text.hasSuffix("0") { text = text.dropLast() }
            return text.hasSuffix(".") ? text.dropLast() : text
        }
        return (trimmed(start), trimmed(end))
    }

    private func extensionDefinition(_ source: String) throws(STIXFault) {
        let isTopLevel = value["extension_types"]?.elements.contains { $0.string == "toplevel-property-extension" }
        guard value["extension_types"]?.kind == .array else {
            throw STIXFault("extension_types", "must be a list", source)
        }
        guard value["extension_properties"] == nil || isTopLevel == true else {
            throw STIXFault(
                "extension_properties",
                "is only for the extension type toplevel-property-extension; leave it out",
                source
            )
        }
    }

    // MARK: Ids

    /// Checks the form only.
    ///
    /// A UUIDv5 of a domain object cannot be told from one of another namespace, and OpenCTI makes all of its ids in
    /// the namespace of observables.
    private func checkForm() throws(STIXFault) {
        guard id.isRFC9562 else {
            throw STIXFault(
                "id",
                "must hold a UUID of RFC 9562, version 4 where nothing else is meant",
                "STIX 2.1 §2.9"
            )
        }
    }

    /// A deterministic id must be the one that its contributing properties give.
    private func checkObservableID(_ schema: STIXSchema) throws(STIXFault) {
        guard schema.contributing.contains(where: { value[$0] != nil }) else {
            guard id.version == 4 else {
                throw STIXFault("id", "must be a UUIDv4: nothing here gives a deterministic one", "STIX 2.1 §2.9")
            }
            return
        }
        guard id.isDeterministic, let expected = Self.deterministicID(of: value, schema), expected != id.uuid else {
            return
        }
        throw STIXFault(
            "id",
            "is a UUIDv5 that its properties do not give; expected \(id.type)--\(expected.text), "
                + "or use a UUIDv4",
            "STIX 2.1 §2.9"
        )
    }

    /// Nil where the only hashes are of algorithms that the standard does not rank.
    static func deterministicID(of value: JSON.Value, _ schema: STIXSchema) -> UUID? {
        var parts: [String] = []
        for name in schema.contributing {
            guard let part = value[name] else { continue }
            guard name == "hashes" else {
                parts.append("\"\(name)\":\(String(decoding: part.canonical(), as: UTF8.self))")
                continue
            }
            let preferred = ["MD5", "SHA-1", "SHA-256", "SHA-512"].first { part[$0] != nil }
            guard let preferred, let hash = part[preferred] else { return nil }
            parts.append("\"hashes\":{\"\(preferred)\":\(String(decoding: hash.canonical(), as: UTF8.self))}")
        }
        return STIXID.version5(namespace: STIXID.observables, name: Array("{\(parts.joined(separator: ","))}".utf8))
    }
}

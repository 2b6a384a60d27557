/// The kinds of the values in an object.
extension STIXCheck {
    /// Checks each property by its kind, and that there is neither null nor empty list anywhere.
    func values() throws(STIXFault) {
        if let (path, isNull) = value.firstEmpty() {
            throw isNull
                ? STIXFault(path, "must not be null; leave the property out", "STIX 2.1 §3.1")
                : STIXFault(path, "must not be an empty list; leave the property out", "STIX 2.1 §2.12")
        }
        let kinds = schema?.properties ?? STIXSchema.common
        for (name, value) in members {
            if let kind = kinds[name] {
                try Self.check(value, name, kind)
            } else {
                try checkCustom(value, name)
            }
        }
        if let type = value["relationship_type"]?.string, id.type == "relationship" {
            guard !type.isEmpty, type.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 })
            else { throw STIXFault("relationship_type", "must be of a-z, 0-9 and hyphens", "STIX 2.1 §5.1") }
        }
        if let address = value["value"]?.string { try checkAddress(address) }
    }

    /// A property that STIX 2.1 does not know is kept; only its name is bound, and what ends in `_ref` is an id.
    private func checkCustom(_ value: JSON.Value, _ name: String) throws(STIXFault) {
        guard (3...250).contains(name.utf8.count),
            name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
        else {
            throw STIXFault(
                String(name.prefix(80)),
                "a property's name must be 3 to 250 of a-z, 0-9 and underscores",
                "STIX 2.1 §3.1"
            )
        }
        guard !["severity", "username", "phone_numbers", "action"].contains(name) else {
            throw STIXFault(name, "is reserved; give the property a name of your own", "STIX 2.1 §3.8")
        }
        if name.hasSuffix("_ref") { try Self.check(value, name, .identifier) }
        if name.hasSuffix("_refs") { try Self.check(value, name, .identifiers) }
    }

    private static func check(_ value: JSON.Value, _ name: String, _ kind: STIXKind) throws(STIXFault) {
        switch kind {
        case .text:
            guard value.kind == .string else { throw STIXFault(name, "must be a text", "STIX 2.1 §2.15") }
        case .boolean:
            guard value.kind == .boolean else { throw STIXFault(name, "must be true or false", "STIX 2.1 §2.2") }
        case .time: _ = try time(value, name)
        case .identifier: try checkReference(value, name, STIXTarget.of(name))
        case .identifiers:
            guard value.kind == .array else { throw STIXFault(name, "must be a list of ids", "STIX 2.1 §2.12") }
            let target = STIXTarget.of(name)
            for (place, element) in value.elements.enumerated() {
                try checkReference(element, name, target, place)
            }
        case .texts:
            guard value.kind == .array, value.elements.allSatisfy({ $0.kind == .string }) else {
                throw STIXFault(name, "must be a list of texts", "STIX 2.1 §2.12")
            }
        case .words(let words):
            let found = value.kind == .array ? value.elements : [value]
            guard found.allSatisfy({ words.contains($0.string ?? "") }) else {
                throw STIXFault(name, "must be one or more of \(words.joined(separator: ", "))", "STIX 2.1 §2.4")
            }
        case .integer(let range):
            guard let integer = value.integer, range.contains(integer) else {
                let words = "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
                throw STIXFault(name, words, "STIX 2.1 §2.10")
            }
        case .number(let range):
            guard let number = value.double, range.contains(number) else {
                let words = "must be a number from \(range.lowerBound) to \(range.upperBound)"
                throw STIXFault(name, words, "STIX 2.1 §2.6")
            }
        case .dictionary:
            guard value.kind == .object, value.count > 0 else {
                throw STIXFault(name, "must be an object with at least one member", "STIX 2.1 §2.3")
            }
        case .objects:
            guard value.kind == .array, value.elements.allSatisfy({ $0.kind == .object }) else {
                throw STIXFault(name, "must be a list of objects", "STIX 2.1 §2.12")
            }
        case .hashes: try checkHashes(value, name)
        case .hexadecimal, .base64: try checkBytes(value, name, kind)
        case .phases, .references: try checkElements(value, name, kind)
        }
    }

    /// A time of STIX: RFC 3339 in UTC, of any year.
    static func time(_ value: JSON.Value, _ name: String) throws(STIXFault) -> String {
        guard let text = value.string, text.utf8.last == UInt8(ascii: "Z"), text.utf8.contains(UInt8(ascii: "T")) else {
            throw STIXFault(name, "must be a time of RFC 3339 in UTC, with T and Z", "STIX 2.1 §2.16")
        }
        do throws(TimestampFault) {
            _ = try Timestamp(clamping: text)
            return text
        } catch {
            throw STIXFault(name, error.rule, "STIX 2.1 §2.16")
        }
    }

    private static func checkReference(
        _ value: JSON.Value,
        _ name: String,
        _ target: STIXTarget?,
        _ place: Int? = nil
    ) throws(STIXFault) {
        func path() -> String { place.map { "\(name)[\($0)]" } ?? name }
        guard let id = value.string.flatMap(STIXID.parsed), id.isRFC9562 else {
            throw STIXFault(path(), "must be the id of an object, type--UUID", "STIX 2.1 §2.9")
        }
        guard let target, !target.takes(id.type) else { return }
        throw STIXFault(path(), "must be the id of a \(target.words), not of a \(id.type)", "STIX 2.1 §2.9")
    }

    /// Names as texts, and the hashes that the standard knows at their length.
    private static func checkHashes(_ value: JSON.Value, _ name: String) throws(STIXFault) {
        guard value.kind == .object, value.count > 0 else {
            throw STIXFault(name, "must be an object of at least one hash", "STIX 2.1 §2.7")
        }
        let digits = [
            "MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-512": 128, "SHA3-256": 64, "SHA3-512": 128,
        ]
        for (algorithm, hash) in value.members {
            guard let text = hash.string else {
                throw STIXFault("\(name).\(algorithm)", "must be a text", "STIX 2.1 §2.7")
            }
            guard let count = digits[algorithm] else { continue }
            guard text.utf8.count == count, text.utf8.allSatisfy(isHexadecimal) else {
                throw STIXFault("\(name).\(algorithm)", "must be \(count) hexadecimal digits", "STIX 2.1 §2.7")
            }
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte | 0x20)
    }

    private static func checkBytes(_ value: JSON.Value, _ name: String, _ kind: STIXKind) throws(STIXFault) {
        let text = Array((value.string ?? "-").utf8)
        if case .hexadecimal = kind {
            guard text.count % 2 == 0, text.allSatisfy(isHexadecimal) else {
                throw STIXFault(name, "must be an even number of hexadecimal digits", "STIX 2.1 §2.8")
            }
            return
        }
        let digits = text.count - (text.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count)
        let isBase64 = text[..<digits].allSatisfy {
            (48...57).contains($0) || (97...122).contains($0 | 0x20) || $0 == 43 || $0 == 47
        }
        guard text.count % 4 == 0, isBase64 else {
            throw STIXFault(name, "must be base64 of RFC 4648", "STIX 2.1 §2.1")
        }
    }

    /// External references and kill chain phases (STIX 2.1 §2.5, §2.11).
    private static func checkElements(_ value: JSON.Value, _ name: String, _ kind: STIXKind) throws(STIXFault) {
        guard value.kind == .array, value.elements.allSatisfy({ $0.kind == .object }) else {
            throw STIXFault(name, "must be a list of objects", "STIX 2.1 §2.12")
        }
        var required = ["kill_chain_name", "phase_name"]
        var optional: [String] = []
        if case .references = kind { (required, optional) = (["source_name"], ["description", "url", "external_id"]) }
        let source = optional.isEmpty ? "STIX 2.1 §2.11" : "STIX 2.1 §2.5"
        for (place, element) in value.elements.enumerated() {
            let path = "\(name)[\(place)]"
            for property in required where element[property]?.string == nil {
                throw STIXFault("\(path).\(property)", "must be there, a text", source)
            }
            for property in optional {
                guard let found = element[property], found.string == nil else { continue }
                throw STIXFault("\(path).\(property)", "must be a text", source)
            }
            guard optional.isEmpty || optional.contains(where: { element[$0] != nil }) else {
                throw STIXFault(path, "must have one of \(optional.joined(separator: ", "))", source)
            }
            if let hashes = element["hashes"] { try checkHashes(hashes, "\(path).hashes") }
        }
    }

    /// The form of addresses that can be told without a resolver.
    private func checkAddress(_ address: String) throws(STIXFault) {
        switch id.type {
        case "ipv4-addr":
            let parts = address.split(separator: "/", omittingEmptySubsequences: false)
            let octets = parts[0].split(separator: ".", omittingEmptySubsequences: false)
            guard octets.count == 4, octets.allSatisfy({ Self.isNumber($0, 255) }), parts.count < 3,
                parts.count == 1 || Self.isNumber(parts[1], 32)
            else { throw STIXFault("value", "must be an IPv4 address or a CIDR block", "STIX 2.1 §6.8") }
        case "mac-addr":
            let octets = address.split(separator: ":", omittingEmptySubsequences: false)
            let isLower = address.utf8.allSatisfy { !(65...70).contains($0) }
            guard octets.count == 6, isLower,
                octets.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(Self.isHexadecimal) })
            else { throw STIXFault("value", "must be six pairs of digits such as 00:1b:44:11:3a:b7", "STIX 2.1 §6.10") }
        default: break
        }
    }

    /// Decimal, without a leading zero.
    private static func isNumber(_ text: Substring, _ most: Int) -> Bool {
        let bytes = text.utf8
        guard (1...3).contains(bytes.count), bytes.allSatisfy({ (48...57).contains($0) }) else { return false }
        guard let number = Int(text), number <= most else { return false }
        return bytes.count == 1 || bytes.first != 48
    }
}

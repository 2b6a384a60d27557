/// The kinds of values, by the names that STIX 2.1 gives them wherever they stand in an object.
extension STIXCheck {
    /// Properties that are times in every type that has them.
    private static let times: Set<String> = [
        "created", "modified", "published", "first_seen", "last_seen", "valid_from", "valid_until", "start_time",
        "stop_time", "first_observed", "last_observed", "submitted", "analysis_started", "analysis_ended",
        "account_created", "account_expires", "credential_last_changed", "account_first_login", "account_last_login",
        "created_time", "modified_time", "ctime", "mtime", "atime", "validity_not_before", "validity_not_after",
    ]
    private static let flags: Set<String> = [
        "revoked", "is_family", "is_multipart", "is_active", "is_encrypted", "summary", "defanged", "is_hidden",
        "is_self_signed", "is_service_account", "is_privileged", "can_escalate_privs", "is_disabled",
    ]
    private static let texts: Set<String> = [
        "name", "description", "pattern", "pattern_type", "content", "context", "relationship_type", "lang", "schema",
    ]
    private static let numbers: [String: ClosedRange<Double>] = [
        "latitude": -90...90, "longitude": -180...180, "precision": 0...Double(JSON.integerMax),
    ]
    private static let integers: [String: ClosedRange<Int64>] = [
        "confidence": 0...100, "count": 0...999_999_999, "number_observed": 1...999_999_999,
    ]

    /// Checks the object's own properties by name, and everything below them for nulls and empty lists.
    func values() throws(STIXFault) {
        for (name, value) in value.members {
            try checkForm(value, name)
            if schema != nil || ["created", "modified", "revoked", "confidence"].contains(name) {
                try checkKind(value, name)
            }
            try checkReference(value, name)
        }
    }

    /// No nulls and no empty lists anywhere (STIX 2.1 §2.12, §3.1).
    private func checkForm(_ value: JSON.Value, _ path: String) throws(STIXFault) {
        switch value.kind {
        case .null: throw STIXFault(path, "must not be null; leave the property out", "STIX 2.1 §3.1")
        case .array:
            guard value.count > 0 else {
                throw STIXFault(path, "must not be an empty list; leave the property out", "STIX 2.1 §2.12")
            }
            for (place, element) in value.elements.enumerated() { try checkForm(element, "\(path)[\(place)]") }
        case .object: for (name, member) in value.members { try checkForm(member, "\(path).\(name)") }
        case .string, .number, .boolean: break
        }
    }

    private func checkKind(_ value: JSON.Value, _ name: String) throws(STIXFault) {
        if Self.times.contains(name) {
            guard let text = value.string, text.hasSuffix("Z"), text.contains("T"),
                (try? Timestamp(clamping: text)) != nil
            else { throw STIXFault(name, "must be a time of RFC 3339 in UTC, with T and Z", "STIX 2.1 §2.16") }
        }
        if Self.flags.contains(name), value.boolean == nil {
            throw STIXFault(name, "must be true or false", "STIX 2.1 §2.2")
        }
        if Self.texts.contains(name), value.string == nil {
            throw STIXFault(name, "must be a text", "STIX 2.1 §2.13")
        }
        if let range = Self.integers[name] {
            guard let integer = value.integer, range.contains(integer) else {
                throw STIXFault(
                    name,
                    "must be a whole number from \(range.lowerBound) to \(range.upperBound)",
                    "STIX 2.1 §2.7"
                )
            }
        }
        if let range = Self.numbers[name] {
            guard let number = value.double, range.contains(number) else {
                throw STIXFault(
                    name,
                    "must be a number from \(range.lowerBound) to \(range.upperBound)",
                    "STIX 2.1 §2.6"
                )
            }
        }
        if name == "relationship_type", let text = value.string {
            guard !text.isEmpty, text.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 })
            else {
                throw STIXFault(name, "must be of a-z, 0-9 and hyphens", "STIX 2.1 §5.1")
            }
        }
    }

    /// `…_ref` is an id and `…_refs` a list of ids (STIX 2.1 §3.1).
    private func checkReference(_ value: JSON.Value, _ name: String) throws(STIXFault) {
        if name.hasSuffix("_ref") {
            guard value.string.flatMap(STIXID.parsed) != nil else {
                throw STIXFault(name, "must be the id of an object, type--UUID", "STIX 2.1 §2.9")
            }
        } else if name.hasSuffix("_refs") {
            guard value.kind == .array else { throw STIXFault(name, "must be a list of ids", "STIX 2.1 §2.12") }
            for (place, element) in value.elements.enumerated() where element.string.flatMap(STIXID.parsed) == nil {
                throw STIXFault("\(name)[\(place)]", "must be the id of an object, type--UUID", "STIX 2.1 §2.9")
            }
        } else if ["labels", "aliases", "goals", "roles", "sectors", "authors"].contains(name), schema != nil {
            guard value.kind == .array, value.elements.allSatisfy({ $0.string != nil }) else {
                throw STIXFault(name, "must be a list of texts", "STIX 2.1 §2.12")
            }
        }
    }
}

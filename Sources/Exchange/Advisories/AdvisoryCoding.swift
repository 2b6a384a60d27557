/// How the exchange's own values are written in JSON: as the texts that people and STIX know them by.
extension ID: Codable {
    /// Reads the 36 characters of RFC 9562 §4.
    public init(from decoder: any Decoder) throws {
        guard let id = ID(parsing: try decoder.text()) else { throw decoder.refusal("must be a UUID (RFC 9562 §4)") }
        self = id
    }

    /// Writes the 36 characters.
    public func encode(to encoder: any Encoder) throws { try encoder.write(text) }
}

extension Name: Codable {
    /// Reads the name.
    public init(from decoder: any Decoder) throws {
        guard let name = Name(try decoder.text()) else {
            throw decoder.refusal(
                "must be 1 to \(Name.charactersMax) of a-z, 0-9 and hyphens, with no hyphen at an end"
            )
        }
        self = name
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws { try encoder.write(text) }
}

extension Timestamp: Codable {
    /// Reads RFC 3339.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.text()
        do throws(TimestampFault) {
            try self.init(parsing: text)
        } catch {
            throw decoder.refusal(error.rule)
        }
    }

    /// Writes RFC 3339 with six digits; what is finer than a microsecond is lost.
    public func encode(to encoder: any Encoder) throws { try encoder.write(text) }
}

extension TLP: Codable {
    /// Reads the code.
    public init(from decoder: any Decoder) throws {
        guard let level = TLP(code: try decoder.text()) else {
            throw decoder.refusal("must be one of \(TLP.allCases.map(\.code).joined(separator: ", "))")
        }
        self = level
    }

    /// Writes the code.
    public func encode(to encoder: any Encoder) throws { try encoder.write(code) }
}

extension STIXID: Codable {
    /// Reads `type--UUID`.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.text()
        do throws(STIXFault) {
            try self.init(parsing: text)
        } catch {
            throw decoder.refusal(error.rule)
        }
    }

    /// Writes `type--UUID`.
    public func encode(to encoder: any Encoder) throws { try encoder.write(text) }
}

extension SubjectMark: Codable {
    /// Reads the digits.
    public init(from decoder: any Decoder) throws {
        guard let mark = SubjectMark(text: try decoder.text()) else {
            throw decoder.refusal("must be \(2 * SubjectMark.bytesCount) hexadecimal digits in lower case")
        }
        self = mark
    }

    /// Writes the digits.
    public func encode(to encoder: any Encoder) throws { try encoder.write(text) }
}

extension Decoder {
    fileprivate func text() throws -> String { try singleValueContainer().decode(String.self) }

    fileprivate func refusal(_ rule: String) -> ContentFault {
        ContentFault(codingPath.text, .form(rule))
    }
}

extension Encoder {
    fileprivate func write(_ text: String) throws {
        var container = singleValueContainer()
        try container.encode(text)
    }
}

/// A media type or range with its parameters (RFC 9110 §8.3.1), as TAXII's negotiation needs it.
struct MediaType: Hashable, Sendable {
    let type: String
    let parameters: [String: String]

    /// What every TAXII answer has (TAXII 2.1 §1.6.8).
    static let taxii = "application/taxii+json;version=2.1"
    static let stix = "application/stix+json;version=2.1"
    static let json = "application/json"
    /// Errors of `/v1` (RFC 9457).
    static let problem = "application/problem+json"

    /// Reads one media type; nil when it has no form of one.
    init?(parsing text: Substring) {
        let parts = Self.split(text, at: ";")
        let type = parts[0].trimmingSpaces.lowercased()
        let names = type.split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, names.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isToken) }) else { return nil }
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() where !part.trimmingSpaces.isEmpty {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }  // An extension of an Accept header may have no value.
            parameters[pair[0].trimmingSpaces.lowercased()] = Self.unquoted(pair[1].trimmingSpaces)
        }
        self.type = type
        self.parameters = parameters
    }

    /// Whether a body with this Content-Type header can be read: TAXII 2.1, with or without a version, in UTF-8.
    static func isTAXII(_ header: String?) -> Bool {
        guard let header, header != taxii else { return header != nil }
        return MediaType(parsing: header[...])?.isTAXII == true
    }

    private var isTAXII: Bool {
        type == "application/taxii+json" && (parameters["version"] ?? "2.1") == "2.1" && isUTF8
    }

    private var isUTF8: Bool {
        parameters["charset"].map { ["utf-8", "utf8"].contains($0.lowercased()) } ?? true
    }

    /// Whether this range of an Accept header lets a TAXII answer through.
    private var admitsTAXII: Bool {
        guard (parameters["q"].flatMap(Double.init) ?? 1) > 0 else { return false }
        switch type {
        case "*/*", "application/*": return true
        case "application/taxii+json", "application/stix+json": return (parameters["version"] ?? "2.1") == "2.1"
        default: return false
        }
    }

    /// Whether an Accept header lets a TAXII answer through.
    ///
    /// None at all does (RFC 9110 §12.5.1).
    static func isTAXIIAccepted(by header: String?) -> Bool {
        guard let header, header != taxii, !header.utf8.allSatisfy({ $0 == UInt8(ascii: " ") }) else { return true }
        return split(header[...], at: ",").contains { MediaType(parsing: $0)?.admitsTAXII == true }
    }

    /// Whether an Accept header names STIX, and does not rather have the JSON of `/v1`.
    static func isSTIXPreferred(by header: String?) -> Bool {
        let ranges = split((header ?? "")[...], at: ",").compactMap { MediaType(parsing: $0) }
        func weight(_ type: String) -> Double {
            ranges.filter { $0.type == type && ($0.parameters["version"] ?? "2.1") == "2.1" }
                .map { $0.parameters["q"].flatMap(Double.init) ?? 1 }.max() ?? 0
        }
        let stix = weight("application/stix+json")
        return stix > 0 && stix >= weight(json)
    }

    /// Splits outside quoted strings.
    private static func split(_ text: Substring, at separator: Unicode.Scalar) -> [Substring] {
        var isQuoted = false
        return text.utf8.split(omittingEmptySubsequences: false) { byte in
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            return byte == UInt8(ascii: separator) && !isQuoted
        }.map { Substring($0) }
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return String(text) }
        return String(text.dropFirst().dropLast())
    }

    private static func isToken(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "!#$%&'*+-.^_`|~".contains(character))
    }
}

extension Substring {
    /// Without the white space of HTTP at both ends.
    var trimmingSpaces: Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}

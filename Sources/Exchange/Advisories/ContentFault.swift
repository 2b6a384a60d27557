/// What of an advisory's content or terms cannot be taken, and what to do about it.
public struct ContentFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What must hold.
    public enum Rule: Hashable, Sendable {
        /// It is not there.
        case missing
        /// No such field; these there are.
        case unknown(known: [String])
        /// It holds nothing.
        case empty
        /// It is longer than so many of Unicode's code points.
        case long(charactersMax: Int)
        /// It lists more than so many.
        case many(countMax: Int)
        /// It says something twice.
        case twice(String)
        /// It has another form than it must.
        case form(String)
        /// It is no identifier of its scheme.
        case identifier(IdentifierFault)

        /// The rule, and the fix.
        var words: String {
            switch self {
            case .missing: "must be there; add it"
            case .unknown(let known): "is no field here; leave it out, or use one of \(known.joined(separator: ", "))"
            case .empty: "must not be empty; fill it or leave it out"
            case .long(let max): "may have at most \(max) characters; shorten it"
            case .many(let max): "may hold at most \(max); leave some out"
            case .twice(let what): "has \(what) twice; leave one out"
            case .form(let rule): rule
            case .identifier(let fault): fault.words
            }
        }
    }

    /// The field, a path such as `subjects[0].properties.imoNumber`; empty for the whole.
    public let field: String
    /// What must hold.
    public let rule: Rule

    /// Puts it together from its parts.
    public init(_ field: String, _ rule: Rule) {
        self.field = field
        self.rule = rule
    }

    /// The same, for people to read.
    public var description: String { field.isEmpty ? rule.words : "\(field): \(rule.words)" }

    /// The same fault, told from further out.
    func within(_ path: String) -> ContentFault {
        guard !path.isEmpty else { return self }
        return ContentFault(field.isEmpty ? path : "\(path).\(field)", rule)
    }
}

/// What every text and list of an advisory has to keep.
public enum ContentRule {
    /// Refuses a text that is blank, too long, or has control characters other than tabs and line ends.
    public static func text(_ text: String, _ field: String, charactersMax: Int) throws(ContentFault) {
        // By code points, as openapi.json counts: a mark on a space is no blank.
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw ContentFault(field, .empty)
        }
        guard text.unicodeScalars.count <= charactersMax else {
            throw ContentFault(field, .long(charactersMax: charactersMax))
        }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar == "\n" || scalar == "\r" || scalar == "\t" || scalar.properties.generalCategory != .control
        }
        guard isPlain else {
            throw ContentFault(field, .form("must hold no control characters but tabs and line ends; take them out"))
        }
    }

    /// Refuses a list that is too long, or has something twice.
    static func list(_ list: [some Hashable], _ field: String, countMax: Int) throws(ContentFault) {
        guard list.count <= countMax else { throw ContentFault(field, .many(countMax: countMax)) }
        var seen: Set<AnyHashable> = []
        for (place, element) in list.enumerated() where !seen.insert(AnyHashable(element)).inserted {
            throw ContentFault("\(field)[\(place)]", .twice("the same"))
        }
    }
}

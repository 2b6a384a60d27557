import Exchange

/// An answer laid out as an outline that leaves nothing out: for who has to read all of it before agreeing to it.
///
/// Texts of several lines stand behind bars, so that none can pass for a line of the outline.
enum Outline {
    /// Ends without a line break.
    static func text(_ value: JSON.Value) -> String { lines(value).joined(separator: "\n") }

    private static func lines(_ value: JSON.Value) -> [String] {
        switch value.kind {
        case .object: value.members.flatMap { member($0.key.printable, $0.value) }
        case .array: value.elements.flatMap(element)
        case .string: bars(value.string ?? "")
        case .number, .boolean, .null: [scalar(value)]
        }
    }

    private static func member(_ key: String, _ value: JSON.Value) -> [String] {
        switch value.kind {
        case .object, .array:
            if value.count == 0 { return ["\(key): none"] }
            if value.kind == .array, value.count == 1, let only = value.elements.first, isShort(only) {
                return ["\(key): \(scalar(only))"]
            }
            return ["\(key):"] + lines(value).map { "  \($0)" }
        case .string, .number, .boolean, .null:
            return isShort(value) ? ["\(key): \(scalar(value))"] : ["\(key):"] + lines(value).map { "  \($0)" }
        }
    }

    private static func element(_ value: JSON.Value) -> [String] {
        let lines = lines(value)
        return lines.enumerated().map { $0.offset == 0 ? "- \($0.element)" : "  \($0.element)" }
    }

    /// Whether it fits beside its key.
    private static func isShort(_ value: JSON.Value) -> Bool {
        switch value.kind {
        case .object, .array: false
        case .string: !(value.string ?? "").contains(where: \.isNewline)
        case .number, .boolean, .null: true
        }
    }

    private static func bars(_ text: String) -> [String] {
        guard text.contains(where: \.isNewline) else { return [text.printable] }
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
            "| \(String($0).printable)"
        }
    }

    private static func scalar(_ value: JSON.Value) -> String {
        switch value.kind {
        case .string: (value.string ?? "").printable
        case .boolean: value.boolean == true ? "yes" : "no"
        case .null: "-"
        case .number, .object, .array: String(decoding: value.compact(), as: UTF8.self)
        }
    }
}

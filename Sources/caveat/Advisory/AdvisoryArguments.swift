public import ArgumentParser
public import Exchange

// The codes of advisories, as options take them: each is typed as it travels.

extension AdvisoryKind: ExpressibleByArgument {}

extension WithdrawalReason: ExpressibleByArgument {}

extension RecallReason: ExpressibleByArgument {
    /// Reads a reason that people may give: what nobody ratified in time, the exchange recalls by itself.
    public init?(argument: String) {
        guard argument != Self.unratified.rawValue else { return nil }
        self.init(rawValue: argument)
    }

    /// The reasons that people may give.
    public static var allValueStrings: [String] { allCases.filter { $0 != .unratified }.map(\.rawValue) }
}

extension ErasureReason: ExpressibleByArgument {
    /// Reads a reason that people may give: what a closed task force leaves, the exchange erases by itself.
    public init?(argument: String) {
        guard argument != Self.closed.rawValue else { return nil }
        self.init(rawValue: argument)
    }

    /// The reasons that people may give.
    public static var allValueStrings: [String] { allCases.filter { $0 != .closed }.map(\.rawValue) }
}

extension Rendition: ExpressibleByArgument {
    /// Reads a rendition that can be consented to: a stub is what is left of a recalled one.
    public init?(argument: String) {
        guard argument != Self.stub.rawValue else { return nil }
        self.init(rawValue: argument)
    }

    /// The renditions that can be consented to.
    public static var allValueStrings: [String] { allCases.filter { $0 != .stub }.map(\.rawValue) }
}

/// The states of an advisory, as `list` can be asked for them.
enum ListedState: String, CaseIterable, ExpressibleByArgument {
    case draft, graded, approved, published, restricted, expired, withdrawn, recalled
}

/// Reads a grade; its error says what one looks like.
func readGrade(_ text: String) throws -> Grade {
    guard let grade = Grade(code: text.uppercased()) else {
        throw ValidationError("must be a letter A to F for the source and a digit 1 to 6 for what it says, such as B2")
    }
    return grade
}

/// Reads the digest of a version; its error says where there is one.
func readDigest(_ text: String) throws -> String {
    let digits = text.lowercased()
    guard digits.utf8.count == 64, digits.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
        throw ValidationError("must be the 64 hexadecimal digits that show prints as digest, of the version you read")
    }
    return digits
}

/// Reads the id of a report; its error says where there is one.
func readReport(_ text: String) throws -> String {
    let id = try? STIXID(parsing: text)  // What is no id at all is refused just below.
    guard id?.type == "report" else {
        throw ValidationError("must be the id of a report, as recalls and poll print it: report-- and a UUID")
    }
    return text
}

/// Reads the id of what was recalled; its error says where there is one.
func readObject(_ text: String) throws -> String {
    guard (try? STIXID(parsing: text)) != nil else {
        throw ValidationError("must be an id as recalls prints it: report-- and a UUID")
    }
    return text
}

/// Refuses a text that says nothing.
func checkSaid(_ text: String, _ option: String, _ what: String) throws {
    if text.allSatisfy(\.isWhitespace) { throw ValidationError("\(option) must say \(what)") }
}

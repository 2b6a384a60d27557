import Exchange

/// What a member needs to know of an advisory after something was done to it.
struct AdvisorySummary {
    /// A property a line.
    let text: String
    /// What comes next, and whose turn it is; nil where nothing need be done.
    let next: String?

    init(_ advisory: JSON.Value) {
        func field(_ key: String) -> String? { advisory[key]?.string?.printable }
        let amendment = advisory["amendment"].flatMap { $0.kind == .object ? $0 : nil }
        let version = amendment ?? advisory["version"]
        let number = version?["number"]?.integer.map { "\($0)" } ?? "?"
        let progress = version?["progress"]?.string?.printable
        let rows: [(String, String?)] = [
            ("id", field("id")), ("reference", field("reference")), ("pool", field("pool")), ("kind", field("kind")),
            ("state", field("state")), ("reason", field("reason")),
            ("erased", advisory["erased"]?["reason"]?.string?.printable), ("due", field("due")),
            ("review", field("review")),
            (amendment == nil ? "version" : "amendment", "\(number)\(progress.map { ", \($0)" } ?? "")"),
            ("grade", Self.grade(of: version)), ("digest", version?["digest"]?.string?.printable),
        ]
        let shown = rows.compactMap { row in row.1.map { (row.0, $0) } }
        let width = shown.map(\.0.count).max() ?? 0
        text = shown.map { "\($0.padded(to: width))  \($1)" }.joined(separator: "\n")
        let name = field("reference") ?? field("id") ?? "ID"
        if amendment != nil || ["draft", "graded", "approved"].contains(field("state")) {
            next = Self.step(
                after: progress,
                name,
                version,
                publish: amendment == nil ? "publish" : "publish-amendment"
            )
        } else if field("state") == "published", advisory["ratified"]?.boolean == false {
            let end = field("due").map { " by \($0)" } ?? ""
            next =
                "it stands on one pair of eyes: a second person reads and ratifies it\(end), or it is recalled: "
                + Self.reading(name, "ratify", version)
        } else if field("state") == "restricted" {
            next =
                "it is disputed; see by whom and why: caveat feedback --of \(name); then settle it if it stands: "
                + "caveat advisory settle \(name); else amend or recall it"
        } else {
            next = nil
        }
    }

    private static func grade(of version: JSON.Value?) -> String? {
        guard let grade = version?["grade"]?.string?.printable else { return nil }
        guard let given = version?["grade_given"]?.string?.printable else { return grade }
        return "\(given); counts as \(grade) until a second person has looked at it"
    }

    private static func step(
        after progress: String?,
        _ name: String,
        _ version: JSON.Value?,
        publish: String
    ) -> String? {
        switch progress {
        case "draft": "next, grade it: caveat advisory grade \(name) B2"
        case "graded": "next, a second person reads and approves it: \(reading(name, "approve", version))"
        case "approved": "next, publish it: caveat advisory \(publish) \(name)"
        case "waiting":
            version?["terms"]?["embargo"]?.string.map {
                "it takes the published version's place by itself at \($0.printable), when its embargo ends"
            }
        default: nil
        }
    }

    private static func reading(_ name: String, _ action: String, _ version: JSON.Value?) -> String {
        let digest = version?["digest"]?.string?.printable ?? "HEX"
        return "caveat advisory show \(name), then caveat advisory \(action) \(name) --digest \(digest)"
    }
}

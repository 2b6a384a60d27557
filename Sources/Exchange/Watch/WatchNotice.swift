/// What a member's own system is told of a hit on a watch list: which row of which list, and of what, where the way by
/// which it is told may carry that.
public struct WatchNotice: Hashable, Sendable {
    /// What was found, by names that its reader knows it by.
    public struct Found: Hashable, Sendable {
        /// The pool.
        public let pool: Name
        /// The STIX object.
        public let object: String
        /// The report of the advisory that tells of it; nil for what is no advisory's.
        public let advisory: String?

        /// Puts it together from its parts.
        public init(pool: Name, object: String, advisory: String?) {
            self.pool = pool
            self.object = object
            self.advisory = advisory
        }
    }

    /// The list.
    public let list: Name
    /// What the member calls the row.
    public let reference: String
    /// How alike they are, in thousandths.
    public let score: Int
    /// Nil where that may not be told by this way: signing in tells it.
    public let found: Found?

    /// Puts it together from its parts.
    public init(list: Name, reference: String, score: Int, found: Found?) {
        self.list = list
        self.reference = reference
        self.score = score
        self.found = found
    }

    /// The same as JSON: `list`, `reference` and `score`, and where it may be told `pool`, `object` and `advisory`.
    public var json: String {
        func field(_ key: String, _ text: String) -> String { #""\#(key)":\#(CanonicalText.string(text))"# }
        var fields = [field("list", list.text), field("reference", reference), #""score":\#(share)"#]
        if let found {
            fields += [field("pool", found.pool.text), field("object", found.object)]
            if let advisory = found.advisory { fields.append(field("advisory", advisory)) }
        }
        return "{" + fields.joined(separator: ",") + "}"
    }

    /// The score from 0 to 1, with three places.
    public var share: String {
        let digits = String(score % 1_000 + 1_000).dropFirst()
        return "\(score / 1_000).\(digits)"
    }

    /// A line for people.
    public var line: String {
        let told = "watch list \(list), row \(reference): alike to \(share)"
        guard let found else { return told + "; sign in to read to whom" }
        return told + ", \(found.object) in \(found.pool)" + (found.advisory.map { ", of \($0)" } ?? "")
    }
}

import Exchange

/// How and where somebody is reached, as records are compared by it.
struct Contacts: Sendable {
    /// Values of each kind that are compared, the first ones.
    static let valuesMax = 8
    /// What each property is called in a sentence.
    static let words = ["phone": "telephone", "email": "e-mail", "address": "address"]

    /// Digits, without what is dialled from far away.
    let telephones: [String]
    let mails: [String]
    let addresses: [Address]

    /// An address by its words, since no two write it alike.
    struct Address: Hashable, Sendable {
        let words: Set<String>
        let numbers: Set<String>

        /// Words that tell something, at the least.
        static let wordsMin = 2

        init?(_ text: String) {
            let all = text.foldedWords
            words = Set(all.filter { $0.count > 3 && !$0.contains(where: \.isNumber) })
            numbers = Set(all.filter { $0.contains(where: \.isNumber) })
            guard words.count + numbers.count >= Self.wordsMin, !words.isEmpty else { return nil }
        }

        /// Whether they share a number and most of the words, or without any number nearly all of the words.
        func isLike(_ other: Self) -> Bool {
            let common = words.intersection(other.words).count
            let fewer = min(words.count, other.words.count)
            if numbers.isEmpty || other.numbers.isEmpty { return common >= 4 && 10 * common >= 9 * fewer }
            return !numbers.isDisjoint(with: other.numbers) && common > 0 && 2 * common >= fewer
        }

        /// What it is found by.
        var keys: [String] {
            let told = words.sorted { ($1.count, $0) < ($0.count, $1) }.prefix(4)
            return numbers.isEmpty
                ? [words.sorted().prefix(4).joined(separator: " ")]
                : numbers.sorted().prefix(3).flatMap { number in told.map { "\(number) \($0)" } }
        }
    }

    init(_ record: Record) {
        telephones = Self.distinct(
            record["phone"].compactMap { text in
                let digits = String(text.filter { $0.isASCII && $0.isNumber }.suffix(Self.digitsMax))
                return digits.count >= Self.digitsMin ? digits : nil
            }
        )
        mails = Self.distinct(
            record["email"].compactMap { text in
                let address = text.lowercased().split { "<>\" ".contains($0) }.first { $0.contains("@") }
                guard let address, let name = address.split(separator: "@").first,
                    !Self.offices.contains(String(name))
                else { return nil }
                return String(address)
            }
        )
        addresses = Self.distinct(record["address"].compactMap { Address($0) })
    }

    /// Digits of a telephone within a country, at most, and those without which it is none.
    private static let digitsMax = 10
    private static let digitsMin = 7
    /// Mailboxes that are an office's and no one person's (RFC 2142).
    private static let offices: Set<String> = [
        "info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster", "hostmaster", "usenet",
        "news", "webmaster", "www", "uucp", "ftp", "office", "contact", "admin", "mail",
    ]

    private static func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
        var known: Set<Value> = []
        return Array(values.filter { known.insert($0).inserted }.prefix(valuesMax))
    }

    /// What both have, by property, with the part of what is wanting that it adds, in thousandths.
    func shared(with other: Self) -> [(field: String, part: Int)] {
        var shared: [(field: String, part: Int)] = []
        // A number may be told without what is dialled first.
        let isCalled = telephones.contains { mine in
            other.telephones.contains { mine.hasSuffix($0) || $0.hasSuffix(mine) }
        }
        if isCalled { shared.append(("phone", ScorerLikeness.contactEqual)) }
        if mails.contains(where: other.mails.contains) { shared.append(("email", ScorerLikeness.contactEqual)) }
        if addresses.contains(where: { mine in other.addresses.contains { mine.isLike($0) } }) {
            shared.append(("address", ScorerLikeness.addressEqual))
        }
        return shared
    }

    /// What it is found by.
    var keys: [String] {
        telephones.map { "phone \($0.suffix(Self.digitsMin))" } + mails.map { "email \($0)" }
            + addresses.flatMap(\.keys).map { "address \($0)" }
    }
}

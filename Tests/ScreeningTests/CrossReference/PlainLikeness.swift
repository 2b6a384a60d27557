import Exchange
import Screening

/// A simple way to tell people and organisations, to test cross-references with: identifiers, names, dates of birth,
/// addresses, telephones and e-mail.
struct PlainLikeness: Likeness {
    struct Prepared: Sendable {
        let record: Record
        let names: [[String]]
        let days: Set<String>
        /// Numbers that tell one, with their properties.
        let numbers: Set<String>
        /// Ways to reach it.
        let contacts: Set<String>
    }

    private static let numbers = [
        "passportNumber", "idNumber", "socialSecurityNumber", "licenseNumber", "leiCode", "registrationNumber",
        "imoNumber", "taxNumber", "accountNumber",
    ]
    private static let forms: Set<String> = ["ltd", "limited", "inc", "llc", "co", "company", "gmbh", "pte", "corp"]

    func prepared(_ record: Record) -> Prepared {
        let names = (record["name"] + record["alias"] + record["previousName"]).map { name in
            name.foldedWords.filter { !Self.forms.contains($0) }.sorted()
        }
        let numbers = Self.numbers.flatMap { property in
            record[property].map { "\(property) \($0.lowercased().filter { $0.isLetter || $0.isNumber })" }
        }
        let digits = record["phone"].map { "phone \($0.filter(\.isNumber).suffix(10))" }
        let mails = record["email"].map { mail in
            "email \(mail.lowercased().split { "<> \"".contains($0) }.first { $0.contains("@") } ?? "")"
        }
        let places = record["address"].map { "address \($0.foldedWords.prefix(3).joined(separator: " "))" }
        return Prepared(
            record: record,
            names: names.filter { !$0.isEmpty },
            days: Set(record["birthDate"]),
            numbers: Set(numbers),
            contacts: Set(digits + mails + places)
        )
    }

    func keys(of record: Prepared) -> [BlockingKey] {
        var keys: Set<BlockingKey> = []
        for text in record.numbers.union(record.contacts) { keys.insert(BlockingKey(.whole, text)) }
        for name in record.names {
            keys.insert(BlockingKey(.whole, name.joined(separator: " ")))
            for (place, word) in name.enumerated() {
                keys.insert(BlockingKey(.part, word))
                for other in name.dropFirst(place + 1) { keys.insert(BlockingKey(.whole, "\(word) \(other)")) }
                for day in record.days { keys.insert(BlockingKey(.whole, "\(word) \(day)")) }
            }
        }
        return keys.sorted { ($0.text, $0.reach.rawValue) < ($1.text, $1.reach.rawValue) }
    }

    func resemblance(_ left: Prepared, _ right: Prepared) -> Resemblance? {
        if contradict(left, right) { return nil }
        if let number = left.numbers.intersection(right.numbers).min() {
            let field = String(number.prefix { $0 != " " })
            return Resemblance(score: 970, fields: [field], reason: "the same \(field)")
        }
        var name = 0
        for mine in left.names { for other in right.names { name = max(name, Self.alike(mine, other)) } }
        guard name >= 600 else { return nil }
        let isOfOneDay = !left.days.isDisjoint(with: right.days)
        let contact = left.contacts.intersection(right.contacts).min().map { String($0.prefix { $0 != " " }) }
        if let contact {
            return Resemblance(score: 930, fields: ["name", contact], reason: "a like name and the same \(contact)")
        }
        if isOfOneDay {
            return Resemblance(
                score: 900,
                fields: ["name", "birthDate"],
                reason: "a like name and the same birth date"
            )
        }
        guard name == 1_000, left.names.contains(where: { $0.count > 1 }) else { return nil }
        return Resemblance(score: 720, fields: ["name"], reason: "the same name")
    }

    func contradict(_ left: Prepared, _ right: Prepared) -> Bool {
        if !left.days.isEmpty, !right.days.isEmpty,
            !left.days.contains(where: { mine in
                right.days.contains { Self.isNear(mine, $0) }
            })
        {
            return true
        }
        return ["passportNumber", "socialSecurityNumber", "leiCode", "taxNumber"].contains { property in
            let (mine, others) = (left.record[property], right.record[property])
            return !mine.isEmpty && !others.isEmpty && left.numbers.isDisjoint(with: right.numbers)
        }
    }

    /// Whether one of two days may have been written for the other: one digit differs, or two or month and day are
    /// swapped.
    private static func isNear(_ one: String, _ other: String) -> Bool {
        let differing = zip(one, other).count { $0 != $1 }
        if differing <= 1 || differing == 2 && one.sorted() == other.sorted() { return true }
        let (mine, others) = (one.split(separator: "-"), other.split(separator: "-"))
        return mine.count == 3 && others.count == 3 && mine[0] == others[0] && mine[1] == others[2]
            && mine[2] == others[1]
    }

    /// How many of their words are the same, or nearly, or one the beginning of the other, in thousandths.
    private static func alike(_ left: [String], _ right: [String]) -> Int {
        var rest = right
        var met = 0
        for word in left {
            let place =
                rest.firstIndex(of: word)
                ?? rest.firstIndex { other in
                    word.hasPrefix(other) || other.hasPrefix(word) || isMisspelt(word, other)
                }
            if let place {
                rest.remove(at: place)
                met += 1
            }
        }
        return 2_000 * met / (left.count + right.count)
    }

    /// Whether one letter is another, too much or too little, in words of five or more.
    private static func isMisspelt(_ one: String, _ other: String) -> Bool {
        guard min(one.count, other.count) >= 5, abs(one.count - other.count) <= 1 else { return false }
        let (mine, others) = (Array(one.utf8), Array(other.utf8))
        let start = zip(mine, others).prefix { $0 == $1 }.count
        let end = zip(mine.reversed(), others.reversed()).prefix { $0 == $1 }.count
        return start + end >= max(mine.count, others.count) - 1
    }
}

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
        let mails = record["email"].map { "email \($0.lowercased())" }
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
        if let number = left.numbers.intersection(right.numbers).min() {
            let field = String(number.prefix { $0 != " " })
            return Resemblance(score: 970, fields: [field], reason: "the same \(field)")
        }
        var name = 0
        for mine in left.names { for other in right.names { name = max(name, Self.alike(mine, other)) } }
        guard name >= 600 else { return nil }
        let isOfOneDay = !left.days.isDisjoint(with: right.days)
        let isOfOtherDay = !isOfOneDay && !left.days.isEmpty && !right.days.isEmpty
        if let contact = left.contacts.intersection(right.contacts).min(), !isOfOtherDay || name > 900 {
            let field = String(contact.prefix { $0 != " " })
            return Resemblance(score: 880, fields: ["name", field], reason: "a like name and the same \(field)")
        }
        if isOfOneDay {
            return Resemblance(
                score: 900,
                fields: ["name", "birthDate"],
                reason: "a like name and the same birth date"
            )
        }
        guard name == 1_000, !isOfOtherDay, left.names.contains(where: { $0.count > 1 }) else { return nil }
        return Resemblance(score: 720, fields: ["name"], reason: "the same name")
    }

    /// How many of their words are the same, or one the initial of the other, in thousandths.
    private static func alike(_ left: [String], _ right: [String]) -> Int {
        var rest = right
        var met = 0
        for word in left {
            let isInitial = { (other: String) in
                (word.count == 1 || other.count == 1) && word.first == other.first
            }
            if let place = rest.firstIndex(of: word) ?? rest.firstIndex(where: isInitial) {
                rest.remove(at: place)
                met += 1
            }
        }
        return 2_000 * met / (left.count + right.count)
    }
}

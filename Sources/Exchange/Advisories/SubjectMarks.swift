import Crypto

extension SubjectMark {
    /// The mark of something by what it is called and the words that tell it, upper and lower case alike.
    init(of words: [String]) {
        let text = words.map { $0.lowercased() }.joined(separator: "\u{1f}")
        let digest = SHA256.hash(data: Array(text.utf8)).prefix(Self.bytesCount)
        guard let mark = SubjectMark(text: digest.hexadecimal) else {
            preconditionFailure("a digest has hexadecimal digits")
        }
        self = mark
    }
}

extension Subject {
    /// Numbers that tell a subject although no public rule checks them.
    private static let numbers = [
        "registrationNumber", "idNumber", "passportNumber", "taxNumber", "vatCode", "accountNumber", "innCode", "eori",
        "icaoCode", "publicKey", "billOfLading",
    ]

    /// What it is recognised by, for the conflict of a reader with a subject.
    ///
    /// Its identifiers, the numbers that authorities gave it, and a person's names together with the day of birth: a
    /// name alone is many people's.
    public var marks: Set<SubjectMark> {
        var marks = Set(
            identifiers.filter { $0.identifier.scheme.tellsOne }.map { checked in
                SubjectMark(of: [checked.identifier.scheme.rawValue, checked.identifier.value])
            }
        )
        for name in Self.numbers {
            for value in properties[name] ?? [] {
                marks.insert(SubjectMark(of: [name, value.filter { $0.isLetter || $0.isNumber }]))
            }
        }
        if kind == .document {
            for value in properties["number"] ?? [] {
                marks.insert(SubjectMark(of: ["passportNumber", value.filter { $0.isLetter || $0.isNumber }]))
            }
        }
        for name in personNames {
            for day in days where day.count == 10 { marks.insert(SubjectMark(of: ["person", name, day])) }
        }
        return marks
    }

    /// What an advisory about it is hidden by from whoever declared it: its marks, the names of an organisation, and
    /// those of a person with the month and year of birth.
    public var conflictMarks: Set<SubjectMark> {
        var marks = marks.union(organisationMarks)
        for name in personNames {
            for day in days {
                if day.count < 10 { marks.insert(SubjectMark(of: ["person about", name, day])) }
                for part in Self.parts(of: day) { marks.insert(SubjectMark(of: ["person within", name, part])) }
            }
        }
        return marks
    }

    /// What a member that declares it as itself, or as linked to it, is not to read about.
    ///
    /// Where one side knows the day of birth and the other but the month or the year, it may be the same person: in
    /// doubt it is hidden.
    public var linkMarks: Set<SubjectMark> {
        var marks = marks.union(organisationMarks)
        for name in personNames {
            for day in days {
                if day.count < 10 { marks.insert(SubjectMark(of: ["person within", name, day])) }
                for part in [day] + Self.parts(of: day) where part.count < 10 {
                    marks.insert(SubjectMark(of: ["person about", name, part]))
                }
            }
        }
        return marks
    }

    private var organisationMarks: Set<SubjectMark> {
        kind == .organisation ? Set(names.map { SubjectMark(of: ["organisation", $0]) }) : []
    }

    /// The day as it is written by the rule, however it was, and without a time; or the month or year alone.
    private var days: [String] {
        identifiers.filter { $0.property == "birthDate" }.map { String($0.identifier.value.prefix(10)) }
    }

    /// The month and year that a day is in, or the year that a month is in.
    private static func parts(of day: String) -> [String] {
        [7, 4].filter { $0 < day.count }.map { String(day.prefix($0)) }
    }

    /// What it is called.
    private var names: Set<String> {
        Set(["name", "alias", "previousName"].flatMap { properties[$0] ?? [] }.map(\.foldedName)).subtracting([""])
    }

    /// What a person is called, put together from its parts as well.
    private var personNames: Set<String> {
        guard kind == .person else { return [] }
        var names = names
        for first in properties["firstName"] ?? [] {
            for last in properties["lastName"] ?? [] { names.insert("\(first) \(last)".foldedName) }
        }
        return names
    }
}

extension String {
    /// A name without what spellings differ in: case, accents, spaces, punctuation, the order of its words, initials.
    var foldedName: String {
        let words = foldedWords
        let long = words.filter { $0.count > 1 }
        return (long.isEmpty ? words : long).sorted().joined(separator: " ")
    }
}

extension IdentifierScheme {
    /// Whether a value names one thing, and not a class of them as a country or a commodity does.
    fileprivate var tellsOne: Bool {
        switch self {
        case .container, .imo, .imoCompany, .mmsi, .airWaybill, .vin, .lei, .iban, .bic, .mrz: true
        case .locode, .country, .subdivision, .jurisdiction, .hs, .unNumber, .date: false
        }
    }
}

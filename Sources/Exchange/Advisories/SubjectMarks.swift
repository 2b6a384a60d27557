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
        for zone in zones {
            if let number = zone.number { marks.insert(SubjectMark(of: ["passportNumber", number])) }
        }
        return marks
    }

    /// What an advisory about it is hidden by from whoever declared it: its marks, the names of an organisation and of
    /// whoever owns, holds or runs it, and those of a person with what is known of the birth date.
    public var conflictMarks: Set<SubjectMark> {
        var marks = marks.union(organisationMarks)
        for name in Self.keepers.flatMap({ properties[$0] ?? [] }) {
            marks.formUnion(SubjectMark.organisation(named: name))
            marks.insert(SubjectMark(of: ["person without day", name.foldedName]))
        }
        for (name, days) in people {
            marks.insert(SubjectMark(of: ["person of any day", name]))
            if days.isEmpty { marks.insert(SubjectMark(of: ["person without day", name])) }
            for day in days {
                marks.insert(SubjectMark(of: [day.count < 10 ? "person about" : "person", name, day]))
                for part in Self.parts(of: day) { marks.insert(SubjectMark(of: ["person within", name, part])) }
            }
        }
        return marks
    }

    /// What a member that declares it as itself, or as linked to it, is not to read about.
    ///
    /// Where one side knows the day of birth and the other but the month or the year, or nothing, it may be the same
    /// person: in doubt it is hidden.
    public var linkMarks: Set<SubjectMark> {
        var marks = marks.union(organisationMarks)
        for (name, days) in people {
            marks.insert(SubjectMark(of: ["person without day", name]))
            if days.isEmpty { marks.insert(SubjectMark(of: ["person of any day", name])) }
            for day in days {
                marks.insert(SubjectMark(of: [day.count < 10 ? "person within" : "person", name, day]))
                for part in [day] + Self.parts(of: day) where part.count < 10 {
                    marks.insert(SubjectMark(of: ["person about", name, part]))
                }
            }
        }
        return marks
    }

    private var organisationMarks: Set<SubjectMark> {
        guard kind == .organisation || kind == .group else { return [] }
        return spellings.reduce(into: []) { $0.formUnion(SubjectMark.organisation(named: $1)) }
    }

    /// What names whoever owns, holds or runs a thing.
    static let keepers = ["owner", "holder", "operator"]

    /// The machine-readable zones of a document, which tell its holder.
    private var zones: [MRZFields] {
        identifiers.compactMap { $0.identifier.scheme == .mrz ? MRZFields($0.identifier.value) : nil }
    }

    /// Whom it names, with what is known of each birth date: a zone does not tell the century, so it is of either.
    private var people: [(name: String, days: [String])] {
        personNames.map { ($0, days) } + zones.map { ($0.name.foldedName, $0.birthDates) }
    }

    /// The day as it is written by the rule, however it was, and without a time; or the month or year alone.
    private var days: [String] {
        identifiers.filter { $0.property == "birthDate" }.map { String($0.identifier.value.prefix(10)) }
    }

    /// The month and year that a day is in, or the year that a month is in.
    private static func parts(of day: String) -> [String] {
        [7, 4].filter { $0 < day.count }.map { String(day.prefix($0)) }
    }

    /// What it is called, as it is written.
    private var spellings: [String] { ["name", "alias", "previousName"].flatMap { properties[$0] ?? [] } }

    /// What it is called.
    private var names: Set<String> { Set(spellings.map(\.foldedName)).subtracting([""]) }

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

extension SubjectMark {
    /// The marks of an organisation by its name: as its words in any order, and as its letters in a row without the
    /// legal form, so that neither spaces nor points in it make another of it.
    static func organisation(named name: String) -> Set<SubjectMark> {
        let folded = name.foldedName
        if folded.isEmpty { return [] }
        var words = String(name.filter { $0 != "." && $0 != "'" && $0 != "\u{2019}" }).foldedWords
        while words.count > 1, legalForms.contains(words[words.count - 1]) { words.removeLast() }
        return [
            SubjectMark(of: ["organisation", folded]), SubjectMark(of: ["organisation in a row", words.joined()]),
        ]
    }

    /// Legal forms of organisations, as they stand at the end of a name, without points.
    private static let legalForms: Set<String> = [
        "ab", "ag", "as", "asa", "bhd", "bv", "bvba", "co", "company", "corp", "corporation", "doo", "dmcc",
        "ev", "fze", "fzco", "gmbh", "inc", "incorporated", "jsc", "kft", "kg", "kgaa", "limited", "llc", "llp",
        "lp", "ltd", "ltda", "mbh", "nv", "oao", "ohg", "ooo", "oy", "oyj", "pjsc", "plc", "pte", "pty", "pvt",
        "sa", "sae", "sal", "sarl", "sas", "sdn", "se", "sl", "spa", "srl", "sro", "vof", "zao",
    ]
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

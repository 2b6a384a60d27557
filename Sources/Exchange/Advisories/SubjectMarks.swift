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
        // The day as it is written by the rule, however it was, and without a time.
        let days = identifiers.filter { $0.property == "birthDate" }.map { String($0.identifier.value.prefix(10)) }
        for name in ["name", "alias", "previousName"].flatMap({ properties[$0] ?? [] }) {
            for day in days { marks.insert(SubjectMark(of: ["person", name, day])) }
        }
        return marks
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

/// A checked identifier in its canonical form: upper case, without spaces, hyphens, dots or a prefix such as `IMO`.
///
/// Only a `subdivision`, a `jurisdiction` and a `date` keep their hyphens, and an `mrz` is its lines one after another.
public struct Identifier: Hashable, Sendable {
    /// The longest text that is looked at, in bytes of UTF-8.
    public static let bytesMax = 128

    /// The rule that it was checked by.
    public let scheme: IdentifierScheme
    /// The canonical form.
    public let value: String

    /// Reads what a person or a list wrote, in either case, with or without the usual spaces and hyphens.
    /// - Throws: `IdentifierFault` for a text that the scheme's rule refuses.
    public init(_ text: String, as scheme: IdentifierScheme) throws(IdentifierFault) {
        guard text.utf8.count <= Self.bytesMax else {
            throw IdentifierFault(scheme: scheme, rule: .length("at most \(Self.bytesMax) characters"))
        }
        var reading = IdentifierReading(text, scheme)
        switch scheme {
        case .container: try reading.checkContainer()
        case .imo: try reading.checkShip()
        case .imoCompany: try reading.checkShippingCompany()
        case .mmsi: try reading.checkMMSI()
        case .airWaybill: try reading.checkAirWaybill()
        case .vin: try reading.checkVehicle()
        case .lei: try reading.checkLEI()
        case .iban: try reading.checkIBAN()
        case .bic: try reading.checkBIC()
        case .mrz: try reading.checkMRZ()
        case .locode: try reading.checkLocation()
        case .country: try reading.checkCountry()
        case .subdivision: try reading.checkSubdivision()
        case .jurisdiction: try reading.checkJurisdiction()
        case .hs: try reading.checkCommodity()
        case .unNumber: try reading.checkDangerousGoods()
        case .date: try reading.checkCalendar()
        }
        self.scheme = scheme
        value = reading.text(0..<reading.bytes.count)
    }
}

/// Why a text is no identifier of a scheme.
///
/// It never holds the text itself, which may name a person; at most the check digit that the rest of it asks for.
public struct IdentifierFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What must hold.
    public enum Rule: Hashable, Sendable {
        /// How many characters it must have, in words.
        case length(String)
        /// Which characters it must have where, in words.
        case form(String)
        /// The check digit or digits that follow from the rest; of one field, where there are several.
        case checkDigit(expected: String, of: MRZField? = nil)
        /// It must name a country by its ISO 3166-1 code.
        case country
        /// The field must be a date.
        case date(MRZField)
    }

    /// The scheme it was checked by.
    public let scheme: IdentifierScheme
    /// What must hold and does not.
    public let rule: Rule

    init(scheme: IdentifierScheme, rule: Rule) {
        self.scheme = scheme
        self.rule = rule
    }

    /// The scheme, what must hold and where that is written.
    public var description: String { "\(scheme.rawValue): \(words)" }

    /// The same after the name of a field that says what it holds.
    var words: String { "\(demand) (\(scheme.source))" }

    private var demand: String {
        switch rule {
        case .length(let length): "must have \(length)"
        case .form(let form): "must be \(form)"
        case .checkDigit(let expected, nil) where expected.utf8.count == 1: "the check digit must be \(expected)"
        case .checkDigit(let expected, nil): "the check digits must be \(expected)"
        case .checkDigit(let expected, let field?): "the check digit of the \(field.rawValue) must be \(expected)"
        case .country: "the country must be one of the two-letter codes of ISO 3166-1"
        case .date(let field): "the \(field.rawValue) must be a date, YYMMDD"
        }
    }
}

/// A field of a machine-readable zone that has a check digit.
public enum MRZField: String, CaseIterable, Sendable, Codable {
    case number = "document number"
    case birth = "date of birth"
    case expiry = "date of expiry"
    case optional = "optional data"
    case composite = "whole zone"
}

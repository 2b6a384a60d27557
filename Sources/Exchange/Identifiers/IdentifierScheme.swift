/// What kind of identifier it is, and so by which public rule it is checked.
public enum IdentifierScheme: String, CaseIterable, Sendable, Codable {
    case container, imo
    case imoCompany = "imo-company"
    case mmsi
    case airWaybill = "air-waybill"
    case vin, lei, iban, bic, mrz, locode, country, subdivision, jurisdiction, hs, date
    case unNumber = "un-number"

    /// As people call it.
    public var label: String {
        switch self {
        case .container: "container number"
        case .imo: "IMO ship number"
        case .imoCompany: "IMO company number"
        case .mmsi: "MMSI"
        case .airWaybill: "air waybill number"
        case .vin: "vehicle identification number"
        case .lei: "LEI"
        case .iban: "IBAN"
        case .bic: "BIC"
        case .mrz: "machine-readable zone"
        case .locode: "UN/LOCODE"
        case .country: "country"
        case .subdivision: "country subdivision"
        case .jurisdiction: "jurisdiction"
        case .hs: "HS code"
        case .unNumber: "UN number"
        case .date: "date"
        }
    }

    /// Where the rule is written.
    public var source: String {
        switch self {
        case .container: "ISO 6346"
        case .imo, .imoCompany: "IMO Resolution A.1117(30), IMO Circular Letter 2554"
        case .mmsi: "ITU-R M.585"
        case .airWaybill: "IATA Resolution 600a"
        case .vin: "ISO 3779, 49 CFR 565"
        case .lei: "ISO 17442"
        case .iban: "ISO 13616"
        case .bic: "ISO 9362"
        case .mrz: "ICAO Doc 9303"
        case .locode: "UN/LOCODE, UN/ECE Recommendation 16"
        case .country: "ISO 3166-1"
        case .subdivision: "ISO 3166-2"
        case .jurisdiction: "ISO 3166, FollowTheMoney"
        case .hs: "WCO Harmonized System"
        case .unNumber: "UN Model Regulations, chapter 3.2"
        case .date: "ISO 8601, FollowTheMoney"
        }
    }

    /// The scheme by which the values of a property of FollowTheMoney, or of ours, are checked; nil for one without a
    /// public rule.
    ///
    /// A property bears one name in every schema that has it and all that descend from it, so the name decides. Only
    /// `imoNumber` means two things: a ship's number in a `Vessel`, a company's in an `Organization`.
    /// `vin` and `mrz` are ours: a `Vehicle` of FollowTheMoney has its plate alone, as `registrationNumber`, an
    /// `Identification` its `number`.
    public static func scheme(ofProperty property: String, of schema: String) -> IdentifierScheme? {
        if OwnProperty.schemas.contains(schema) { return OwnProperty(rawValue: property)?.scheme }
        return switch property {
        case "imoNumber": schema == "Vessel" ? .imo : .imoCompany
        case "mmsi": .mmsi
        case "vin": .vin
        case "mrz": .mrz
        case "leiCode": .lei
        case "iban", "ibanMentioned": .iban
        case "bic", "swiftBic": .bic
        case "country", "jurisdiction", "mainCountry", "nationality", "citizenship", "birthCountry", "flag",
            "pastFlags",
            "departureCountry", "destinationCountry", "originCountry", "tradingCountry", "detectedCountry",
            "contextCountry":
            .jurisdiction
        case "birthDate", "deathDate", "incorporationDate", "dissolutionDate", "buildDate", "registrationDate",
            "deregistrationDate", "nameChangeDate", "openingDate", "closingDate", "balanceDate", "maxBalanceDate",
            "creationDate", "startDate", "endDate", "date", "createdAt", "modifiedAt", "retrievedAt":
            .date
        default: nil
        }
    }
}

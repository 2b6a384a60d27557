/// The properties by which subjects are told, and the schemes of those that are checked.
extension SubjectKind {
    /// The schemas of FollowTheMoney that may stand for it, the usual one first; for a kind that FollowTheMoney does
    /// not have, the one word that our extension uses in its place.
    public var schemas: [String] {
        switch self {
        case .person: ["Person"]
        case .organisation: ["Company", "Organization", "LegalEntity", "PublicBody"]
        case .group: ["Organization", "LegalEntity"]
        case .vessel: ["Vessel"]
        case .aircraft: ["Airplane"]
        case .vehicle: ["Vehicle"]
        case .address: ["Address"]
        case .account: ["BankAccount", "CryptoWallet"]
        case .document: ["Identification", "Passport"]
        case .container: ["Container"]
        case .consignment: ["Consignment"]
        case .route: ["Route"]
        case .method: ["Method"]
        case .jurisdiction: ["Jurisdiction"]
        }
    }

    /// The properties of a kind that FollowTheMoney does not have, which are all that it may have; nil for the others.
    public var ownProperties: [OwnProperty]? {
        switch self {
        case .container: [.containerNumber]
        case .consignment: [.airWaybill, .billOfLading, .hsDeclared, .hsSuspected, .unNumber, .area, .goods]
        case .route: [.origin, .destination, .hs]
        case .method: [.summary]
        case .jurisdiction: [.country]
        case .person, .organisation, .group, .vessel, .aircraft, .vehicle, .address, .account, .document: nil
        }
    }

    /// Whether a subject of this kind is, or leads to, a person: none of it belongs in an advisory about a method.
    public var isPersonal: Bool {
        switch self {
        case .person, .account, .document, .address: true
        case .organisation, .group, .vessel, .aircraft, .vehicle, .container, .consignment, .route, .method,
            .jurisdiction:
            false
        }
    }
}

/// A property of ours, of a subject that FollowTheMoney has no schema for.
public enum OwnProperty: String, CaseIterable, Sendable {
    /// ISO 6346.
    case containerNumber
    /// The number of an air waybill, with its check digit.
    case airWaybill
    /// The number of a bill of lading, as the carrier writes it.
    case billOfLading
    /// What the goods were declared as: a code of the Harmonized System.
    case hsDeclared
    /// What they are suspected to be: a code of the Harmonized System.
    case hsSuspected
    /// The UN number of dangerous goods.
    case unNumber
    /// The area of the World Customs Organization that the goods fall under.
    case area
    /// The goods in words.
    case goods
    /// Where a route begins: UN/LOCODE.
    case origin
    /// Where it ends: UN/LOCODE.
    case destination
    /// What is sent along it: a code of the Harmonized System.
    case hs
    /// A method in words, without personal data.
    case summary
    /// ISO 3166-1 alpha-2.
    case country

    /// What stands in place of a schema where these are the properties.
    static let schemas = Set(SubjectKind.allCases.filter { $0.ownProperties != nil }.flatMap(\.schemas))

    /// The scheme that its values are checked by; nil for words.
    public var scheme: IdentifierScheme? {
        switch self {
        case .containerNumber: .container
        case .airWaybill: .airWaybill
        case .hsDeclared, .hsSuspected, .hs: .hs
        case .unNumber: .unNumber
        case .origin, .destination: .locode
        case .country: .country
        case .billOfLading, .area, .goods, .summary: nil
        }
    }
}

/// An identifier that was checked, and the property that holds it.
public struct CheckedIdentifier: Hashable, Sendable {
    /// The property's name.
    public let property: String
    /// The identifier, in the form that its scheme writes it.
    public let identifier: Identifier
}

/// Checks the properties of one subject.
struct PropertyCheck {
    let kind: SubjectKind
    let schema: String
    private(set) var identifiers: [CheckedIdentifier] = []

    init(_ properties: [String: [String]], of kind: SubjectKind, schema: String) throws(ContentFault) {
        self.kind = kind
        self.schema = schema
        guard !properties.isEmpty else { throw ContentFault("properties", .empty) }
        guard properties.count <= Subject.propertiesMax else {
            throw ContentFault("properties", .many(countMax: Subject.propertiesMax))
        }
        for (name, values) in properties.sorted(by: { $0.key < $1.key }) {
            let field = "properties.\(name.prefix(Subject.propertyNameBytesMax))"
            let own = try checkName(name, field)
            guard !values.isEmpty else { throw ContentFault(field, .empty) }
            try ContentRule.list(values, field, countMax: Subject.valuesMax)
            for (place, value) in values.enumerated() {
                try check(value, of: name, own, "\(field)[\(place)]")
            }
        }
    }

    /// The property of ours that has this name; nil for one of FollowTheMoney.
    private func checkName(_ name: String, _ field: String) throws(ContentFault) -> OwnProperty? {
        if let own = kind.ownProperties {
            guard let property = own.first(where: { $0.rawValue == name }) else {
                throw ContentFault(field, .unknown(known: own.map(\.rawValue)))
            }
            return property
        }
        if let rule = FollowTheMoney.refusal(of: name, in: schema) { throw ContentFault(field, .form(rule)) }
        return nil
    }

    private mutating func check(
        _ value: String,
        of name: String,
        _ own: OwnProperty?,
        _ field: String
    ) throws(ContentFault) {
        try ContentRule.text(value, field, charactersMax: Subject.valueCharactersMax)
        if own == .area, CommodityArea(rawValue: value) == nil {
            let areas = CommodityArea.allCases.map(\.rawValue).joined(separator: ", ")
            throw ContentFault(field, .form("must be one of \(areas)"))
        }
        guard let scheme = IdentifierScheme.scheme(ofProperty: name, of: schema) else { return }
        do throws(IdentifierFault) {
            let identifier = try Identifier(value, as: scheme)
            identifiers.append(CheckedIdentifier(property: name, identifier: identifier))
        } catch {
            throw ContentFault(field, .identifier(error))
        }
    }
}

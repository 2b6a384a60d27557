import Exchange

/// Something exact that connects subjects: a number, an address, a route.
struct Feature: Hashable {
    enum Kind: String {
        case account, wallet, bank, address, contact, document
        case vessel, aircraft, vehicle, container, consignment
        case route, method

        /// What advisories that share one have in common; of different people with one telephone it is a tie.
        var type: LinkType {
            switch self {
            case .document: .person
            case .contact: .ties
            case .account, .wallet, .bank, .address: .institution
            case .vessel, .aircraft, .vehicle, .container, .consignment: .conveyance
            case .route, .method: .route
            }
        }

        var words: String {
            switch self {
            case .account: "the account"
            case .wallet: "the wallet"
            case .bank: "the bank"
            case .address: "the address"
            case .contact: "the telephone or e-mail"
            case .document: "the document"
            case .vessel: "the vessel"
            case .aircraft: "the aircraft"
            case .vehicle: "the vehicle"
            case .container: "the container"
            case .consignment: "the consignment"
            case .route: "the route"
            case .method: "the method"
            }
        }
    }

    let kind: Kind
    /// In a form that spellings do not differ in.
    let value: String
    /// The property that holds it.
    let field: String
    /// Whether subjects of one kind that have it are one.
    let isOwn: Bool
    /// How strongly it connects, in thousandths.
    let score: Int

    /// What it is found by, the same for the same thing in whatever property it stands.
    var text: String { "\(kind.rawValue) \(value)" }
}

extension ReferencedSubject {
    /// Features of one subject, of which the first in the order of their texts count.
    static let featuresMax = 64
    /// Characters of a feature.
    static let featureCharactersMax = 256

    /// What it is connected by, in the order of their texts, each once.
    var features: [Feature] {
        var features = contacts + addresses
        switch kind {
        case .person: features += numbers("passportNumber", .document, score: 950)
        case .organisation, .group: features += banks("swiftBic", isOwn: false)
        case .document: features += numbers("passportNumber", .document) + numbers("number", .document)
        case .account: features += accounts
        case .vessel:
            features += checked("imoNumber", .vessel) + checked("mmsi", .vessel)
            features += numbers("callSign", .vessel, digitsMin: 4, score: 800, isOwn: false)
        case .aircraft:
            features += numbers("registrationNumber", .aircraft, digitsMin: 4, score: 950)
            features += numbers("icaoCode", .aircraft, score: 950)
        case .vehicle:
            features += checked("vin", .vehicle)
            features += numbers("registrationNumber", .vehicle, digitsMin: 4, score: 800, isOwn: false)
        case .container: features += checked("containerNumber", .container)
        case .consignment:
            features += checked("airWaybill", .consignment) + numbers("billOfLading", .consignment)
        case .route: features += routes
        case .method: features += methods
        case .jurisdiction, .address: break
        }
        var known: Set<String> = []
        let usable = features.filter { (1...Self.featureCharactersMax).contains($0.value.count) }
        // Of one thing in two properties the one that says more counts.
        let sorted = usable.sorted { ($0.text, -$0.score, $0.field) < ($1.text, -$1.score, $1.field) }
        return Array(sorted.filter { known.insert($0.text).inserted }.prefix(Self.featuresMax))
    }

    // MARK: Readings

    private func checked(_ property: String, _ kind: Feature.Kind) -> [Feature] {
        guard let scheme = IdentifierScheme.scheme(ofProperty: property, of: record.schema) else { return [] }
        return record[property].compactMap { text in
            // What is no identifier connects nothing.
            guard let identifier = try? Identifier(text, as: scheme) else { return nil }
            let value = "\(scheme.rawValue) \(identifier.value)"
            return Feature(kind: kind, value: value, field: property, isOwn: true, score: 1_000)
        }
    }

    private func numbers(
        _ property: String,
        _ kind: Feature.Kind,
        digitsMin: Int = 6,
        score: Int = 1_000,
        isOwn: Bool = true
    ) -> [Feature] {
        record[property].compactMap { text in
            let value = text.uppercased().filter { $0.isLetter || $0.isNumber }
            guard value.count >= digitsMin, value.contains(where: \.isNumber) || digitsMin < 6 else { return nil }
            return Feature(kind: kind, value: value, field: property, isOwn: isOwn, score: score)
        }
    }

    private var accounts: [Feature] {
        let named = numbers("accountNumber", .account, digitsMin: 8, score: 900)
        let keys = ["publicKey", "cryptoAddress"].flatMap { property in
            record[property].map { text in
                // Upper and lower case differ in them.
                let value = text.filter { !$0.isWhitespace }
                return Feature(kind: .wallet, value: value, field: property, isOwn: true, score: 1_000)
            }
        }
        return checked("iban", .account) + named + keys + banks("bic", isOwn: false) + bankNames
    }

    /// The institution of a code alone: branches are of one bank.
    private func banks(_ property: String, isOwn: Bool) -> [Feature] {
        record[property].compactMap { text in
            guard let code = try? Identifier(text, as: .bic) else { return nil }  // As above.
            let value = String(code.value.prefix(8))
            return Feature(kind: .bank, value: value, field: property, isOwn: isOwn, score: 400)
        }
    }

    private var bankNames: [Feature] {
        record["bankName"].map { name in
            let value = name.foldedWords.joined(separator: " ")
            return Feature(kind: .bank, value: value, field: "bankName", isOwn: false, score: 350)
        }
    }

    private var contacts: [Feature] {
        let telephones = record["phone"].compactMap { text -> Feature? in
            let digits = text.filter { $0.isASCII && $0.isNumber }.drop { $0 == "0" }
            guard digits.count >= 7 else { return nil }
            return Feature(kind: .contact, value: String(digits), field: "phone", isOwn: false, score: 800)
        }
        let mails = record["email"].compactMap { text -> Feature? in
            guard text.contains("@") else { return nil }
            let value = text.lowercased().filter { !$0.isWhitespace }
            return Feature(kind: .contact, value: value, field: "email", isOwn: false, score: 800)
        }
        return telephones + mails
    }

    private var addresses: [Feature] {
        let isOwn = kind == .address
        var texts = (isOwn ? ["full", "name"] : ["address"]).flatMap { property in
            record[property].map { (property, $0) }
        }
        if isOwn {
            let parts = ["street", "city", "state", "postalCode", "country"].compactMap { record[$0].first }
            texts.append(("street", parts.joined(separator: " ")))
        }
        return texts.compactMap { property, text in
            let words = text.foldedWords
            // A town alone is many people's.
            guard words.count >= 3, words.contains(where: { $0.contains(where: \.isNumber) }) else { return nil }
            let value = words.joined(separator: " ")
            return Feature(kind: .address, value: value, field: property, isOwn: isOwn, score: 750)
        }
    }

    private var routes: [Feature] {
        func ends(_ property: OwnProperty) -> [String] {
            record[property.rawValue].compactMap { text in
                (try? Identifier(text, as: .locode))?.value  // As above.
            }
        }
        return ends(.origin).flatMap { origin in
            ends(.destination).map { destination in
                let value = "\(origin) to \(destination)"
                return Feature(kind: .route, value: value, field: "origin", isOwn: true, score: 700)
            }
        }
    }

    private var methods: [Feature] {
        record[OwnProperty.summary.rawValue].map { text in
            let value = text.foldedWords.joined(separator: " ")
            return Feature(kind: .method, value: value, field: OwnProperty.summary.rawValue, isOwn: true, score: 900)
        }
    }
}

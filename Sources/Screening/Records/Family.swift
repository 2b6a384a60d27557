/// What is compared with what: kinds of records, a bit each.
struct Family: OptionSet, Hashable, Sendable {
    let rawValue: UInt16

    static let person = Family(rawValue: 1)
    static let organisation = Family(rawValue: 2)
    static let vessel = Family(rawValue: 4)
    static let aircraft = Family(rawValue: 8)
    static let vehicle = Family(rawValue: 16)
    static let container = Family(rawValue: 32)
    static let account = Family(rawValue: 64)
    static let address = Family(rawValue: 128)
    static let document = Family(rawValue: 256)
    static let consignment = Family(rawValue: 512)
    static let all = Family(rawValue: 1_023)

    /// The schemas that are compared, in FollowTheMoney's words and ours.
    static let schemas: [String: Family] = [
        "Person": .person, "Company": .organisation, "Organization": .organisation, "PublicBody": .organisation,
        "LegalEntity": [.person, .organisation], "Vessel": .vessel, "Airplane": .aircraft, "Vehicle": .vehicle,
        "Container": .container, "BankAccount": .account, "CryptoWallet": .account, "Address": .address,
        "Identification": .document, "Passport": .document, "Consignment": .consignment,
        "Asset": [.vessel, .aircraft, .vehicle, .account], "Thing": .all,
    ]
}

extension Record {
    /// The schemas that are screened, in order.
    public static let schemas: [String] = Family.schemas.keys.sorted()

    /// Whether a schema is screened.
    public static func isSchema(_ text: String) -> Bool { Family.schemas[text] != nil }
}

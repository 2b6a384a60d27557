/// How much was seized, and what it is worth (OA-SEI).
///
/// Holding one is proof that it was checked.
public struct Seizure: Hashable, Sendable, Codable {
    /// The greatest quantity or value: up to here every whole number is told exactly.
    public static let amountMax = 9e15
    /// Characters of a unit, as code points.
    public static let unitCharactersMax = 32

    /// How much, more than 0; nil where that is not told.
    public let quantity: Double?
    /// What the quantity counts: `kg`, `l`, `pieces`; there where it is.
    public let unit: String?
    /// What it is worth, more than 0; nil where that is not told.
    public let value: Double?
    /// The currency of the value (ISO 4217), there where it is.
    public let currency: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case quantity, unit, value, currency
    }

    /// Checks and puts it together.
    public init(
        quantity: Double? = nil,
        unit: String? = nil,
        value: Double? = nil,
        currency: String? = nil
    ) throws(ContentFault) {
        try Self.check(quantity, "quantity", has: unit, "unit")
        try Self.check(value, "value", has: currency, "currency")
        guard quantity != nil || value != nil else {
            throw ContentFault("", .form("must have a quantity with its unit, a value with its currency, or both"))
        }
        if let unit { try ContentRule.text(unit, "unit", charactersMax: Self.unitCharactersMax) }
        if let currency {
            guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (65...90).contains($0) }) else {
                throw ContentFault("currency", .form("must be three capital letters of ISO 4217, such as EUR"))
            }
        }
        self.quantity = quantity
        self.unit = unit
        self.value = value
        self.currency = currency
    }

    /// Reads it strictly.
    /// - Throws: `ContentFault`.
    public init(from decoder: any Decoder) throws {
        let reader = try ContentReader(decoder, knows: CodingKeys.allCases.map(\.rawValue))
        let quantity: Double? = try reader.value("quantity", "must be a number")
        let unit: String? = try reader.value("unit", "must be a text such as kg")
        let value: Double? = try reader.value("value", "must be a number")
        let currency: String? = try reader.value("currency", "must be a text such as EUR")
        do throws(ContentFault) {
            try self.init(quantity: quantity, unit: unit, value: value, currency: currency)
        } catch {
            throw error.within(reader.path)
        }
    }

    private static func check(
        _ amount: Double?,
        _ field: String,
        has measure: String?,
        _ measureField: String
    ) throws(ContentFault) {
        guard (amount == nil) == (measure == nil) else {
            throw ContentFault(amount == nil ? field : measureField, .form("is needed: neither says much alone"))
        }
        guard let amount else { return }
        guard amount > 0, amount <= amountMax else {
            throw ContentFault(field, .form("must be a number above 0 and at most 9000000000000000"))
        }
    }
}

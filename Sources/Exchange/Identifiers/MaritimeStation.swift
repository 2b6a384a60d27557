/// What a maritime mobile service identity names, told by its first digits (ITU-R M.585-9).
public enum MaritimeStation: String, CaseIterable, Sendable, Codable {
    case ship
    case shipGroup = "ship-group"
    case coast
    /// An aircraft that takes part in search and rescue.
    case aircraft
    case handheld
    /// A distress beacon or another device that bears its maker's number and no country's.
    case device
    /// A boat that belongs to a ship.
    case craft
    case aidToNavigation = "aid-to-navigation"

    /// Nil for nine digits of which the first are given to nothing.
    init?(_ digits: [Int]) {
        guard digits.count == 9 else { return nil }
        /// Whether three digits are among those given to countries: 201 to 775.
        func isCountry(at start: Int) -> Bool {
            (201...775).contains(digits[start..<start + 3].reduce(0) { $0 * 10 + $1 })
        }
        switch (digits[0], digits[1], digits[2]) {
        case (2...7, _, _) where isCountry(at: 0): self = .ship
        case (0, 0, _) where isCountry(at: 2): self = .coast
        case (0, 0, 9) where digits == [0, 0, 9, 9, 9, 0, 0, 0, 0]: self = .coast  // All of them.
        case (0, _, _) where isCountry(at: 1): self = .shipGroup
        case (1, 1, 1) where isCountry(at: 3): self = .aircraft
        case (8, _, _) where isCountry(at: 1): self = .handheld
        case (9, 7, _): self = .device
        case (9, 8, _) where isCountry(at: 2): self = .craft
        case (9, 9, _) where isCountry(at: 2): self = .aidToNavigation
        default: return nil
        }
    }
}

extension Identifier {
    /// What an MMSI names; nil for an identifier of another scheme.
    public var station: MaritimeStation? {
        switch scheme {
        case .mmsi: MaritimeStation(value.utf8.map(\.value))
        case .container, .imo, .imoCompany, .airWaybill, .vin, .lei, .iban, .bic, .mrz, .locode, .country,
            .subdivision, .jurisdiction, .hs, .unNumber, .date:
            nil
        }
    }
}

extension IdentifierReading {
    func checkMMSI() throws(IdentifierFault) {
        try require(digits: 9)
        guard MaritimeStation(bytes.map(\.value)) != nil else {
            throw fault(
                .form("a country's digits, 201 to 775, first or after 0, 00, 111, 8, 98 or 99; or begin with 97")
            )
        }
    }
}

/// Numbers of ships, containers, consignments and vehicles.
extension IdentifierReading {
    // MARK: ISO 6346

    func checkContainer() throws(IdentifierFault) {
        let words = "the owner's three letters, then U, J or Z, a serial number of six digits and the check digit"
        try require(form: "AAAA9999999", words)
        guard "UJZ".utf8.contains(bytes[3]) else { throw fault(.form(words)) }
        let sum = bytes[..<10].enumerated().reduce(0) { $0 + Self.containerValue($1.element) << $1.offset }
        // A remainder of 10 is written 0: owners are advised to leave out the serial numbers that give one.
        try require(check: sum % 11 % 10, at: 10)
    }

    /// Letters count from 10 on without the multiples of 11.
    private static func containerValue(_ byte: UInt8) -> Int {
        byte.isDigit ? byte.value : byte.value + (byte.value - 1) / 10
    }

    // MARK: IMO

    mutating func checkShip() throws(IdentifierFault) {
        try checkIMO { bytes in Self.sum(bytes, weights: [7, 6, 5, 4, 3, 2]) % 10 }
    }

    mutating func checkShippingCompany() throws(IdentifierFault) {
        try checkIMO { bytes in (11 - Self.sum(bytes, weights: [8, 6, 4, 2, 9, 7]) % 11) % 10 }
    }

    private mutating func checkIMO(digit: ([UInt8]) -> Int) throws(IdentifierFault) {
        drop(prefix: "IMO")
        try require(digits: 7)
        // All zeros would pass, and is what some registers write for "none".
        guard bytes.contains(where: { $0.value != 0 }) else { throw fault(.form("a number other than zero")) }
        try require(check: digit(bytes), at: 6)
    }

    private static func sum(_ bytes: [UInt8], weights: [Int]) -> Int {
        zip(bytes, weights).reduce(0) { $0 + $1.0.value * $1.1 }
    }

    // MARK: Air waybill

    func checkAirWaybill() throws(IdentifierFault) {
        try require(digits: 11)
        let serial = bytes[3..<10].reduce(0) { $0 * 10 + $1.value }
        try require(check: serial % 7, at: 10)
    }

    // MARK: VIN

    func checkVehicle() throws(IdentifierFault) {
        let words = "digits and letters other than I, O and Q"
        try require(form: "XXXXXXXXXXXXXXXXX", words)
        guard !bytes.contains(where: { "IOQ".utf8.contains($0) }) else { throw fault(.form(words)) }
        // Only the makers of North America, 1 to 5, must put a check digit in position 9.
        guard (UInt8(ascii: "1")...UInt8(ascii: "5")).contains(bytes[0]) else { return }
        let values = bytes.map { $0.isDigit ? $0.value : Self.vehicleValues[$0.value - 10] }
        let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
        let remainder = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } % 11
        let expected = remainder == 10 ? "X" : "\(remainder)"
        guard text(8..<9) == expected else { throw fault(.checkDigit(expected: expected)) }
    }

    /// From A to Z (49 CFR 565.15, table IV); 0 stands for I, O and Q.
    private static let vehicleValues = [
        1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9,
    ]
}

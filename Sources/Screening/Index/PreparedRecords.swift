/// Records as they are compared, one behind the other in one array of numbers.
///
/// An object for each would take three times as much.
struct PreparedRecords: Sendable {
    private var numbers: [UInt32] = []

    /// Bytes that they take.
    var byteCount: Int { 4 * numbers.capacity }

    /// Adds one.
    /// - Returns: where it is.
    mutating func append(_ record: Prepared, _ words: inout Words) -> UInt32 {
        let place = UInt32(numbers.count)
        numbers.append(UInt32(record.families.rawValue) << 16 | UInt32(record.names.count))
        let facts = (record.identifiers.count, record.dates.count, record.countries.count)
        numbers.append(UInt32(facts.0 << 16 | facts.1 << 8 | facts.2))
        for name in record.names {
            let flags = (name.isWeak ? 1 : 0) | (name.isFull ? 2 : 0)
            numbers.append(UInt32(flags) << 16 | UInt32(name.form?.rawValue ?? 0) << 8 | UInt32(name.tokens.count))
            for token in name.tokens { numbers.append(words.number(token.word)) }
        }
        for identifier in record.identifiers {
            numbers.append(UInt32(identifier.kind.rawValue) << 24 | UInt32(identifier.value.count))
            for start in stride(from: 0, to: identifier.value.count, by: 4) {
                numbers.append(identifier.value[start...].prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) })
            }
        }
        numbers += record.dates.map { UInt32(bitPattern: $0) }
        numbers += record.countries.map { UInt32($0) }
        return place
    }

    /// The record that is there.
    func record(at place: UInt32, _ words: Words) -> Prepared {
        var place = Int(place)
        func next() -> Int {
            place += 1
            return Int(numbers[place - 1])
        }
        let head = next()
        let facts = next()
        let families = Family(rawValue: UInt16(head >> 16))
        let names = (0..<(head & 0xFFFF)).map { _ in
            let name = next()
            let tokens = (0..<(name & 0xFF)).map { _ in words[UInt32(next())] }
            return PreparedName(
                tokens,
                LegalForm(rawValue: UInt8(name >> 8 & 0xFF)),
                isWeak: name >> 16 & 1 != 0,
                isFull: name >> 16 & 2 != 0,
                isPerson: families == .person
            )
        }
        let identifiers = (0..<(facts >> 16)).compactMap { _ in
            let head = next()
            let count = head & 0xFF_FFFF
            var value: [UInt8] = []
            for start in stride(from: 0, to: count, by: 4) {
                let four = next()
                for byte in 0..<min(4, count - start) { value.append(UInt8(four >> (8 * byte) & 0xFF)) }
            }
            return PreparedIdentifier.Kind(rawValue: UInt8(head >> 24)).map { PreparedIdentifier($0, value) }
        }
        return Prepared(
            families,
            names: names,
            identifiers: identifiers,
            dates: (0..<(facts >> 8 & 0xFF)).map { _ in Int32(next()) },
            countries: (0..<(facts & 0xFF)).map { _ in UInt16(next()) }
        )
    }
}

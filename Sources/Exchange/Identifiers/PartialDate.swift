extension IdentifierReading {
    /// A year, a month or a day that there is; a day may have a time with it, as FollowTheMoney has it.
    func checkCalendar() throws(IdentifierFault) {
        let parts = bytes.prefix(10).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard [[4], [4, 2], [4, 2, 2]].contains(parts.map(\.count)), parts.joined().allSatisfy(\.isDigit) else {
            throw fault(.form("a year, a month or a day, such as 1971, 1971-02 or 1971-02-04"))
        }
        let numbers = parts.map { $0.reduce(Int64(0)) { $0 * 10 + Int64($1.value) } }
        guard numbers[0] > 0 else { throw fault(.form("in a year from 0001 on")) }
        if numbers.count > 1, !(1...12).contains(numbers[1]) { throw fault(.form("in a month from 01 to 12")) }
        if numbers.count > 2 {
            let last = Timestamp.days(in: numbers[1], of: numbers[0])
            guard (1...last).contains(numbers[2]) else {
                throw fault(.form("on a day that there is: that month ends on the \(last)th"))
            }
        }
        guard bytes.count > 10 else { return }
        let isTime = [text(0..<bytes.count), "\(text(0..<bytes.count))Z"].contains { text in
            (try? Timestamp(parsing: text)) != nil  // Whether it is one is all that is asked.
        }
        guard isTime else { throw fault(.form("a day alone, or with a time such as 1971-02-04T08:00:00Z")) }
    }
}

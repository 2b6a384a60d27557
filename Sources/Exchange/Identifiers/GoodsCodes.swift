/// Codes of goods.
extension IdentifierReading {
    /// The form and the chapter, of the international code (2, 4 or 6 digits) or a longer national one.
    ///
    /// Chapter 77 is kept for later; 98 and 99 are for national use, so in national codes only.
    mutating func checkCommodity() throws(IdentifierFault) {
        let groups = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let words = "digits, with dots only between pairs of them"
        guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isDigit) }),
            groups.dropLast().allSatisfy({ $0.count.isMultiple(of: 2) })
        else { throw fault(.form(words)) }
        bytes = Array(groups.joined())
        guard [2, 4].contains(bytes.count) || (6...10).contains(bytes.count) else {
            throw fault(.length("2, 4 or 6 digits, a national code up to 10"))
        }
        switch bytes[0].value * 10 + bytes[1].value {
        case 1...76, 78...97: break
        case 98...99 where bytes.count > 6: break
        default: throw fault(.form("of a chapter from 01 to 97 other than 77; 98 and 99 in a national code only"))
        }
    }

    /// The form only: numbers are added every two years.
    mutating func checkDangerousGoods() throws(IdentifierFault) {
        drop(prefix: "UN")
        try require(digits: 4)
    }
}

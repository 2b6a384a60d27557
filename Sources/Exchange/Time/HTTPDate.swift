extension Timestamp {
    /// Reads the date of a header field, as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7); nil for any other text.
    public init?(httpDate text: String) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        do {
            try self.init(parsing: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
        } catch {
            return nil
        }
    }
}

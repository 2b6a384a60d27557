/// A record of a list that could not be read: it costs no other.
public struct ListFault: Hashable, Sendable, CustomStringConvertible {
    /// Where it is: `line 12`, `sdn.csv line 4`.
    public let place: String
    /// What must hold.
    public let rule: String
    /// The record as it came.
    public let record: [UInt8]
    /// The same, for people to read.
    public var description: String { "\(place): \(rule)" }

    /// Puts it together from its parts.
    public init(_ place: String, _ rule: String, record: [UInt8]) {
        self.place = place
        self.rule = rule
        self.record = record
    }

    /// The same, with the file that it is in.
    func inside(_ file: String) -> ListFault { ListFault("\(file) \(place)", rule, record: record) }
}

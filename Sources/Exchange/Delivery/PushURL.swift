/// A URL that is pushed to: `https`, with a host, no credentials and no fragment.
///
/// `http` only to an address of the exchange's own host.
public struct PushURL: Hashable, Sendable, CustomStringConvertible {
    /// The longest.
    public static let charactersMax = 2_048

    /// As it was given.
    public let text: String
    /// Whether it is plain `http`.
    public let isPlain: Bool
    /// The same, for people to read.
    public var description: String { text }

    /// Reads it.
    public init(_ text: String) throws(PlaceFault) {
        guard text.utf8.count <= Self.charactersMax, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw PlaceFault(
                "url",
                "must have 1 to \(Self.charactersMax) characters of ASCII without spaces; encode others"
            )
        }
        let isPlain = text.hasPrefix("http://")
        guard isPlain || text.hasPrefix("https://") else { throw PlaceFault("url", "must begin with https://") }
        let rest = text.dropFirst(isPlain ? 7 : 8)
        let authority = rest.prefix { !"/?".contains($0) }
        guard !authority.isEmpty, !authority.contains("@"), !text.contains("#"), !text.contains("\\") else {
            throw PlaceFault("url", "must name a host, without a user, a password or a fragment")
        }
        let isLocal = ["127.0.0.1", "[::1]"].contains { host in
            authority == host || (authority.hasPrefix("\(host):") && UInt16(authority.dropFirst(host.count + 1)) != nil)
        }
        guard !isPlain || isLocal else {
            throw PlaceFault("url", "must begin with https://; http:// is for 127.0.0.1 and [::1] alone")
        }
        self.text = text
        self.isPlain = isPlain
    }
}

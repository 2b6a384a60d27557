/// What a server answered, whatever its status.
public struct WebResponse: Sendable {
    /// The status code.
    public let status: Int
    /// The header fields in the order they came, names in lower case.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]
    /// How many connections were opened for it: 0 when one was reused.
    public let connectionsOpened: Int

    /// Puts it together from its parts.
    public init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        connectionsOpened: Int = 0
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.connectionsOpened = connectionsOpened
    }

    /// The value of the first header field of a name, which is given in lower case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

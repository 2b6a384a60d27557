public import Exchange

/// A network without anybody in it.
public struct NoNetwork: Carrier {
    /// Nothing is to be said.
    public init() {}

    /// Always without an answer.
    public func perform(_ request: WebRequest) async throws(TransportFault) -> WebResponse {
        throw .unreachable(place: request.place, cause: "there is nobody")
    }
}

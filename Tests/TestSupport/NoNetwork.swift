public import Exchange

/// A network without anybody in it.
public struct NoNetwork: Carrier, MailCarrier, FileCarrier {
    /// Nothing is to be said.
    public init() {}

    /// Always without an answer.
    public func perform(_ request: WebRequest) async throws(TransportFault) -> WebResponse {
        throw .unreachable(place: request.place, cause: "there is nobody")
    }

    /// Always without an answer.
    public func send(_ mail: Mail) async throws(TransportFault) {
        throw .unreachable(place: mail.place, cause: "there is nobody")
    }

    /// Always without an answer.
    public func upload(_ bytes: [UInt8], to file: RemoteFile) async throws(TransportFault) {
        throw .unreachable(place: file.place, cause: "there is nobody")
    }

    /// Always without an answer.
    public func download(_ file: RemoteFile, to path: String) async throws(TransportFault) {
        throw .unreachable(place: file.place, cause: "there is nobody")
    }

    /// Always without an answer.
    public func list(_ folder: RemoteFile) async throws(TransportFault) -> [String] {
        throw .unreachable(place: folder.place, cause: "there is nobody")
    }
}

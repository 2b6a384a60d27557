/// What takes a request to a server and brings back its answer: the network, or a test's simulation of one.
public protocol Carrier: Sendable {
    /// Sends a request and waits for its answer.
    ///
    /// Any status is an answer; only the lack of one is a fault. When the task is cancelled the request is broken off
    /// at once.
    func perform(_ request: WebRequest) async throws(TransportFault) -> WebResponse
}

/// What hands messages to mail servers.
public protocol MailCarrier: Sendable {
    /// Hands over a message; on return the server has taken it for all recipients.
    ///
    /// When it throws, either nobody gets the message, or the fault says that it timed out or was interrupted.
    func send(_ mail: Mail) async throws(TransportFault)
}

/// What moves files to and from other hosts.
public protocol FileCarrier: Sendable {
    /// Writes a file under a name of its own (`.part` appended), then renames it.
    ///
    /// Who looks for the file finds all of it or nothing. A file that had the name is removed just before. The same
    /// call may be repeated.
    func upload(_ bytes: [UInt8], to file: RemoteFile) async throws(TransportFault)

    /// Reads a file into a new file here.
    ///
    /// There must be no such file yet; there is none after a fault.
    func download(_ file: RemoteFile, to path: String) async throws(TransportFault)

    /// The names in a folder, in no order.
    func list(_ folder: RemoteFile) async throws(TransportFault) -> [String]
}

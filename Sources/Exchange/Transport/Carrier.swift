/// What takes a request to a server and brings back its answer: the network, or a test's simulation of one.
public protocol Carrier: Sendable {
    /// Sends a request and waits for its answer.
    ///
    /// Any status is an answer; only the lack of one is a fault. When the task is cancelled the request is broken off
    /// at once.
    func perform(_ request: WebRequest) async throws(TransportFault) -> WebResponse
}

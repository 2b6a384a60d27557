/// Why there is no answer.
///
/// The text of each says what to do.
public enum TransportFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The request cannot be made as it is.
    case malformed(String)
    /// The URL's scheme is not among those allowed.
    case schemeRefused(place: String)
    /// The host has no address that may be connected to; the network is the one that it lies in.
    case addressRefused(place: String, network: String)
    /// The host's name is not known.
    case nameUnknown(place: String)
    /// No connection could be made.
    case unreachable(place: String, cause: String)
    /// The two sides could not agree on TLS: trust, name, certificate, version.
    case tls(place: String, cause: String)
    /// The client certificate or its key cannot be read, or the two do not belong together.
    case identityUnusable(cause: String)
    /// The time limit passed; the server may have acted on the request or not.
    case timedOut(place: String, limit: Duration)
    /// The server does not accept the user with this password or key.
    case loginRefused(place: String)
    /// The mail server refuses a recipient, so nobody got the message; the status is that of RFC 5321.
    case recipientRefused(place: String, recipient: String, status: Int)
    /// The mail server refuses the sender or the message.
    case mailRefused(place: String, status: Int)
    /// The host's key is not among those that are known.
    case hostKeyUnknown(place: String)
    /// The host is known under another key.
    case hostKeyChanged(place: String)
    /// The host refuses what was to be done with a file or folder.
    case fileRefused(place: String, path: String, cause: String)
    /// What came was slower than the limit for too long.
    case stalled(place: String, bytesPerSecondMin: Int, during: Duration)
    /// The answer is larger than the limit.
    case tooLarge(place: String, bodyBytesMax: Int)
    /// The connection broke, or what came was not HTTP; the server may have acted on the request or not.
    case interrupted(place: String, cause: String)
    /// The file for the answer could not be made or written.
    case notKept(path: String, cause: String)
    /// The calling task was cancelled.
    case cancelled
    /// The transport was closed before the request was made or answered.
    case closed

    /// Whether the same request may succeed later without anybody changing anything.
    public var isPassing: Bool {
        switch self {
        case .nameUnknown, .unreachable, .timedOut, .stalled, .interrupted: true
        case .recipientRefused(_, _, let status), .mailRefused(_, let status): status < 500
        case .loginRefused, .hostKeyUnknown, .hostKeyChanged, .fileRefused: false
        case .malformed, .schemeRefused, .addressRefused, .tls, .identityUnusable, .tooLarge, .notKept, .cancelled,
            .closed:
            false
        }
    }

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .malformed(let rule):
            "the request cannot be sent: \(rule)"
        case .schemeRefused(let place):
            "\(place) has a scheme that is not allowed here; use https://"
        case .addressRefused(let place, let network):
            "the host of \(place) has an address that is not public (\(network)) and is not connected to; correct the "
                + "address, or have the operator allow its network by name"
        case .nameUnknown(let place):
            "the host of \(place) is not known; check its spelling and the name service"
        case .unreachable(let place, let cause):
            "no connection to \(place) (\(cause)); check the address and that the exchange is running there"
        case .tls(let place, let cause):
            "no trusted connection to \(place) (\(cause)); check the authority file, the host's name, the client "
                + "certificate and its key, and their dates"
        case .identityUnusable(let cause):
            "the client certificate cannot be used (\(cause)); check that it and its key are there, may be read, and "
                + "belong together"
        case .timedOut(let place, let limit):
            "\(place) did not answer within \(limit); try again, and check its load if this goes on"
        case .loginRefused(let place):
            "\(place) does not accept the user; check the name and the password or key"
        case .recipientRefused(let place, let recipient, let status):
            "\(place) refuses the recipient \(recipient) (\(status)), and nobody got the message; check the address"
        case .mailRefused(let place, let status):
            "\(place) refuses the message (\(status)); check its sender, and what the server takes"
        case .hostKeyUnknown(let place):
            "the key of \(place) is not known; have its operator tell you the key and add it to the known hosts"
        case .hostKeyChanged(let place):
            "the key of \(place) is another than the known one: somebody may stand in between; ask its operator before "
                + "you change the known hosts"
        case .fileRefused(let place, let path, let cause):
            "\(place) refuses \(path) (\(cause)); check the path and the user's rights there"
        case .stalled(let place, let bytes, let duration):
            "\(place) sent less than \(bytes) bytes a second for \(duration); try again, and check its load if this "
                + "goes on"
        case .tooLarge(let place, let bodyBytesMax):
            "the answer of \(place) is larger than \(bodyBytesMax) bytes; ask for less at a time"
        case .interrupted(let place, let cause):
            "the connection to \(place) broke (\(cause)); try again"
        case .notKept(let path, let cause):
            "the answer cannot be kept in \(path) (\(cause)); check the folder and the room on its disk"
        case .cancelled:
            "cancelled before the answer came"
        case .closed:
            "the transport is closed; nothing more can be sent"
        }
    }
}

/// Why a message was not taken, in a closed set of words and a number: never what the receiver wrote.
public struct PushFault: Hashable, Sendable, CustomStringConvertible {
    /// The kind of fault.
    public enum Kind: String, CaseIterable, Sendable {
        /// The receiver answered with a status that is no success.
        case status
        /// No connection, or it broke.
        case unreachable
        /// No answer in time.
        case slow
        /// No trusted connection.
        case tls
        /// The exchange's own certificate for it, or its key, cannot be used.
        case identity
        /// The address may not be connected to, or the request cannot be made.
        case forbidden
        /// The server does not accept the user.
        case login
        /// The host's key is not the one that the member gave.
        case hostKey = "host-key"
        /// The host refuses the file.
        case file
        /// The answer is none that TAXII 2.1 knows.
        case answer
        /// The server took the message, but not this object.
        case object
        /// The same of another exchange: its marking is stricter than what was agreed on there.
        case marking
        /// The same: it was not agreed on there that this comes.
        case agreement
        /// The same: it is signed with a key that does not count there.
        case key
        /// The server has it, and has not dealt with it for too long.
        case pending
        /// The exchange sends no mail.
        case noMail = "no-mail"
        /// The credential that the exchange keeps cannot be opened.
        case sealed
    }

    /// What it was.
    public let kind: Kind
    /// The status, where there was one; otherwise 0.
    public let status: Int

    /// Puts it together from its parts.
    public init(_ kind: Kind, status: Int = 0) {
        self.kind = kind
        self.status = status
    }

    /// For people to read.
    public var description: String {
        switch kind {
        case .status: "answered with status \(status)"
        case .unreachable: "could not be reached, or broke the connection off"
        case .slow: "did not answer in time"
        case .tls: "could not be trusted: check its certificate and its name"
        case .identity:
            "was not sent to: the certificate that the exchange shows there, or its key, cannot be read, or the two do "
                + "not belong together"
        case .forbidden: "has an address that is not public: the operator of this exchange may name its network"
        case .login: "does not let the exchange in: check the credential, or that its key is authorised"
        case .hostKey: "shows another host key than the one that you gave: somebody may stand in between"
        case .file: "refuses the file: check that the folder is there and may be written to"
        case .answer: "answered with something else than TAXII 2.1: check the URL"
        case .object: "took the message, but not this object"
        case .marking: "did not take it: its marking is stricter than was agreed on there"
        case .agreement: "did not take it: it was not agreed on there that this comes"
        case .key:
            "did not take it: it is signed with a key that does not count there, or not yet; have its operator add the "
                + "key, from when it was used first"
        case .pending: "has not dealt with it for an hour; its status may tell later"
        case .noMail: "is reached by mail, which this exchange no longer sends; ask its operator"
        case .sealed: "has a credential that the exchange can no longer open; make it again"
        }
    }
}

/// What a receiver's answer to a message means.
public enum PushAnswer: Hashable, Sendable {
    /// It has it.
    case accepted
    /// It has it, but for the objects at these ticks, which it will not have.
    case partly(refused: [Tick], PushFault)
    /// It has it, and has not dealt with it yet; what becomes of it will be told under this status.
    case pending(status: String)
    /// It is gone for good.
    case gone
    /// It will not have this message; it may have others.
    case refused(PushFault)
    /// It may have the same message later; it may have said after how long at the least.
    case failed(PushFault, wait: Duration?)

    /// Whether the receiver has the whole of it, whatever it makes of that.
    public var isTaken: Bool {
        switch self {
        case .accepted, .pending: true
        case .partly, .gone, .refused, .failed: false
        }
    }

    /// Whether the message was larger than the receiver takes (RFC 9110 §15.5.14).
    public var isTooLarge: Bool { self == .refused(PushFault(.status, status: 413)) }

    /// Reads a status and the header field `Retry-After` in seconds (RFC 9110 §10.2.3, §15).
    public init(status: Int, retryAfter: String?) {
        let fault = PushFault(.status, status: status)
        switch status {
        case 200..<300: self = .accepted
        case 410: self = .gone
        case 400, 406, 409, 411, 413, 414, 415, 422, 431: self = .refused(fault)
        default:
            let seconds = retryAfter.flatMap { UInt32($0.trimming(" ")) }
            self = .failed(fault, wait: seconds.map { .seconds(Int64($0)) })
        }
    }

    /// Reads why there was no answer.
    public init(_ fault: TransportFault) {
        self =
            switch fault {
            case .timedOut, .stalled: .failed(PushFault(.slow), wait: nil)
            case .tls: .failed(PushFault(.tls), wait: nil)
            case .identityUnusable: .failed(PushFault(.identity), wait: nil)
            case .nameUnknown, .unreachable, .interrupted, .tooLarge, .notKept, .cancelled, .closed:
                .failed(PushFault(.unreachable), wait: nil)
            case .loginRefused: .failed(PushFault(.login), wait: nil)
            case .hostKeyUnknown, .hostKeyChanged: .failed(PushFault(.hostKey), wait: nil)
            case .fileRefused: .failed(PushFault(.file), wait: nil)
            case .recipientRefused(_, _, let status) where status >= 500: .gone
            case .mailRefused(_, let status) where status >= 500: .refused(PushFault(.status, status: status))
            case .recipientRefused(_, _, let status), .mailRefused(_, let status):
                .failed(PushFault(.status, status: status), wait: nil)
            case .malformed, .schemeRefused, .addressRefused: .failed(PushFault(.forbidden), wait: nil)
            }
    }
}

extension String {
    fileprivate func trimming(_ character: Character) -> Substring {
        let start = drop { $0 == character }
        let end = start.lastIndex { $0 != character }
        return end.map { start[...$0] } ?? start.prefix(0)
    }
}

public import Exchange

/// An authenticated caller, for the length of one request.
public struct Session: Sendable {
    public let reader: Reader
    let credential: Credential
    /// The state of the directory by which it was authenticated.
    let revision: Int

    public var principal: Principal { reader.principal }
    public var member: Member { reader.member }
}

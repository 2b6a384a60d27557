public import Exchange

/// An authenticated caller, for the length of one request.
public struct Session: Sendable {
    /// The same, as the access decision sees it.
    public let reader: Reader
    /// What it showed.
    public let credential: Credential
    /// The directory by which it was authenticated: once there is another, what the caller may do is decided anew.
    public let directory: Directory

    /// Who acts.
    public var principal: Principal { reader.principal }
    /// Whom the principal acts for.
    public var member: Member { reader.member }
}

public import Exchange

/// An authenticated caller, for the length of one request.
///
/// A class, though nothing of it ever changes, because every request hands it on a dozen times, and it is many values.
public final class Session: Sendable {
    /// The same, as the access decision sees it.
    public let reader: Reader
    /// What it showed.
    public let credential: Credential
    /// The directory by which it was authenticated: once there is another, what the caller may do is decided anew.
    public let directory: Directory

    init(reader: Reader, credential: Credential, directory: Directory) {
        self.reader = reader
        self.credential = credential
        self.directory = directory
    }

    /// The same, for one of the purposes that its credential is bound to; nil for any other.
    public func acting(for purpose: Purpose) -> Session? {
        guard credential.purposes.contains(purpose) else { return nil }
        var reader = reader
        reader.purpose = purpose
        return Session(reader: reader, credential: credential, directory: directory)
    }

    /// Who acts.
    public var principal: Principal { reader.principal }
    /// Whom the principal acts for.
    public var member: Member { reader.member }
}

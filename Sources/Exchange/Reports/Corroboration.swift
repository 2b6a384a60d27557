import Crypto

/// What a member saw by itself, committed by a digest before it tells: proof that it knew without reading.
public struct Observation: Hashable, Sendable {
    /// Bytes of a salt, at least: a digest of little content could be guessed otherwise.
    public static let saltBytesMin = 16
    /// Bytes of a salt, at most.
    public static let saltBytesMax = 64
    /// Bytes of a digest.
    public static let digestBytes = 32

    /// Its id.
    public let id: ID<Observation>
    /// Whose it is.
    public let member: ID<Member>
    /// SHA-256 of salt and text.
    public let digest: [UInt8]
    /// When it was committed: its place in the journal.
    public let committed: Tick

    /// Puts it together from its parts.
    public init(id: ID<Observation>, member: ID<Member>, digest: [UInt8], committed: Tick) {
        self.id = id
        self.member = member
        self.digest = digest
        self.committed = committed
    }

    /// The digest that a text is committed by.
    public static func digest(of text: String, salt: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: salt + Array(text.utf8)))
    }
}

/// Decides whether what a member says confirms an advisory on its own, or repeats it.
///
/// No count and no verdict of many follows from it: each stands by itself.
public enum Corroboration {
    /// Why something is no more than a sighting.
    public enum Shortfall: String, CaseIterable, Sendable, Codable {
        /// The one who confirms and the originator have one owner.
        case sameGroup = "same-group"
        /// It says itself that it comes from the advisory.
        case sharedOrigin = "shared-origin"
        /// Somebody of its group was given the advisory before it committed what it saw.
        case readBefore = "read-before"
        /// It says nothing of a subject that the advisory does not say.
        case nothingNew = "nothing-new"
    }

    /// Nil where it is independent; else the first reason why it is not.
    /// - Parameters:
    ///   - firstGiven: when anybody of the group of the one who confirms was first given anything of the advisory.
    public static func shortfall(
        of content: ReportContent,
        committed: Tick,
        by group: Name,
        to advisory: Advisory,
        from originatorGroup: Name,
        firstGiven: Tick?
    ) -> Shortfall? {
        if group == originatorGroup { return .sameGroup }
        if let origin = content.advisory, origin == advisory.reference { return .sharedOrigin }
        if let firstGiven, firstGiven < committed { return .readBefore }
        let known = Set(advisory.content.subjects.flatMap(\.facts))
        return Set(content.subjects.flatMap(\.facts)).isSubset(of: known) ? .nothingNew : nil
    }
}

extension Subject {
    /// All that it says, each property with a value, upper and lower case alike.
    fileprivate var facts: [String] {
        properties.flatMap { name, values in values.map { "\(name)=\($0.lowercased().filter { !$0.isWhitespace })" } }
    }
}

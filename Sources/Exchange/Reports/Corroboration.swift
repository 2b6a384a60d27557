import Crypto

/// What a member saw by itself, committed by a digest before it tells: proof that it knew without reading.
public struct Observation: Hashable, Sendable {
    /// Bytes of a salt, at least: a digest of little content could be guessed otherwise.
    public static let saltBytesMin = 16
    /// Bytes of a salt, at most.
    public static let saltBytesMax = 64
    /// Bytes of a digest.
    public static let digestBytes = 32
    /// How many an ownership group commits within a day of 24 hours: what was seen, and not all that may be.
    public static let perDayMax = 200

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

/// What was committed, as it is told: byte for byte.
public struct ObservedText: Sendable {
    /// The JSON of the content.
    public let text: String
    /// What that says.
    public let content: ReportContent
    /// What its digest was salted with.
    public let salt: [UInt8]

    /// Puts it together from its parts.
    public init(_ text: String, _ content: ReportContent, salt: [UInt8]) {
        self.text = text
        self.content = content
        self.salt = salt
    }

    /// What it was committed by.
    public var digest: [UInt8] { Observation.digest(of: text, salt: salt) }
}

/// Decides whether what a member says confirms an advisory on its own, or repeats it.
///
/// No count and no verdict of many follows from it: each stands by itself.
public enum Corroboration {
    /// Why something is no more than a sighting.
    public enum Shortfall: String, CaseIterable, Sendable, Codable {
        /// The one who confirms and the originator have one owner.
        case sameGroup = "same-group"
        /// It says itself that it comes from the advisory, or the two may have one origin: its group and the
        /// originator's told each other of such a subject before.
        case sharedOrigin = "shared-origin"
        /// Somebody of its group was given the advisory, or such a subject in another, before it committed what it saw.
        case readBefore = "read-before"
        /// It is of no subject that the advisory is about, as far as identifiers, or name and birth date, tell.
        case otherSubject = "other-subject"
        /// It says nothing of such a subject that the advisory does not say.
        case nothingNew = "nothing-new"
        /// Its group corroborated the advisory before, which counts once.
        case countedBefore = "counted-before"
    }

    /// What a confirmation is.
    public enum Finding: Hashable, Sendable {
        case corroborated
        /// No more than that somebody saw it too: the first reason why, as far as the one who confirms may know.
        case sighting(Shortfall?)
    }

    /// What it is that a member tells of an advisory that it was given.
    ///
    /// - Parameters:
    ///   - firstGiven: when anybody of the group of the one who confirms was first given anything of the advisory.
    ///   - provenance: what the two may have it from; nil where the member was not given all of the full rendition as
    ///     it is now: of what it does not know it is told nothing, so that nobody finds out by guesses whom it names.
    public static func finding(
        of content: ReportContent,
        committed: Tick,
        to advisory: Advisory,
        firstGiven: Tick?,
        provenance: Provenance?
    ) -> Finding {
        guard let provenance else { return .sighting(nil) }
        if provenance.group == provenance.originator { return .sighting(.sameGroup) }
        if let origin = content.advisory, origin == advisory.reference { return .sighting(.sharedOrigin) }
        if firstGiven.map({ $0 < committed }) ?? false || provenance.isRead { return .sighting(.readBefore) }
        let shared = content.subjects.filter { !$0.marks.isDisjoint(with: provenance.marks) }
        if shared.isEmpty { return .sighting(.otherSubject) }
        // Who is to be protected is in no rendition.
        let known = Set(advisory.content.shown.flatMap(\.facts))
        if Set(shared.flatMap(\.facts)).isSubset(of: known) { return .sighting(.nothingNew) }
        return provenance.isShared ? .sighting(.sharedOrigin) : .corroborated
    }
}

extension Subject {
    /// All that it says, each property with a value, upper and lower case alike.
    fileprivate var facts: [String] {
        properties.flatMap { name, values in values.map { "\(name)=\($0.lowercased().filter { !$0.isWhitespace })" } }
    }
}

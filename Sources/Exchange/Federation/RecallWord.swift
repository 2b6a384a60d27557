internal import Crypto
internal import Foundation

/// What an exchange tells another of who acknowledged a recall: a note that goes the way of what is pushed, and is kept
/// in no pool.
public struct RecallWord: Hashable, Sendable {
    /// The exchange that released what was recalled.
    public let origin: ID<Peer>
    /// The release.
    public let release: ID<Release>
    /// What is told.
    public let report: RecallReport

    /// Puts it together from its parts.
    public init(origin: ID<Peer>, release: ID<Release>, report: RecallReport) {
        self.origin = origin
        self.release = release
        self.report = report
    }

    /// Reads a note; nil for any other object.
    /// - Throws: `STIXFault` for one that tells of a recall, and does not say it right.
    public init?(_ object: JSON.Value) throws(STIXFault) {
        guard object["type"]?.string == "note", let value = object["extensions"]?[FederationExtension.id]?["word"]
        else { return nil }
        let reader = StatementReader(value, at: "extensions.\(FederationExtension.id).word")
        origin = try reader.id("exchange")
        release = try reader.id("release")
        let tick = Tick(microseconds: Int64(try reader.integer("tick", in: 0...Self.tickMax)))
        guard value["elsewhere"] == nil else {
            guard try reader.boolean("elsewhere") else { throw reader.fault("elsewhere", "must be true, or left out") }
            report = RecallReport(.elsewhere, tick: tick)
            return
        }
        var tally = RecallTally()
        tally.holders = try reader.integer("holders", in: 0...Self.countMax)
        tally.acknowledged = try reader.integer("acknowledged", in: 0...Self.countMax)
        tally.awaited = try reader.integer("awaited", in: 0...Self.countMax)
        guard tally.acknowledged <= tally.holders else {
            throw reader.fault("acknowledged", "must be no more than holders")
        }
        report = RecallReport(.counted(tally), tick: tick)
    }

    /// The most that one tally may count.
    public static let countMax: Int64 = 1_000_000_000
    /// Integers of JSON are exact up to here (RFC 8785): the year 2255 in microseconds.
    private static let tickMax: Int64 = 9_007_199_254_740_991

    /// The object.
    /// - Parameters:
    ///   - exchange: who tells it.
    ///   - object: an object of what was recalled.
    public func bytes(from exchange: ID<Peer>, about object: STIXID) -> [UInt8] {
        let tick = report.tick
        var members: [(key: String, text: String?)] = []
        let words: String
        switch report.word {
        case .elsewhere:
            members = [("elsewhere", "true")]
            words = "The copy here came from elsewhere first, and is counted there."
        case .counted(let tally):
            members = [
                ("acknowledged", String(tally.acknowledged)), ("awaited", String(tally.awaited)),
                ("holders", String(tally.holders)),
            ]
            words = "\(tally.acknowledged) of \(tally.holders) acknowledged; \(tally.awaited) exchanges are awaited."
        }
        members += [
            ("exchange", CanonicalText.string(origin.text)), ("release", CanonicalText.string(release.text)),
            ("tick", String(tick.microseconds)),
        ]
        let word = CanonicalText.object(members.sorted { $0.key < $1.key })
        let time = CanonicalText.string(tick.text)
        let name = Array("\(exchange.text)/\(origin.text)/\(release.text)/\(tick.microseconds)/\(word)".utf8)
        let details = CanonicalText.object([
            ("extension_type", CanonicalText.string("property-extension")), ("word", word),
        ])
        let text = CanonicalText.object([
            ("content", CanonicalText.string(words)), ("created", time),
            ("created_by_ref", CanonicalText.string("identity--\(exchange.text)")),
            ("extensions", CanonicalText.object([(FederationExtension.id, details)])),
            ("id", CanonicalText.string("note--\(UUID(SHA256.hash(data: name), version: 8).text)")), ("modified", time),
            ("object_refs", CanonicalText.list([CanonicalText.string(object.text)])),
            ("spec_version", CanonicalText.string("2.1")), ("type", CanonicalText.string("note")),
        ])
        return Array(text.utf8)
    }
}

extension SignedRelease {
    /// As it is kept: the release and its custody in canonical form.
    public var kept: [UInt8] {
        let text = CanonicalText.object([
            ("custody", CanonicalText.list(custody.map { String(decoding: $0.canonical, as: UTF8.self) })),
            ("release", String(decoding: signed.canonical, as: UTF8.self)),
        ])
        return Array(text.utf8)
    }

    /// Reads what was kept.
    /// - Throws: `STIXFault` or `JSONFault` for anything else.
    public init(kept bytes: [UInt8]) throws {
        let root = try JSON(parsing: bytes, limits: JSON.Limits(depthMax: .max)).root
        let reader = StatementReader(root, at: "")
        let custody = try (root["custody"]?.elements ?? []).enumerated().map { place, hop in
            try Signed<Hop>(reading: hop, at: "custody[\(place)]")
        }
        self.init(try Signed<Release>(reading: try reader.member("release"), at: "release"), custody: custody)
    }
}

extension Label {
    /// Whether what bears it may go to other exchanges, by itself: what its readers are, beside its marking, is not to
    /// be said there.
    public var mayFederate: Bool {
        guard scope == nil, passage == nil, cohort == 0 else { return false }
        guard let terms else { return true }
        // Codes alone do not say what they may be used for.
        let isSaid = terms.rendition != .nonNominal || terms.purposes.isSuperset(of: Purpose.usual)
        return terms.rendition != .stub && terms.compartment == nil && terms.caveats.isSubset(of: Self.carried)
            && isSaid && !terms.isWeak && !terms.isProtected
    }

    /// Caveats that narrow no readership: they are for readers to heed, wherever they are.
    private static let carried: Set<HandlingCaveat> = [.crimePrevention, .notInCourt, .other, .noVictim]
}

extension Label.Terms {
    /// Takes over what an object of another exchange's advisory says of who may read it, and what for.
    public mutating func take(_ object: JSON.Value) {
        let said = object["extensions"]?[AdvisoryExtension.id]
        if let words = said?["purposes"]?.elements {
            purposes = Set(words.compactMap { $0.string.flatMap(Purpose.init) })
        }
        caveats.formUnion((said?["caveats"]?.elements ?? []).compactMap { $0.string.flatMap(HandlingCaveat.init) })
        subjects.formUnion(Subject.conflictMarks(of: object))
    }
}

extension Subject {
    /// What an object of another exchange's advisory is about, for the conflict of a reader with a subject; none for
    /// one that is about nobody.
    static func conflictMarks(of object: JSON.Value) -> Set<SubjectMark> {
        let stated = object["extensions"]?[ListExtension.subject]
        guard let word = object["extensions"]?[AdvisoryExtension.id]?["subject"]?.string,
            let kind = SubjectKind(rawValue: word)
        else { return [] }
        var properties: [String: [String]] = [:]
        for (name, values) in stated?["properties"]?.members ?? [] {
            properties[name] = values.elements.compactMap(\.string)
        }
        // What breaks a rule of subjects has no marks: it was checked where it was released.
        return (try? Subject(kind, key: "s", properties: properties))?.conflictMarks ?? []
    }
}

/// On what terms an advisory may be read and used.
public struct AdvisoryTerms: Hashable, Sendable, Codable {
    /// Its marking; nil for the default of its pool.
    public let marking: TLP?
    /// Identities of the members and principals that it is for, sorted; none for all whom the marking lets read.
    public let addressees: [STIXID]
    /// What its marking asks beside the level.
    public let caveats: Set<HandlingCaveat>
    /// What it may be used for; at least one.
    public let purposes: Set<Purpose>
    /// Nobody but its originator reads it before.
    public let embargo: Timestamp?
    /// The compartment whose holders alone may read it.
    public let compartment: Name?
    /// Whom a danger concerns; of safety advisories alone.
    public let affected: AffectedPopulation?
    /// When it expires unless it is reviewed; nil for what the pool has.
    public let review: Timestamp?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case marking, addressees, caveats, purposes, embargo, compartment, affected, review
    }

    /// Checks and puts it together.
    public init(
        marking: TLP? = nil,
        addressees: [STIXID] = [],
        caveats: Set<HandlingCaveat> = [],
        purposes: Set<Purpose> = Purpose.usual,
        embargo: Timestamp? = nil,
        compartment: Name? = nil,
        affected: AffectedPopulation? = nil,
        review: Timestamp? = nil
    ) throws(ContentFault) {
        try ContentRule.list(addressees, "addressees", countMax: STIXObject.addresseesMax)
        if let place = addressees.firstIndex(where: { $0.type != "identity" }) {
            throw ContentFault("addressees[\(place)]", .form("must be the identity id of a member or principal"))
        }
        guard !purposes.isEmpty else { throw ContentFault("purposes", .empty) }
        self.marking = marking
        self.addressees = addressees.sorted()
        self.caveats = caveats
        self.purposes = purposes
        self.embargo = embargo
        self.compartment = compartment
        self.affected = affected
        self.review = review
    }

    /// Reads it strictly.
    /// - Throws: `ContentFault`.
    public init(from decoder: any Decoder) throws {
        let reader = try ContentReader(decoder, knows: CodingKeys.allCases.map(\.rawValue))
        let marking: TLP? = try reader.value("marking", "must be a TLP code")
        let addressees: [STIXID] = try reader.value("addressees", "must be a list of identity ids") ?? []
        let caveats: [HandlingCaveat] = try reader.words("caveats")
        let given: [String]? = try reader.value("purposes", "must be a list of codes")
        let purposes: [Purpose] = try reader.words("purposes")
        let embargo: Timestamp? = try reader.value("embargo", "must be a time of RFC 3339")
        let compartment: Name? = try reader.value("compartment", "must be a name")
        let affected: AffectedPopulation? = try reader.value("affected", "must be an object")
        let review: Timestamp? = try reader.value("review", "must be a time of RFC 3339")
        do throws(ContentFault) {
            try self.init(
                marking: marking,
                addressees: addressees,
                caveats: Set(caveats),
                purposes: given == nil ? Purpose.usual : Set(purposes),
                embargo: embargo,
                compartment: compartment,
                affected: affected,
                review: review
            )
        } catch {
            throw error.within(reader.path)
        }
    }

    /// Writes it; sets in the order of their codes.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encodeIfPresent(marking, forKey: .marking)
        if !addressees.isEmpty { try fields.encode(addressees, forKey: .addressees) }
        if !caveats.isEmpty { try fields.encode(caveats.sorted(), forKey: .caveats) }
        try fields.encode(purposes.sorted(), forKey: .purposes)
        try fields.encodeIfPresent(embargo, forKey: .embargo)
        try fields.encodeIfPresent(compartment, forKey: .compartment)
        try fields.encodeIfPresent(affected, forKey: .affected)
        try fields.encodeIfPresent(review, forKey: .review)
    }

    /// Refuses terms that do not fit the kind of the advisory, or what it says.
    public func check(as kind: AdvisoryKind, of content: AdvisoryContent) throws(ContentFault) {
        guard affected == nil || kind == .safety else {
            throw ContentFault("affected", .form("is for \(AdvisoryKind.safety.rawValue) alone; leave it out"))
        }
        guard affected == nil || content.tearline != nil else {
            let rule = "needs content.tearline: it is what those in danger are given; write one, or leave it out"
            throw ContentFault("affected", .form(rule))
        }
    }
}

/// Whom a danger concerns: kinds of members, and members by themselves.
public struct AffectedPopulation: Hashable, Sendable, Codable {
    /// Members named by themselves.
    public static let membersMax = 1_000

    /// All members of these kinds.
    public let kinds: Set<MemberKind>
    /// These members.
    public let members: Set<ID<Member>>

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case kinds, members
    }

    /// Checks and puts it together.
    public init(kinds: Set<MemberKind> = [], members: Set<ID<Member>> = []) throws(ContentFault) {
        guard !kinds.isEmpty || !members.isEmpty else { throw ContentFault("", .empty) }
        guard members.count <= Self.membersMax else {
            throw ContentFault("members", .many(countMax: Self.membersMax))
        }
        self.kinds = kinds
        self.members = members
    }

    /// Reads it strictly.
    /// - Throws: `ContentFault`.
    public init(from decoder: any Decoder) throws {
        let reader = try ContentReader(decoder, knows: CodingKeys.allCases.map(\.rawValue))
        let kinds: [MemberKind] = try reader.words("kinds")
        let members: [ID<Member>] = try reader.value("members", "must be a list of members' ids") ?? []
        do throws(ContentFault) {
            try ContentRule.list(members, "members", countMax: Self.membersMax)
            try self.init(kinds: Set(kinds), members: Set(members))
        } catch {
            throw error.within(reader.path)
        }
    }

    /// Writes it; sets in the order of their codes.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        if !kinds.isEmpty { try fields.encode(kinds.sorted { $0.rawValue < $1.rawValue }, forKey: .kinds) }
        if !members.isEmpty { try fields.encode(members.sorted(), forKey: .members) }
    }

    /// Whether it holds a member.
    public func contains(_ member: Member) -> Bool {
        kinds.contains(member.kind) || members.contains(member.id)
    }
}

import Crypto

/// One valid object of STIX 2.1, kept as the bytes that came.
public struct STIXObject: Sendable {
    /// The version of an object: `modified`, else `created`.
    public struct Version: Hashable, Sendable {
        /// As it came.
        public let text: String
        /// The same, to be compared.
        public let instant: Timestamp
    }

    /// The extension that carries the addressees of an object.
    public static let addressing = "extension-definition--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c11"
    /// How many addressees one object may have.
    public static let addresseesMax = 256

    /// Its id.
    public let id: STIXID
    /// The bytes that came, without white space outside strings.
    public let bytes: [UInt8]
    /// SHA-256 of the canonical form (RFC 8785): the same for every encoding of the same object.
    public let digest: [UInt8]
    /// Nil for an object with neither `modified` nor `created`.
    public let version: Version?
    /// When its first version was made; nil for what has none.
    public let created: Timestamp?
    /// Whether it was revoked.
    public let isRevoked: Bool
    /// Its author; nil when it has none.
    public let createdBy: STIXID?
    /// The strictest TLP among all its markings, those of single properties included; nil when it has none.
    public let marking: TLP?
    /// The identities that it is addressed to, sorted, each once.
    public let addressees: [STIXID]

    /// What is wrong with the properties of the subject that our own extension tells of, each with its property.
    public let subjectFaults: [String]

    /// The type.
    public var type: String { id.type }

    /// Whether it is an opinion that disagrees (STIX 2.1 §4.14, opinion-enum).
    public let isDisagreement: Bool

    /// Whether it gives itself out as a rendition of an advisory: the exchange alone makes those.
    public let isRendition: Bool

    /// Checks all that STIX 2.1 says of an object by itself.
    ///
    /// Unknown types and properties are kept.
    /// - Throws: `STIXFault` naming the property, the rule and its source.
    public init(_ value: JSON.Value) throws(STIXFault) {
        let check = try STIXCheck(value)
        let (first, last) = try check.common()
        try check.values()
        try check.ofItsType()
        let markings = try check.markings()
        id = check.id
        bytes = value.compact()
        digest = Array(SHA256.hash(data: value.canonical()))
        created = first?.instant
        version = last ?? first
        isRevoked = value["revoked"]?.boolean ?? false
        createdBy = value["created_by_ref"]?.string.flatMap(STIXID.parsed)
        marking = markings.compactMap(TLP.marking).max()
        addressees = try check.addressees()
        subjectFaults = check.subjectFaults()
        isDisagreement = ["disagree", "strongly-disagree"].contains(value["opinion"]?.string)
        isRendition = value["extensions"]?[AdvisoryExtension.id]?["rendition"] != nil
    }
}

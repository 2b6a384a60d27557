/// What a member releases: the versions of objects that go together, under one label.
///
/// It is what moves between exchanges. Its objects have one readership, so that nobody learns of an object from the
/// list who may not see it.
public struct Release: Statement {
    /// What it is for.
    public enum Purpose: String, CaseIterable, Sendable, Codable {
        /// New objects.
        case release
        /// Other versions of what was released under the same id.
        case correction
        /// What was released is withdrawn: each object is revoked and says nothing any more.
        case recall
        /// The same, and whoever holds it erases it.
        case erasure

        /// Whether it takes back what was released, for good.
        public var isEnd: Bool {
            switch self {
            case .release, .correction: false
            case .recall, .erasure: true
            }
        }
    }

    /// Who signed it.
    public enum Signer: String, CaseIterable, Sendable {
        /// The member itself.
        case member
        /// The exchange that the member belongs to, on its behalf.
        case exchange
    }

    /// One version of an object.
    public struct Entry: Hashable, Sendable {
        /// The object.
        public let id: STIXID
        /// Its version as STIX writes it; nil for an object without `modified` and `created`.
        public let modified: String?
        /// SHA-256 of its canonical form.
        public let digest: [UInt8]

        /// Names a version of an object.
        public init(_ object: STIXObject) {
            id = object.id
            modified = object.version?.text
            digest = object.digest
        }

        /// Puts it together from its parts.
        public init(id: STIXID, modified: String?, digest: [UInt8]) {
            self.id = id
            self.modified = modified
            self.digest = digest
        }
    }

    /// How many objects one release may have.
    public static let objectsMax = 1_000
    /// How often one release may be corrected.
    public static let numberMax: Int64 = 1_000_000
    static let digestBytes = 32

    /// Which release: the same for the first and for what corrects and withdraws it.
    public let id: ID<Release>
    /// The first has 1; each that corrects or withdraws it has the next.
    public let number: Int
    /// What it is for.
    public let purpose: Purpose
    /// The exchange that released it.
    public let exchange: ID<Peer>
    /// The member that released it; nil where the exchange does not say which.
    public let member: ID<Member>?
    /// Who signed it.
    public let signer: Signer
    /// When.
    public let released: Timestamp
    /// The marking under which it was released: no object has a stricter one.
    public let marking: TLP
    /// The objects.
    public let objects: [Entry]

    /// Puts it together from its parts.
    public init(
        id: ID<Release>,
        number: Int,
        purpose: Purpose,
        exchange: ID<Peer>,
        member: ID<Member>?,
        signer: Signer,
        released: Timestamp,
        marking: TLP,
        objects: [Entry]
    ) {
        self.id = id
        self.number = number
        self.purpose = purpose
        self.exchange = exchange
        self.member = member
        self.signer = signer
        self.released = released
        self.marking = marking
        self.objects = objects
    }

    /// Whose key must have signed it.
    public var holder: KeyHolder {
        switch (signer, member) {
        case (.member, let member?): .member(member, of: exchange)
        case (.member, nil), (.exchange, _): .exchange(exchange)
        }
    }

    /// Reads what was written.
    public init(reading value: JSON.Value, at path: String) throws(STIXFault) {
        let reader = StatementReader(value, at: path)
        id = try reader.id("id")
        number = try reader.integer("number", in: 1...Self.numberMax)
        purpose = try reader.word("purpose")
        exchange = try reader.id("exchange")
        member = try reader.optional("member") { (name) throws(STIXFault) in try reader.id(name) }
        signer = try reader.word("signer")
        released = try reader.time("released")
        marking = try reader.marking("marking")
        guard (number == 1) == (purpose == .release) else {
            throw reader.fault("number", "must be 1 in a release, and more in what corrects or withdraws one")
        }
        guard signer == .exchange || member != nil else {
            throw reader.fault("member", "must be there where the member signed")
        }
        var entries: [Entry] = []
        for (place, element) in try reader.elements("objects", countMax: Self.objectsMax).enumerated() {
            entries.append(try Entry(reading: element, at: reader.path("objects[\(place)]")))
        }
        guard Set(entries.map(\.id)).count == entries.count else {
            throw reader.fault("objects", "must name each object once")
        }
        objects = entries
    }

    /// The bytes that are signed.
    public var canonical: [UInt8] {
        let text = CanonicalText.object([
            ("exchange", CanonicalText.string(exchange.text)), ("id", CanonicalText.string(id.text)),
            ("marking", CanonicalText.string(marking.code)),
            ("member", member.map { CanonicalText.string($0.text) }), ("number", String(number)),
            ("objects", CanonicalText.list(objects.map(\.canonical))),
            ("purpose", CanonicalText.string(purpose.rawValue)), ("released", CanonicalText.string(released.text)),
            ("signer", CanonicalText.string(signer.rawValue)),
        ])
        return Array(text.utf8)
    }
}

extension Release.Entry {
    fileprivate init(reading value: JSON.Value, at path: String) throws(STIXFault) {
        let reader = StatementReader(value, at: path)
        guard let id = STIXID.parsed(try reader.text("id")) else {
            throw reader.fault("id", "must be the id of an object, type--UUID")
        }
        self.id = id
        modified = try reader.optional("modified") { (name) throws(STIXFault) in
            _ = try reader.time(name)
            return try reader.text(name)
        }
        digest = try reader.bytes("sha256", count: Release.digestBytes)
    }

    fileprivate var canonical: String {
        CanonicalText.object([
            ("id", CanonicalText.string(id.text)), ("modified", modified.map(CanonicalText.string)),
            ("sha256", CanonicalText.string(digest.hexadecimal)),
        ])
    }
}

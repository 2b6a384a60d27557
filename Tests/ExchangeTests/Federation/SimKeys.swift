import Exchange
import TestSupport
import Testing

/// The keys of the exchanges of a world: real ones, or in most worlds what is as good and quicker to make.
struct SimKeys: Sendable {
    /// Signs with a hash that everybody can make: good against mistakes, not against malice.
    struct Quick: Signatory {
        let key: KeyID

        func signature(over statement: [UInt8]) -> [UInt8] { SimKeys.quick(key, statement) }
    }

    let ring: KeyRing
    let check: SignedRelease.SignatureCheck
    private let real: [SigningKey]?
    private let names: [KeyID]

    /// The real keys, made once, of as many exchanges as a world may have.
    private static let made = Result { try (1...SimWorld.exchangesMax).map { try FederationSamples.key($0) } }

    private static let known = Result {
        KeyRing(try (1...SimWorld.exchangesMax).map { number in try FederationSamples.known(number) })
    }

    init(isReal: Bool) throws {
        let made = try Self.made.get()
        names = made.map { $0.key }
        ring = try Self.known.get()
        real = isReal ? made : nil
        check = { key, signature, statement in
            isReal ? key.made(signature, over: statement) : signature == SimKeys.quick(key.id, statement)
        }
    }

    /// What arrives of what was sent: with real keys as it is read from the note that carries it.
    func carried(_ signed: SignedRelease) -> SignedRelease {
        guard real != nil, let note = ReleaseNote(signed) else { return signed }
        // What cannot be read arrives without custody, and is told as that.
        let read = try? ReleaseNote(try JSON(parsing: note.bytes).root)
        return read?.signed ?? SignedRelease(signed.signed, custody: [])
    }

    func signatory(_ number: Int) -> any Signatory { real?[number] ?? Quick(key: names[number]) }

    private static func quick(_ key: KeyID, _ statement: [UInt8]) -> [UInt8] {
        var hasher = Hasher()
        hasher.combine(key)
        hasher.combine(statement)
        let hash = UInt(bitPattern: hasher.finalize())
        return (0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * $0)) }
    }

    // MARK: What is released

    static let poolName = Samples.name("shared")
    /// How many versions of the objects there are.
    static let versionsMax = 6
    private static let versions = Result {
        try (0..<versionsMax).map { version in
            try (0..<2).map { number in
                try Samples.object(Samples.indicator(number, modified: "2026-01-0\(version + 1)T00:00:00.000Z"))
            }
        }
    }

    static func objects(version: Int) throws -> [STIXObject] { try versions.get()[version - 1] }

    /// The objects that a release names.
    static func objects(of release: Release) -> [STIXObject] { (try? objects(version: release.number)) ?? [] }
}

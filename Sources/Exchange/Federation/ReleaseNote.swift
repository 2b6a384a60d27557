internal import Crypto
internal import Foundation

/// The STIX object that goes with what was released: a note about the objects, which says in an extension who released
/// them and how they came.
///
/// The objects themselves stay as they are. Each exchange makes a note of its own for each way on, and never changes
/// it: what an exchange adds is no new version of anything.
public struct ReleaseNote: Sendable {
    /// What it carries.
    public let signed: SignedRelease
    /// Its id: the same whenever it is made of the same.
    public let id: STIXID

    /// The note about a release that passed through at least one exchange.
    public init?(_ signed: SignedRelease) {
        guard let last = signed.custody.last else { return nil }
        self.signed = signed
        id = STIXID(type: "note", uuid: UUID(SHA256.hash(data: last.canonical), version: 8))
    }

    /// Reads a note; nil for any other object.
    /// - Throws: `STIXFault` for one that says something of a release, and does not say it right.
    public init?(_ object: JSON.Value) throws(STIXFault) {
        guard let value = object["extensions"]?[FederationExtension.id] else { return nil }
        let path = "extensions.\(FederationExtension.id)"
        let reader = StatementReader(value, at: path)
        guard let text = object["id"]?.string, let id = STIXID.parsed(text), id.type == "note" else {
            throw STIXFault("type", "must be note, where it says of a release", FederationExtension.source)
        }
        let release = try Signed<Release>(reading: try reader.member("release"), at: "\(path).release")
        var custody: [Signed<Hop>] = []
        for (place, hop) in try reader.elements("custody", countMax: SignedRelease.hopsMax).enumerated() {
            custody.append(try Signed<Hop>(reading: hop, at: "\(path).custody[\(place)]"))
        }
        let named = object["object_refs"]?.elements.compactMap(\.string) ?? []
        guard Set(named) == Set(release.content.objects.map(\.id.text)) else {
            throw STIXFault("object_refs", "must name the objects of the release", FederationExtension.source)
        }
        signed = SignedRelease(release, custody: custody)
        self.id = id
    }

    /// The object.
    public var bytes: [UInt8] {
        guard let last = signed.custody.last?.content else { preconditionFailure("a note is of one hop at the least") }
        let release = signed.release
        let time = CanonicalText.string(last.released.text)
        let details = CanonicalText.object([
            ("custody", CanonicalText.list(signed.custody.map { String(decoding: $0.canonical, as: UTF8.self) })),
            ("extension_type", CanonicalText.string("property-extension")),
            ("release", String(decoding: signed.signed.canonical, as: UTF8.self)),
        ])
        let words =
            "\(release.purpose.rawValue) \(release.id), number \(release.number), of exchange \(release.exchange)"
        let text = CanonicalText.object([
            ("content", CanonicalText.string("What is named here is \(words); how it came is in the extension.")),
            ("created", time), ("created_by_ref", CanonicalText.string("identity--\(last.exchange.text)")),
            ("extensions", CanonicalText.object([(FederationExtension.id, details)])),
            ("id", CanonicalText.string(id.text)), ("modified", time),
            (
                "object_marking_refs",
                CanonicalText.list([CanonicalText.string(last.terms.marking.definition.text)])
            ),
            ("object_refs", CanonicalText.list(release.objects.map { CanonicalText.string($0.id.text) })),
            ("spec_version", CanonicalText.string("2.1")), ("type", CanonicalText.string("note")),
        ])
        return Array(text.utf8)
    }
}

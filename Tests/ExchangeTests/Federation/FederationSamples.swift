import Exchange
import Foundation
import TestSupport
import Testing

/// Exchanges, their keys and what they release.
enum FederationSamples {
    static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
    static func hours(_ count: Int) -> Timestamp { start.advanced(by: .seconds(count * 3_600)) }

    static func exchange(_ number: Int) -> ID<Peer> { ID(Samples.uuid(900_000 + number)) }
    static let member = ID<Member>(Samples.uuid(7))

    /// The key that a number stands for.
    static func key(_ number: Int) throws -> SigningKey {
        try #require(SigningKey(seed: (0..<32).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0) }))
    }

    static func known(
        _ number: Int,
        of holder: KeyHolder? = nil,
        from: Timestamp = hours(-1_000),
        until: Timestamp? = nil,
        revoked: Timestamp? = nil
    ) throws -> FederationKey {
        try #require(
            FederationKey(
                key(number).publicKey,
                of: holder ?? .exchange(exchange(number)),
                named: "Exchange \(number)",
                from: from,
                until: until,
                revoked: revoked
            )
        )
    }

    /// The key of each exchange from 1 to 5 has its number; that of the member has 7.
    static func ring(_ changed: FederationKey...) throws -> KeyRing {
        let exchanges = try (1...5).map { try known($0) }
        return KeyRing(exchanges + [try known(7, of: .member(member, of: exchange(1)))] + changed)
    }

    static func objects(_ count: Int = 2, marking: TLP? = .green) throws -> [STIXObject] {
        try (0..<count).map { try Samples.object(Samples.indicator($0 + 1, marking: marking)) }
    }

    static func release(
        _ purpose: Release.Purpose = .release,
        number: Int = 1,
        signer: Release.Signer = .exchange,
        member: ID<Member>? = member,
        marking: TLP = .green,
        at time: Timestamp = start,
        objects: [STIXObject]
    ) -> Release {
        Release(
            id: ID(Samples.uuid(1)),
            number: number,
            purpose: purpose,
            exchange: exchange(1),
            member: member,
            signer: signer,
            released: time,
            marking: marking,
            objects: objects.map { Release.Entry($0) }
        )
    }

    /// A release that passed through some exchanges, an hour at each; the last gives it to `next`.
    static func passed(
        _ route: [Int],
        to next: Int?,
        release: Release,
        terms: [PassageTerms] = []
    ) throws -> SignedRelease {
        var signed = SignedRelease(release, by: try key(release.signer == .member ? 7 : 1))
        for (place, number) in route.enumerated() {
            let to = place + 1 < route.count ? route[place + 1] : next
            signed = signed.passing(
                exchange(number),
                to: to.map { exchange($0) },
                under: place < terms.count ? terms[place] : PassageTerms(marking: release.marking, onward: true),
                received: release.released.advanced(by: .seconds(place * 3_600)),
                released: release.released.advanced(by: .seconds(place * 3_600 + 1)),
                by: try key(number)
            )
        }
        return signed
    }

    static func terms(_ marking: TLP, onward: Bool = true) -> PassageTerms {
        PassageTerms(marking: marking, onward: onward)
    }
}

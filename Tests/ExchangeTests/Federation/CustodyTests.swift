import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Custody")
struct CustodyTests {
    typealias Samples = FederationSamples

    private let now = FederationSamples.hours(10)

    private func faults(_ signed: SignedRelease, _ ring: KeyRing? = nil) throws -> [CustodyFault] {
        signed.faults(keys: try ring ?? Samples.ring(), at: now)
    }

    private func name(_ number: Int) throws -> KeyID { try Samples.key(number).key }

    @Test("a release with its custody is trusted where every key is, by whomever it was signed")
    func good() throws {
        for signer in [Release.Signer.exchange, .member] {
            let release = Samples.release(signer: signer, objects: try Samples.objects())
            let signed = try Samples.passed([1, 2, 3], to: 4, release: release)
            #expect(try faults(signed).isEmpty)
            #expect(
                signed.faults(for: Samples.exchange(4), from: Samples.exchange(3), keys: try Samples.ring(), at: now)
                    .isEmpty
            )
            #expect(release.faults(in: try Samples.objects()).isEmpty)
        }
    }

    @Test("what is signed is in canonical form, and reads back the same, whoever wrote it anew")
    func canonical() throws {
        let release = Samples.release(signer: .member, objects: try Samples.objects())
        let signed = try Samples.passed([1, 2, 3], to: nil, release: release)
        let note = try #require(ReleaseNote(signed))
        let value = try JSON(parsing: note.bytes).root
        #expect(value.canonical() == note.bytes)
        #expect(try STIXObject(value).id == note.id)
        let data = try JSONSerialization.data(
            withJSONObject: try JSONSerialization.jsonObject(with: Data(note.bytes)),
            options: [.prettyPrinted]
        )
        let read = try #require(try ReleaseNote(try JSON(parsing: Array(data)).root))
        #expect(read.signed == signed)
        #expect(try faults(read.signed).isEmpty)
        let indicator = try JSON(parsing: TestSupport.Samples.indicator(1).utf8.map { $0 }).root
        #expect(try ReleaseNote(indicator) == nil)
        let definition = try STIXObject(try JSON(parsing: FederationExtension.definition).root)
        #expect(definition.id.text == FederationExtension.id)
        _ = try JSON(parsing: Array(FederationExtension.schema.utf8))
    }

    @Test("what a later version adds to a statement is signed too")
    func unknownProperties() throws {
        let signed = try Samples.passed([1], to: nil, release: Samples.release(objects: try Samples.objects()))
        let text = String(decoding: try #require(ReleaseNote(signed)).bytes, as: UTF8.self)
        let added = text.replacing("\"signer\":\"exchange\"", with: "\"later\":1,\"signer\":\"exchange\"")
        let note = try #require(try ReleaseNote(try JSON(parsing: Array(added.utf8)).root))
        #expect(try faults(note.signed).contains(.signatureWrong(try name(1))))
    }

    @Test("a key that nobody trusts, or that is of somebody else, signs nothing")
    func keys() throws {
        let release = Samples.release(objects: try Samples.objects())
        let signed = try Samples.passed([1, 2], to: nil, release: release)
        #expect(
            try faults(signed, KeyRing([try Samples.known(2)])) == [.keyUnknown(try name(1)), .keyUnknown(try name(1))]
        )
        let stolen = try Samples.known(2, of: .exchange(Samples.exchange(5)))
        #expect(try faults(signed, Samples.ring(stolen)) == [.keyOfAnother(try name(2))])
        // A member's key makes no custody, an exchange's signs for no member that is said to have signed itself.
        let own = Samples.release(signer: .member, objects: try Samples.objects())
        let byExchange = SignedRelease(own, by: try Samples.key(1))
            .passing(
                Samples.exchange(1),
                to: nil,
                under: Samples.terms(.green),
                received: now,
                released: now,
                by: try Samples.key(7)
            )
        #expect(try faults(byExchange) == [.keyOfAnother(try name(1)), .keyOfAnother(try name(7))])
    }

    @Test("a replaced key is good for what it signed while it counted, and for nothing else")
    func rotation() throws {
        let release = Samples.release(at: Samples.hours(2), objects: try Samples.objects())
        let signed = try Samples.passed([1], to: nil, release: release)
        let next = try Samples.known(11, of: .exchange(Samples.exchange(1)), from: Samples.hours(3))
        var ring = try Samples.ring()
        ring.rotate(to: next)
        #expect(try faults(signed, ring).isEmpty)
        #expect(ring.key(of: .exchange(Samples.exchange(1)), at: Samples.hours(2))?.id == (try name(1)))
        #expect(ring.key(of: .exchange(Samples.exchange(1)), at: Samples.hours(3))?.id == next.id)
        ring = try Samples.ring()
        ring.rotate(to: try Samples.known(11, of: .exchange(Samples.exchange(1)), from: Samples.hours(1)))
        let late = try faults(signed, ring)
        #expect(late.count == 2 && late[0] == .keyNotValid(try name(1), at: release.released))
        let early = try Samples.known(1, from: Samples.hours(9))
        #expect(try faults(signed, Samples.ring(early)).count == 2)
    }

    @Test("what a revoked key signed counts where another exchange had it long enough before, and only there")
    func revocation() throws {
        let release = Samples.release(signer: .member, objects: try Samples.objects())
        let signed = try Samples.passed([1, 2], to: nil, release: release)
        let holder = KeyHolder.member(Samples.member, of: Samples.exchange(1))
        func ring(_ hours: Int) throws -> KeyRing {
            try Samples.ring(Samples.known(7, of: holder, revoked: Samples.hours(hours)))
        }
        // Exchange 1 had it at the start, exchange 2 an hour later; clocks differ by up to twelve hours.
        #expect(try faults(signed, ring(13)).isEmpty)
        #expect(try faults(signed, ring(12)) == [.keyRevoked(try name(7), Samples.hours(12))])
        #expect(try faults(signed, ring(0)) == [.keyRevoked(try name(7), Samples.start)])
        // Of a key of an exchange only what others say counts; what it says of others counts no more either.
        let both = try Samples.ring(
            Samples.known(7, of: holder, revoked: Samples.hours(13)),
            Samples.known(1, revoked: Samples.hours(12))
        )
        #expect(
            try faults(signed, both) == [
                .keyRevoked(try name(7), Samples.hours(13)), .keyRevoked(try name(1), Samples.hours(12)),
            ]
        )
        #expect(try faults(signed, Samples.ring(Samples.known(1, revoked: Samples.hours(14)))).isEmpty)
        #expect(
            try faults(signed, Samples.ring(Samples.known(2, revoked: Samples.hours(99)))) == [
                .keyRevoked(try name(2), Samples.hours(99))
            ]
        )
        var twice = try ring(13)
        twice.revoke(try name(7), from: Samples.hours(2))
        twice.revoke(try name(7), from: Samples.hours(40))
        #expect(twice[try name(7)]?.revoked == Samples.hours(2))
    }

    @Test("a hop that is left out, put in, moved or taken from elsewhere is noticed")
    func chain() throws {
        let release = Samples.release(objects: try Samples.objects())
        let signed = try Samples.passed([1, 2, 3], to: nil, release: release)
        let hops = signed.custody
        func of(_ custody: [Signed<Hop>]) throws -> [CustodyFault] {
            try faults(SignedRelease(signed.signed, custody: custody))
        }
        #expect(try of([]) == [.noCustody])
        #expect(try of([hops[1], hops[2]]).contains(.originMissing))
        #expect(try of([hops[0], hops[2]]) == [.givenToAnother(Samples.exchange(3)), .broken(Samples.exchange(3))])
        #expect(try of([hops[0], hops[2], hops[1]]).contains(.broken(Samples.exchange(2))))
        #expect(try of(hops + [hops[1]]).contains(.twice(Samples.exchange(2))))
        let other = try Samples.passed([1, 2, 3], to: nil, release: Samples.release(objects: try Samples.objects(1)))
        #expect(try of([hops[0], other.custody[1], other.custody[2]]) == [.broken(Samples.exchange(2))])
        let long = try Samples.passed(Array(repeating: 2, count: 17), to: nil, release: release)
        #expect(try faults(long).first == .tooFar)
    }

    @Test("no exchange loosens a marking, passes on what it may not, or keeps two times")
    func terms() throws {
        let release = Samples.release(marking: .amber, objects: try Samples.objects())
        func of(_ terms: PassageTerms..., to next: Int? = nil, purpose: Release.Purpose = .release) throws
            -> [CustodyFault]
        {
            let number = purpose == .release ? 1 : 2
            let release = Samples.release(purpose, number: number, marking: .amber, objects: try Samples.objects())
            return try faults(
                Samples.passed(Array([1, 2, 3].prefix(terms.count)), to: next, release: release, terms: terms)
            )
        }
        #expect(try of(Samples.terms(.amber), Samples.terms(.amberStrict)).isEmpty)
        #expect(try of(Samples.terms(.green)) == [.wider(Samples.exchange(1))])
        #expect(try of(Samples.terms(.red), Samples.terms(.amber)) == [.wider(Samples.exchange(2))])
        let kept = Samples.terms(.amber, onward: false)
        #expect(try of(kept, Samples.terms(.amber)).isEmpty)
        #expect(try of(kept, Samples.terms(.amber), to: 3) == [.passedOn(Samples.exchange(2))])
        #expect(try of(kept, Samples.terms(.amber), Samples.terms(.amber)) == [.passedOn(Samples.exchange(2))])
        #expect(try of(kept, Samples.terms(.amber), to: 3, purpose: .recall).isEmpty)
        let passedOn = try Samples.passed([1, 2], to: 3, release: release, terms: [kept, kept])
        #expect(passedOn.faults(isNotice: true, keys: try Samples.ring(), at: now).isEmpty)
        let backwards = SignedRelease(release, by: try Samples.key(1)).passing(
            Samples.exchange(1),
            to: nil,
            under: Samples.terms(.amber),
            received: Samples.hours(2),
            released: Samples.hours(1),
            by: try Samples.key(1)
        )
        #expect(try faults(backwards) == [.releasedBeforeReceived(Samples.exchange(1))])
        let ahead = Samples.release(at: Samples.hours(22), objects: try Samples.objects())
        #expect(
            try faults(Samples.passed([1], to: nil, release: ahead)) == [
                .fromTheFuture(Samples.hours(22).advanced(by: .seconds(1)))
            ]
        )
    }

    @Test("an exchange takes what is for it, from who has the last hop, and nothing that was there before")
    func arrival() throws {
        let release = Samples.release(objects: try Samples.objects())
        let signed = try Samples.passed([1, 2], to: 3, release: release)
        func arriving(at exchange: Int, from peer: Int) throws -> [CustodyFault] {
            signed.faults(
                for: Samples.exchange(exchange),
                from: Samples.exchange(peer),
                keys: try Samples.ring(),
                at: now
            )
        }
        #expect(try arriving(at: 3, from: 2).isEmpty)
        #expect(try arriving(at: 3, from: 1) == [.broughtByAnother])
        #expect(try arriving(at: 4, from: 2) == [.givenToAnother(Samples.exchange(4))])
        #expect(try arriving(at: 1, from: 2) == [.wasHere, .givenToAnother(Samples.exchange(1))])
    }

    @Test("an object that is missing, changed, or stricter than it was released is told by its id")
    func objects() throws {
        let objects = try Samples.objects()
        let release = Samples.release(objects: objects)
        #expect(release.faults(in: [objects[1]]) == [.missing(objects[0].id)])
        let changed = try TestSupport.Samples.object(TestSupport.Samples.indicator(1, marking: .red))
        #expect(release.faults(in: [changed, objects[1]]) == [.changed(objects[0].id)])
        let later = try TestSupport.Samples.object(
            TestSupport.Samples.indicator(1, modified: "2026-02-01T00:00:00.000Z")
        )
        #expect(release.faults(in: [later, objects[1]]) == [.missing(objects[0].id)])
        #expect(release.faults(in: [later, objects[0], objects[1]]).isEmpty)
        let wide = Samples.release(marking: .clear, objects: objects)
        #expect(wide.faults(in: objects) == objects.map { .stricter($0.id) })
    }

    @Test("a file of keys reads back the same; what is wrong with one is told by its property")
    func file() throws {
        let ring = try Samples.ring(Samples.known(3, until: Samples.hours(4), revoked: Samples.hours(2)))
        let value = try JSON(parsing: ring.file).root
        #expect(try KeyRing(value) == ring)
        #expect(value.canonical() == ring.file)
        let text = String(decoding: ring.file, as: UTF8.self)
        for (old, new, property) in [
            ("\"name\"", "\"nome\"", "keys[0].name"), ("\"public\":\"", "\"public\":\"zz", "keys[0].public"),
            ("\"from\":\"2026", "\"from\":\"1026", "keys[0].from"),
            ("\"exchange\":\"", "\"exchange\":\"x", "keys[0].exchange"),
            ("{\"keys\":", "{\"keyring\":", "keys"),
        ] {
            let fault = #expect(throws: STIXFault.self) {
                try KeyRing(try JSON(parsing: Array(text.replacing(old, with: new, maxReplacements: 1).utf8)).root)
            }
            #expect(fault?.property == property)
        }
    }

    @Test(
        "a note that says something else than it must is refused, by its property",
        arguments: [
            ("\"number\":1", "\"number\":2", "number"), ("\"purpose\":\"release\"", "\"purpose\":\"recall\"", "number"),
            ("\"marking\":\"green\"", "\"marking\":\"white\"", "marking"),
            ("\"sha256\":\"", "\"sha256\":\"00", "sha256"), ("\"onward\":true", "\"onward\":1", "onward"),
            ("\"object_refs\":[", "\"object_refs\":[\"report--x\",", "object_refs"),
            ("\"custody\":[", "\"custody\":[1,", "key"), ("\"signer\":\"exchange\"", "\"signer\":\"nobody\"", "signer"),
        ]
    )
    func malformed(old: String, new: String, property: String) throws {
        let signed = try Samples.passed([1], to: nil, release: Samples.release(objects: try Samples.objects()))
        let text = String(decoding: try #require(ReleaseNote(signed)).bytes, as: UTF8.self)
        let changed = text.replacing(old, with: new)
        let fault = #expect(throws: STIXFault.self) { try ReleaseNote(try JSON(parsing: Array(changed.utf8)).root) }
        #expect(fault.map { $0.property.hasSuffix(property) } == true)
    }
}

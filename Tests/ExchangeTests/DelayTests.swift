import Exchange
import TestSupport
import Testing

/// Row 14: what a tier puts off, and that it does nothing else.
@Suite("Delays by tier")
struct DelayTests {
    private static let now = AccessTableTests.now

    private static func terms(restricted: Int, basic: Int) throws -> ReciprocityTerms {
        try ReciprocityTerms(["tier.restricted.delay_hours": restricted, "tier.basic.delay_hours": basic])
    }

    /// The same reader, of a member that is given what was released until an instant.
    private static func reader(_ reader: Reader, given: Timestamp?) -> Reader {
        var member = reader.member
        member.given = given
        return Reader(
            principal: reader.principal,
            member: member,
            pools: reader.pools,
            joinings: reader.joinings,
            until: reader.until,
            purpose: reader.purpose,
            clearances: reader.clearances,
            links: reader.links,
            consents: reader.consents,
            gateways: reader.gateways
        )
    }

    @Test("only put off: of every reader and advisory what is given is what would be, or nothing until it is due")
    func narrow() throws {
        var random = SplitMix64(seed: 14)
        var putOff = 0
        for line in AccessTableTests.lines {
            for column in AccessTableTests.columns {
                for rendition in [Rendition.full, .tearline, .nonNominal, .stub]
                where line.renditions.contains(rendition) {
                    let plain = AccessTableTests.label(line, rendition)
                    let timeless = AccessPolicy.decide(column.reader, plain, at: Self.now)
                    var label = plain
                    let at = Self.now.advanced(by: .seconds(Int64.random(in: -400_000...900, using: &random)))
                    label.release = Label.Release(at: at, member: AccessTableTests.customs.id)
                    #expect(AccessPolicy.decide(column.reader, label, at: Self.now) == timeless)
                    for _ in 0..<4 {
                        let given = at.advanced(by: .seconds(Int64.random(in: -2...2, using: &random)))
                        let reader = Self.reader(column.reader, given: given)
                        let decision = AccessPolicy.decide(reader, label, at: Self.now)
                        let isExempt =
                            rendition == .stub || plain.terms?.affected != nil || plain.terms?.isDisputed == true
                            || reader.member.kind.isAuthority
                        if given >= at || isExempt || !timeless.isPermitted {
                            #expect(decision == timeless, "\(line.name), \(column.name)")
                        } else {
                            #expect(decision == .hidden(by: .time), "\(line.name), \(column.name)")
                            putOff += 1
                        }
                        // What bears no release is put off for nobody.
                        #expect(AccessPolicy.decide(reader, plain, at: Self.now) == timeless)
                    }
                }
            }
        }
        #expect(putOff > 100)
    }

    @Test("put off plain objects of others, and nobody's own")
    func plain() throws {
        let pool = AccessTableTests.pool
        let (author, other) = (Samples.member(1), Samples.member(2))
        var label = Label(
            of: try Samples.object(Samples.indicator(1, marking: .green)),
            in: pool,
            from: Samples.principal(11, of: author)
        )
        label.release = Label.Release(at: Self.now, member: author.id)
        for (member, given, row) in [
            (author, -1, AccessRow.open), (other, -1, .time), (other, 0, .open),
            (Samples.member(3, .police), -1, .open),
        ] {
            let known = Reader(
                principal: Samples.principal(20, of: member),
                member: member,
                pools: [pool.id: .open],
                until: nil
            )
            let reader = Self.reader(known, given: Self.now.advanced(by: .seconds(given)))
            #expect(AccessPolicy.decide(reader, label, at: Self.now).row == row)
        }
        let text = label.text
        #expect(Label(text: text) == label && text.contains("@\(Self.now.microseconds)+\(author.id.text)|green"))
        label.release = nil
        #expect(Label(text: label.text) == label && !label.text.contains("@"))
        for broken in [
            text.replacing("+", with: "-"), text.replacing("@", with: "@x"), text.replacing("@", with: "@@"),
        ] {
            #expect(Label(text: broken) == nil, "\(broken)")
        }
    }

    @Test("of an object count from its first version in the pool, and of what was there before from nothing")
    func counted() throws {
        let pool = AccessTableTests.pool
        let member = Samples.member(1)
        let author = Reader(
            principal: Samples.principal(11, of: member),
            member: member,
            pools: [pool.id: .open],
            until: nil
        )
        func release(after earlier: [Timestamp?]) throws -> Timestamp? {
            let object = try Samples.object(Samples.indicator(1, modified: "2026-02-01T00:00:00.000Z"))
            let held = earlier.map { at in
                var label = Label(of: object, in: pool, from: author.principal)
                label.release = at.map { Label.Release(at: $0, member: member.id) }
                return HeldVersion(
                    pool: pool.id,
                    label: label,
                    member: member.id,
                    version: "2026-01-01T00:00:00.000Z",
                    instant: nil,
                    digest: [1],
                    isRevoked: false
                )
            }
            let plan = AcceptancePlan(
                [.object(object)],
                to: pool,
                from: author,
                delayedFrom: Self.now,
                held: [object.id: HeldObject(owner: member.id, created: object.created, versions: held)],
                directory: Directory(members: [member], principals: [author.principal], credentials: [], pools: [pool]),
                rule: .direct,
                at: Self.now
            )
            return try #require(plan.releases.first).label.release?.at
        }
        let earlier = Self.now.advanced(by: .seconds(-9_000))
        #expect(try release(after: []) == Self.now)
        #expect(try release(after: [earlier]) == earlier)
        #expect(try release(after: [Self.now.advanced(by: .seconds(-900)), earlier]) == earlier)
        #expect(try release(after: [earlier, nil]) == nil)
    }

    @Test("give each release once it is due and never before, and take nothing back, over random tiers and terms")
    func horizon() throws {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            var member = Samples.member(7)
            var now = Self.now
            // From when delays count of what was released and is not given yet.
            var waiting: [Timestamp] = []
            for _ in 0..<60 {
                let basic = Int.random(in: 0...2, using: &random) * 12
                let delays = Delays(try Self.terms(restricted: Swift.min(72, basic * 3), basic: basic))
                let tier = [Tier.restricted, .basic, .basic, .contributing].randomElement(using: &random) ?? .basic
                now = now.advanced(by: .seconds(Int64.random(in: 1...40_000, using: &random)))
                let one = Delays.Case(member: member, tier: tier, isPeer: false, isNew: false)
                let given = delays.given(to: one, at: now)
                let hours = delays.delay(to: member, of: tier).components.seconds
                #expect((given == nil) == (hours == 0), "seed \(seed)")
                if let before = member.given, let given { #expect(before <= given, "seed \(seed)") }
                member.given = given
                let due = now.advanced(by: .seconds(-hours))
                if let given {
                    for at in waiting where at <= given { #expect(at <= due, "seed \(seed): too early") }
                    waiting.removeAll { $0 <= given }
                    for at in waiting { #expect(due < at.advanced(by: Delays.step), "seed \(seed): overdue") }
                } else {
                    waiting = []
                }
                if let at = delays.count(from: now, in: .sharing) {
                    #expect(at > now && at <= now.advanced(by: Delays.step))
                    #expect(delays.count(from: now, in: .officialList) == nil)
                    #expect(delays.count(from: now, in: .inbox) == nil)
                    // What is released in the step in which somebody falls is given like all before.
                    if let given, at > given { waiting.append(at) }
                }
            }
        }
        let delays = Delays(try Self.terms(restricted: 48, basic: 24))
        let authority = Delays.Case(member: Samples.member(1, .fiu), tier: .restricted, isPeer: false, isNew: true)
        let peer = Delays.Case(member: Samples.member(1), tier: .restricted, isPeer: true, isNew: true)
        let new = Delays.Case(member: Samples.member(1), tier: .restricted, isPeer: false, isNew: true)
        #expect(delays.given(to: authority, at: Self.now) == nil && delays.given(to: peer, at: Self.now) == nil)
        #expect(try #require(delays.given(to: new, at: Self.now)) <= Self.now.advanced(by: .seconds(-48 * 3_600)))
        #expect(!Delays(.standard).areAny && Delays(.standard).count(from: Self.now, in: .sharing) == nil)
    }
}

import Exchange
import TestSupport
import Testing

@Suite("Passage to other exchanges")
struct FederationPassageTests {
    typealias Samples = FederationSamples

    private let pool = ID<Pool>(TestSupport.Samples.uuid(50))
    private let peer = FederationSamples.exchange(4)

    private func agreement(
        _ ceiling: TLP = .amber,
        floor: TLP = .clear,
        onward: Bool = true,
        direction: Agreement.Direction = .both
    ) -> Agreement {
        let shared = Agreement.SharedPool(ours: pool, theirs: TestSupport.Samples.name("theirs"), direction: direction)
        return Agreement(pools: [shared], ceiling: ceiling, floor: floor, onward: onward)
    }

    private func signed(
        _ purpose: Release.Purpose = .release,
        marking: TLP = .green,
        through route: [Int] = [1, 2],
        onward: Bool = true
    ) throws -> SignedRelease {
        let release = Samples.release(
            purpose,
            number: purpose == .release ? 1 : 2,
            marking: marking,
            objects: try Samples.objects()
        )
        let terms = route.map { _ in Samples.terms(marking, onward: onward) }
        return try Samples.passed(route, to: 3, release: release, terms: terms)
    }

    private func decide(_ signed: SignedRelease, _ agreement: Agreement?, _ grants: Grant..., isNotice: Bool = false)
        -> Passage
    {
        Passage.decide(signed, isNotice: isNotice, in: pool, to: peer, under: agreement, grants: grants)
    }

    private func grant(
        _ number: Int,
        _ marking: TLP = .green,
        onward: Bool = true,
        had: TLP = .green,
        isNotice: Bool = false
    ) -> Grant {
        Grant(
            entry: .zero,
            given: .zero,
            number: number,
            had: had,
            terms: Samples.terms(marking, onward: onward),
            isNotice: isNotice
        )
    }

    @Test("a release goes as agreed, under a marking that is never looser than it came")
    func agreed() throws {
        #expect(decide(try signed(), agreement()) == .forward(Samples.terms(.green)))
        #expect(decide(try signed(), agreement(floor: .amberStrict)) == .forward(Samples.terms(.amberStrict)))
        #expect(
            decide(try signed(marking: .amber), agreement(floor: .green, onward: false))
                == .forward(Samples.terms(.amber, onward: false))
        )
        #expect(decide(try signed(marking: .red), agreement()) == .refuse(.tooStrict))
        #expect(decide(try signed(), nil) == .refuse(.poolNotShared))
        #expect(decide(try signed(), agreement(direction: .takes)) == .refuse(.poolNotShared))
        #expect(decide(try signed(onward: false), agreement()) == .refuse(.notOnward))
    }

    @Test("nothing goes back to where it came from or passed through, nor further than it may")
    func back() throws {
        #expect(decide(try signed(through: [1, 4, 2]), agreement()) == .refuse(.cameFromThere))
        #expect(decide(try signed(.recall, through: [1, 4, 2]), agreement(), grant(1)) == .refuse(.cameFromThere))
        let home = Passage.decide(
            try signed(),
            isNotice: false,
            in: pool,
            to: Samples.exchange(1),
            under: agreement(),
            grants: []
        )
        #expect(home == .refuse(.cameFromThere))
        #expect(decide(try signed(through: Array(5..<21)), agreement()) == .refuse(.tooFar))
    }

    @Test("what was given goes again only under terms that allow more")
    func again() throws {
        #expect(decide(try signed(), agreement(), grant(1)) == .refuse(.given))
        #expect(decide(try signed(), agreement(), grant(1, .amber)) == .forward(Samples.terms(.green)))
        #expect(decide(try signed(), agreement(), grant(1, onward: false)) == .forward(Samples.terms(.green)))
        #expect(decide(try signed(), agreement(), grant(2)) == .refuse(.given))
        #expect(
            decide(try signed(.correction), agreement(), grant(2, isNotice: true)) == .forward(Samples.terms(.green))
        )
    }

    @Test("a correction follows the copy whatever was agreed on since; a stricter one goes without its objects")
    func correction() throws {
        #expect(decide(try signed(.correction), nil, grant(1)) == .forward(Samples.terms(.green)))
        #expect(
            decide(try signed(.correction), agreement(floor: .red, onward: false), grant(1, .amber))
                == .forward(Samples.terms(.amber))
        )
        #expect(decide(try signed(.correction, marking: .red), agreement(), grant(1)) == .notice(Samples.terms(.red)))
        #expect(
            decide(try signed(.correction, marking: .red), agreement(), grant(1), grant(2, isNotice: true))
                == .refuse(.given)
        )
        #expect(decide(try signed(.correction, marking: .red), agreement()) == .refuse(.tooStrict))
        #expect(decide(try signed(.correction, marking: .amber), nil, grant(1)) == .notice(Samples.terms(.amber)))
        #expect(
            decide(try signed(.correction), agreement(), grant(1), isNotice: true) == .notice(Samples.terms(.green))
        )
        #expect(decide(try signed(.correction), agreement(), isNotice: true) == .refuse(.neverGiven))
        #expect(
            decide(try signed(.correction, onward: false), agreement(), grant(1))
                == .notice(Samples.terms(.green, onward: false))
        )
        // It is no stricter than what this exchange had, not than what it gave.
        #expect(
            decide(try signed(.correction, marking: .amber), nil, grant(1, .amber)) == .notice(Samples.terms(.amber))
        )
        // Where neither of two copies allows all that the other does, both are followed.
        let two = [grant(1, .amber), grant(1, .green, onward: false)]
        #expect(decide(try signed(.correction), nil, two[0], two[1]) == .forward(Samples.terms(.green, onward: false)))
        #expect(
            decide(try signed(.correction), nil, two[0], two[1], grant(2, onward: false))
                == .forward(Samples.terms(.amber))
        )
        #expect(
            decide(try signed(.correction), nil, two[0], two[1], grant(2, onward: false), grant(2, .amber))
                == .refuse(.given)
        )
    }

    @Test(
        "what takes back goes to whoever was given something, and to nobody else",
        arguments: [Release.Purpose.recall, .erasure]
    )
    func end(purpose: Release.Purpose) throws {
        #expect(
            decide(try signed(purpose, marking: .red, onward: false), nil, grant(1)) == .forward(Samples.terms(.red))
        )
        #expect(decide(try signed(purpose), agreement()) == .refuse(.neverGiven))
        #expect(decide(try signed(purpose), nil, grant(1), grant(2)) == .refuse(.given))
    }

    @Test("an exchange takes what was agreed on, and of a copy that it holds whatever corrects or ends it")
    func intake() throws {
        let second = Samples.exchange(2)
        func intake(
            _ signed: SignedRelease,
            _ agreement: Agreement?,
            _ copy: FederatedCopy = FederatedCopy(),
            from peer: ID<Peer> = Samples.exchange(2),
            isNotice: Bool = false
        ) -> Intake {
            let pool = TestSupport.Samples.name("theirs")
            return Agreement.intake(
                of: signed,
                isNotice: isNotice,
                from: peer,
                pool: pool,
                under: agreement,
                holding: copy
            )
        }
        var held = FederatedCopy()
        _ = held.take(try signed(), from: second, isNotice: false)
        #expect(intake(try signed(), agreement()) == .whole)
        #expect(intake(try signed(marking: .red), agreement()) == .refused(.tooStrict))
        #expect(intake(try signed(), nil) == .refused(.poolNotShared))
        #expect(intake(try signed(), agreement(direction: .gives)) == .refused(.poolNotShared))
        #expect(intake(try signed(.correction), nil, held) == .whole)
        #expect(intake(try signed(.correction), nil, held, from: Samples.exchange(3)) == .notice)
        #expect(intake(try signed(.correction, marking: .amber), agreement(), held) == .whole)
        #expect(intake(try signed(.correction, marking: .red), agreement(), held) == .notice)
        #expect(intake(try signed(.correction, marking: .amber), nil, held) == .notice)
        #expect(intake(try signed(.correction), agreement(), held, isNotice: true) == .notice)
        #expect(intake(try signed(.correction), agreement(), isNotice: true) == .notice)
        #expect(intake(try signed(.correction), nil) == .notice)
        #expect(intake(try signed(.recall), nil) == .whole)
    }

    @Test("a copy takes what is newer, walks on by other ways that allow more, and ends once")
    func copy() throws {
        var copy = FederatedCopy()
        let (second, third) = (Samples.exchange(2), Samples.exchange(3))
        func take(_ signed: SignedRelease, from peer: ID<Peer>, isNotice: Bool = false) -> FederatedCopy.Taken {
            copy.take(signed, from: peer, isNotice: isNotice)
        }
        #expect(take(try signed(marking: .amber), from: second) == .new)
        #expect(take(try signed(marking: .amber), from: second) == .known)
        #expect(take(try signed(), from: third) == .anotherWay)
        #expect(copy.held?.terms.marking == .amber, "what is held is never loosened")
        #expect(take(try signed(.correction, marking: .red), from: third, isNotice: true) == .new)
        #expect(copy.held == nil && !copy.isEnded)
        #expect(take(try signed(.correction), from: third) == .new)
        #expect(take(try signed(marking: .clear), from: third) == .known, "an older one comes late")
        #expect(copy.parent == second && copy.sources == [second, third])
        let recall = Samples.release(.recall, number: 3, objects: try Samples.objects())
        #expect(take(try Samples.passed([1, 2], to: 3, release: recall), from: second) == .new)
        #expect(take(try Samples.passed([1, 5], to: 3, release: recall), from: third) == .known)
        #expect(take(try signed(.correction), from: third) == .known)
        let revived = Samples.release(.correction, number: 4, objects: try Samples.objects())
        #expect(take(try Samples.passed([1, 2], to: 3, release: revived), from: second) == .known)
        #expect(copy.isEnded)
    }

    @Test("acknowledgements come up the tree once: to where the copy was first had from")
    func tally() throws {
        var copy = FederatedCopy()
        _ = copy.take(try signed(), from: Samples.exchange(2), isNotice: false)
        let isFirst = copy.hear(from: Samples.exchange(5))
        #expect(isFirst)
        copy.give(grant(1), to: peer)
        #expect(copy.word(to: Samples.exchange(2)) == nil)
        _ = copy.take(try signed(.recall), from: Samples.exchange(3), isNotice: false)
        copy.count(holders: 3, acknowledged: 1)
        var expected = RecallTally()
        (expected.holders, expected.acknowledged, expected.awaited) = (3, 1, 1)
        #expect(copy.word(to: Samples.exchange(2)) == .counted(expected))
        #expect(copy.word(to: Samples.exchange(3)) == .elsewhere)
        #expect(copy.word(to: Samples.exchange(5)) == .elsewhere)
        // Who was not told by this exchange is asked, who was will answer by itself.
        #expect(copy.word(to: peer) == .elsewhere)
        copy.give(grant(2), to: peer)
        #expect(copy.word(to: peer) == nil && copy.word(to: Samples.exchange(1)) == nil)
        func report(_ word: RecallReport.Word, _ tick: Int64, from peer: ID<Peer>) -> Bool {
            copy.take(RecallReport(word, tick: Tick(microseconds: tick)), from: peer)
        }
        var theirs = RecallTally()
        (theirs.holders, theirs.acknowledged) = (2, 2)
        #expect(report(.counted(theirs), 5, from: peer))
        #expect(!report(.elsewhere, 4, from: peer), "an older one counts no more")
        #expect(!report(.elsewhere, 9, from: Samples.exchange(5)))
        (expected.holders, expected.acknowledged, expected.awaited) = (5, 3, 0)
        #expect(copy.tally == expected)
        #expect(report(.elsewhere, 6, from: peer))
        #expect(copy.tally.holders == 3 && copy.tally.awaited == 0)
    }
}

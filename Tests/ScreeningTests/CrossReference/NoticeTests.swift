import Exchange
import TestSupport
import Testing

@testable import Screening

@Suite("Notices that another holds something in common")
struct NoticeTests {
    typealias World = ReferencedWorld

    private static let day = 20_000 / Notice.cycleDays * Notice.cycleDays
    private static let ivan = World.subject(.person, "s1", ["name": ["Ivan Petrov"], "birthDate": ["1970-01-02"]])

    /// An advisory of member 1 on label 1, one of member 2 on label 2, and others' that make a crowd.
    private static func references(
        own: Int = 1,
        age: Int = Notice.ageDaysMin,
        otherAge: Int = Notice.ageDaysMin,
        existence: ReferencedAdvisory.Existence = .open,
        crowd: Int = Notice.crowdMin,
        by other: Int = 2,
        _ subject: ReferencedSubject = ivan
    ) -> CrossReferences<PlainLikeness> {
        let mine = (1...own).map { World.advisory($0, by: 1, day: day - age, label: 1, [subject]) }
        let others = World.advisory(50, by: other, day: day - otherAge, existence: existence, label: 2, [subject])
        let rest = (0..<crowd - 1).map { World.advisory(60 + $0, by: 3 + $0, label: 3, []) }
        return CrossReferences(mine + [others] + rest, by: PlainLikeness())
    }

    private static func told(
        _ all: CrossReferences<PlainLikeness>,
        to member: Int = 1,
        before: [Notice.Told] = [],
        on day: Int = day,
        seeing labels: Set<Int> = [1]
    ) -> [ID<Advisory>] {
        all.notices(to: World.member(member), told: before, on: day) { labels.contains($0) }.map(\.advisory)
    }

    @Test("both originators are told, each of its own advisory")
    func both() {
        let all = Self.references()
        #expect(Self.told(all) == [World.advisory(1)])
        #expect(Self.told(all, to: 2, seeing: [2]) == [World.advisory(50)])
        #expect(Self.told(all, to: 3, seeing: [3]) == [])
    }

    @Test("an originator is told once, and not of what it may see")
    func once() {
        let all = Self.references()
        #expect(Self.told(all, before: [Notice.Told(World.advisory(1), on: Self.day - 700)]) == [])
        #expect(Self.told(all, seeing: [1, 2]) == [])
    }

    @Test("nobody is told on other days than the one of the cycle", arguments: 1..<Notice.cycleDays)
    func cycle(later: Int) {
        #expect(Self.told(Self.references(), on: Self.day + later) == [])
        #expect(Self.told(Self.references(), on: Self.day + Notice.cycleDays) == [World.advisory(1)])
    }

    @Test("neither a young advisory nor a young other is told of")
    func young() {
        #expect(Self.told(Self.references(age: Notice.ageDaysMin - 1)) == [])
        #expect(Self.told(Self.references(otherAge: Notice.ageDaysMin - 1)) == [])
    }

    @Test("what is sealed is never hinted at")
    func sealed() {
        #expect(Self.told(Self.references(existence: .sealed)) == [])
    }

    @Test("nobody is told where few could be the other, nor of another advisory of its own")
    func crowd() {
        #expect(Self.told(Self.references(crowd: Notice.crowdMin - 1)) == [])
        #expect(Self.told(Self.references(crowd: Notice.crowdMin + 3, by: 1)) == [])
    }

    @Test("slight links are not told of")
    func slight() {
        let named = World.subject(.person, "s1", ["name": ["Ivan Petrov"]])
        #expect(Self.told(Self.references(named)) == [])
        let route = World.subject(.route, "s1", ["origin": ["CNSHA"], "destination": ["NLRTM"]])
        #expect(Self.told(Self.references(route)) == [])
    }

    @Test("no more are told in a window than are allowed, the rest later, the first released first")
    func quota() {
        let all = Self.references(own: Notice.countMax + 2)
        let first = Self.told(all)
        #expect(first == (1...Notice.countMax).map { World.advisory($0) })
        let before = first.map { Notice.Told($0, on: Self.day) }
        #expect(Self.told(all, before: before, on: Self.day + Notice.cycleDays) == [])
        let later = Self.told(all, before: before, on: Self.day + Notice.windowDays)
        #expect(later == [Notice.countMax + 1, Notice.countMax + 2].map { World.advisory($0) })
    }

    @Test("what is told is the same for all, whatever it is of")
    func sentence() {
        #expect(!Notice.sentence.contains { $0.isNumber })
        #expect(Mirror(reflecting: Notice(advisory: World.advisory(1))).children.map(\.label) == ["advisory"])
    }

    /// All that a member is told, as a function of what it sees and of one bit for each of its advisories.
    @Test("all that is told is a function of what is seen and one bit for each own advisory", arguments: UInt64(0)..<80)
    func function(seed: UInt64) throws {
        var world = World(seed: seed)
        let advisories = world.advisories(24)
        let all = CrossReferences(advisories, by: PlainLikeness())
        let labels = Set((0..<World.labelsCount).filter { _ in Bool.random(using: &world.random) })
        let member = World.member(world.number(below: World.publishersCount))
        let before = advisories.filter { _ in world.number(below: 12) == 0 }.map { advisory in
            Notice.Told(advisory.id, on: Self.day - world.number(below: 60))
        }
        var bits: Set<ID<Advisory>> = []
        for own in advisories where own.publisher == member {
            for other in advisories where other.id != own.id {
                if Self.isHidden(other, from: member, labels), Self.isSure(own, other) { bits.insert(own.id) }
            }
        }
        // Of its own advisories it knows everything, whoever else may see them.
        let own = advisories.filter { $0.publisher == member && !Set(before.map(\.advisory)).contains($0.id) }
        let due = own.filter { bits.contains($0.id) && Self.stood($0) }.sorted { $0.released < $1.released }
        let free = Notice.countMax - before.count { $0.day > Self.day - Notice.windowDays }
        let isCrowd =
            Set(advisories.filter { $0.existence == .open && $0.publisher != member }.map(\.publisher)).count
            >= Notice.crowdMin
        let expected = isCrowd ? due.prefix(max(0, free)).map(\.id) : []
        let told = all.notices(to: member, told: before, on: Self.day) { labels.contains($0) }
        #expect(told.map(\.advisory) == expected)
    }

    private static func stood(_ advisory: ReferencedAdvisory) -> Bool {
        Int(advisory.released.microseconds / 86_400_000_000) <= day - Notice.ageDaysMin
    }

    private static func isHidden(_ other: ReferencedAdvisory, from member: ID<Member>, _ labels: Set<Int>) -> Bool {
        other.publisher != member && other.existence == .open && stood(other)
            && other.renditions.allSatisfy { !labels.contains($0.label) }
    }

    private static func isSure(_ one: ReferencedAdvisory, _ other: ReferencedAdvisory) -> Bool {
        CrossReferences([one, other], by: PlainLikeness()).links.contains { link in
            Notice.types.contains(link.type) && link.score >= Notice.scoreMin
        }
    }
}

import Exchange
import TestSupport
import Testing

@testable import Screening

@Suite("Judgements")
struct JudgementTests {
    typealias World = ReferencedWorld

    private static func reference(_ number: Int) -> SubjectReference { SubjectReference(World.advisory(number), "s1") }

    private static func judgement(
        _ one: Int,
        _ other: Int,
        _ verdict: Judgement.Verdict,
        at tick: Int64 = 1,
        because reason: String = "seen"
    ) throws -> Judgement {
        try Judgement(
            reference(one),
            reference(other),
            are: verdict,
            because: reason,
            by: World.principal(1),
            at: Tick(microseconds: tick)
        )
    }

    /// Advisories 1 to `count`, each with a person of another name, seen by the label of its number.
    private static func references(
        _ count: Int,
        _ judgements: [Judgement] = [],
        name: (Int) -> String = { "Person \(String(repeating: Character(Unicode.Scalar(UInt8(96 + $0))), count: 4))" }
    ) -> CrossReferences<PlainLikeness> {
        let advisories = (1...count).map { number in
            World.advisory(number, label: number, [World.subject(.person, "s1", ["name": [name(number)]])])
        }
        return CrossReferences(advisories, judgements: judgements, by: PlainLikeness())
    }

    private static func pairs(_ links: [Link]) -> [[ID<Advisory>]] { links.map { [$0.left, $0.right] } }

    @Test("what was judged to be one is linked, and so is all that follows")
    func merges() throws {
        var all = Self.references(3)
        #expect(all.links == [])
        _ = try all.judge(Self.judgement(1, 2, .one), in: all.view { _ in true })
        let changes = try all.judge(Self.judgement(2, 3, .one), in: all.view { _ in true })
        #expect(
            Self.pairs(changes.new) == [
                [World.advisory(1), World.advisory(3)], [World.advisory(2), World.advisory(3)],
            ]
        )
        #expect(all.view { _ in true }.clusters() == [[1, 2, 3].map(Self.reference)])
        let sentence = all.links.first?.evidence.first?.sentence
        #expect(sentence == "Person aaaa and Person bbbb were judged to be one.")
    }

    @Test("what was judged to be two is not linked for likeness, nor is what is one with it")
    func apart() throws {
        let alike = Self.references(3) { _ in "Ivan Petrov" }
        #expect(alike.links.count == 3)
        let judgements = [try Self.judgement(1, 2, .two), try Self.judgement(2, 3, .one, at: 2)]
        let judged = Self.references(3, judgements) { _ in "Ivan Petrov" }
        #expect(Self.pairs(judged.links) == [[World.advisory(2), World.advisory(3)]])
        #expect(judged.view { _ in true }.clusters() == [[Self.reference(1)], [2, 3].map(Self.reference)])
    }

    @Test("what is like two that were judged apart is put to neither, and to one of them when a person says so")
    func apartInGroups() throws {
        let apart = try Self.judgement(1, 2, .two)
        let judged = Self.references(3, [apart]) { _ in "Ivan Petrov" }
        #expect(judged.view { _ in true }.clusters() == [1, 2, 3].map { [Self.reference($0)] })
        let settled = Self.references(3, [apart, try Self.judgement(2, 3, .one, at: 2)]) { _ in "Ivan Petrov" }
        #expect(settled.view { _ in true }.clusters() == [[Self.reference(1)], [2, 3].map(Self.reference)])
    }

    @Test("a merge of what was judged apart is refused, and names the judgement, over however many steps")
    func refusedMerge() throws {
        let apart = try Self.judgement(1, 2, .two, because: "other fathers")
        var all = Self.references(4, [apart, try Self.judgement(2, 3, .one, at: 2)])
        let before = all.links
        let fault = #expect(throws: JudgementFault.self) {
            try all.judge(Self.judgement(3, 1, .one, at: 3), in: all.view { _ in true })
        }
        #expect(fault == .judgedTwo(apart))
        #expect(fault?.description.contains("other fathers") == true)
        #expect(all.links == before)
        _ = all.withdraw(apart)
        _ = try all.judge(Self.judgement(3, 1, .one, at: 3), in: all.view { _ in true })
        #expect(all.view { _ in true }.clusters().first == [1, 2, 3].map(Self.reference))
    }

    @Test("judging apart what was merged is refused, and names the merges")
    func refusedApart() throws {
        let merges = [try Self.judgement(1, 2, .one), try Self.judgement(2, 3, .one, at: 2)]
        var all = Self.references(3, merges)
        let fault = #expect(throws: JudgementFault.self) {
            try all.judge(Self.judgement(1, 3, .two, at: 3), in: all.view { _ in true })
        }
        #expect(fault == .judgedOne(merges))
    }

    @Test("the same again is refused; what follows only may still be said itself")
    func again() throws {
        let merges = [try Self.judgement(1, 2, .one), try Self.judgement(2, 3, .one, at: 2)]
        var all = Self.references(3, merges)
        let fault = #expect(throws: JudgementFault.self) {
            try all.judge(Self.judgement(2, 1, .one, at: 9), in: all.view { _ in true })
        }
        #expect(fault == .judgedBefore(merges[0]))
        _ = try all.judge(Self.judgement(1, 3, .one, at: 3), in: all.view { _ in true })
        // So it stays when what it followed of goes.
        _ = all.withdraw(merges[1])
        #expect(all.view { _ in true }.clusters() == [[1, 2, 3].map(Self.reference)])
    }

    @Test("who does not see an end can judge nothing of it, and is not told what others judged")
    func unseen() throws {
        let apart = try Self.judgement(1, 2, .two)
        var all = Self.references(3, [apart, try Self.judgement(2, 3, .one, at: 2)])
        let view = all.view { $0 != 2 }
        let fault = #expect(throws: JudgementFault.self) { try all.judge(Self.judgement(1, 2, .one, at: 3), in: view) }
        #expect(fault == .unknownSubject)
        // To whom 2 is not shown, nothing stands against it that 1 and 3 are one.
        _ = try all.judge(Self.judgement(1, 3, .one, at: 4), in: view)
        #expect(all.view { $0 != 2 }.clusters() == [[1, 3].map(Self.reference)])
        // Who sees all has the conflict, and the earlier judgements stand.
        #expect(all.conflicts == [try Self.judgement(1, 3, .one, at: 4)])
        #expect(all.view { _ in true }.clusters() == [[Self.reference(1)], [2, 3].map(Self.reference)])
    }

    @Test("judgements are kept over a recall, and hold again when the advisory comes back")
    func kept() throws {
        var all = Self.references(2)
        _ = try all.judge(Self.judgement(1, 2, .one), in: all.view { _ in true })
        let links = all.links
        _ = all.remove(World.advisory(2))
        #expect(all.links == [])
        _ = all.put(World.advisory(2, label: 2, [World.subject(.person, "s1", ["name": ["Person bbbb"]])]))
        #expect(all.links == links)
    }

    @Test("a subject and itself, an empty reason and one too long are refused")
    func malformed() throws {
        #expect(throws: JudgementFault.sameSubject) { try Self.judgement(1, 1, .one) }
        #expect(throws: JudgementFault.reasonLength) { try Self.judgement(1, 2, .one, because: "") }
        let long = String(repeating: "e\u{301}", count: Judgement.reasonCharactersMax / 2 + 1)
        #expect(throws: JudgementFault.reasonLength) { try Self.judgement(1, 2, .one, because: long) }
    }

    @Test("no more subjects become one than are allowed")
    func bounded() throws {
        let chain = try (1..<Oneness.membersMax).map { try Self.judgement($0, $0 + 1, .one, at: Int64($0)) }
        let oneness = Oneness(chain)
        #expect(oneness.members(with: Self.reference(1)).count == Oneness.membersMax)
        let further = try Self.judgement(Oneness.membersMax, Oneness.membersMax + 1, .one, at: 5_000)
        #expect(oneness.fault(of: further) == .manySubjects)
    }

    @Test("what follows is what a plain closure of the judgements says", arguments: UInt64(0)..<60)
    func closure(seed: UInt64) throws {
        var world = World(seed: seed)
        let judgements = try world.judgements(25, below: 8)
        let oneness = Oneness(judgements.shuffled(using: &world.random))
        var standing: [Judgement] = []
        for judgement in judgements {
            let model = PlainOneness(standing)
            let contradicts =
                switch judgement.verdict {
                case .one: model.areTwo(judgement.left, judgement.right)
                case .two: model.areOne(judgement.left, judgement.right)
                }
            if contradicts { continue }
            standing.append(judgement)
        }
        let conflicts = judgements.filter { !standing.contains($0) }
        #expect(oneness.conflicts == conflicts)
        let model = PlainOneness(standing)
        let subjects = Set(judgements.flatMap { [$0.left, $0.right] })
        for one in subjects {
            for other in subjects where one != other {
                let expected: Judgement.Verdict? =
                    model.areOne(one, other) ? .one : model.areTwo(one, other) ? .two : nil
                #expect(oneness.verdict(one, other) == expected)
            }
            #expect(oneness.members(with: one) == subjects.filter { model.areOne(one, $0) }.sorted())
        }
    }
}

/// Follows judgements one step after another, to compare with.
private struct PlainOneness {
    let judgements: [Judgement]

    init(_ judgements: [Judgement]) {
        self.judgements = judgements
    }

    func areOne(_ one: SubjectReference, _ other: SubjectReference) -> Bool { all(with: one).contains(other) }

    func areTwo(_ one: SubjectReference, _ other: SubjectReference) -> Bool {
        let (mine, others) = (all(with: one), all(with: other))
        return judgements.contains { judgement in
            judgement.verdict == .two
                && (mine.contains(judgement.left) && others.contains(judgement.right)
                    || mine.contains(judgement.right) && others.contains(judgement.left))
        }
    }

    private func all(with subject: SubjectReference) -> Set<SubjectReference> {
        var all: Set = [subject]
        while true {
            let more = judgements.filter { judgement in
                judgement.verdict == .one && all.contains(judgement.left) != all.contains(judgement.right)
            }
            if more.isEmpty { return all }
            for judgement in more { all.formUnion([judgement.left, judgement.right]) }
        }
    }
}

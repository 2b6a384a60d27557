import Exchange
import TestSupport
import Testing

@testable import Screening

/// Holds over seeded worlds what must hold whatever comes in whatever order.
@Suite("Cross-references over worlds")
struct CrossReferenceWorldTests {
    typealias World = ReferencedWorld

    @Test(
        "what changes as advisories and judgements come and go leads to what the whole has",
        arguments: UInt64(0)..<40
    )
    func incremental(seed: UInt64) throws {
        var world = World(seed: seed)
        var all = CrossReferences(by: PlainLikeness())
        var held: [Int: ReferencedAdvisory] = [:]
        var judgements: [Judgement] = []
        var known: Set<Link> = []
        for step in 0..<60 {
            let number = world.number(below: 16)
            let changes: LinkChanges
            switch world.number(below: 8) {
            case 0:
                held[number] = nil
                changes = all.remove(World.advisory(number))
            case 1:
                guard let judgement = try world.judgement(step, below: 16) else { continue }
                do throws(JudgementFault) {
                    changes = try all.judge(judgement, in: all.view { _ in true })
                } catch { continue }
                judgements.append(judgement)
            case 2 where !judgements.isEmpty:
                changes = all.withdraw(judgements.remove(at: world.number(below: judgements.count)))
            default:
                let advisory = world.advisory(number)
                held[number] = advisory
                changes = all.put(advisory)
            }
            #expect(known.isSuperset(of: changes.gone) && known.isDisjoint(with: changes.new))
            known.subtract(changes.gone)
            known.formUnion(changes.new)
            guard step % 6 == 5 else { continue }
            let order = held.values.shuffled(using: &world.random)
            let whole = CrossReferences(order, judgements: judgements, by: PlainLikeness())
            #expect(all.links == whole.links)
            #expect(known == Set(whole.links))
            #expect(all.view { _ in true }.clusters() == whole.view { _ in true }.clusters())
        }
    }

    @Test("limits of what is common hold alike as advisories come, in every order, and at once")
    func limits() {
        var world = World(seed: 77)
        let advisories = world.advisories(150)
        let whole = CrossReferences(advisories, by: PlainLikeness())
        // So many that parts of names, whole names and things are too common.
        #expect(!whole.view { _ in true }.links().links.isEmpty)
        var some = CrossReferences(by: PlainLikeness())
        for advisory in advisories.shuffled(using: &world.random) { _ = some.put(advisory) }
        #expect(some.links == whole.links)
        for advisory in advisories.dropFirst(60) { _ = some.remove(advisory.id) }
        #expect(some.links == CrossReferences(advisories.prefix(60), by: PlainLikeness()).links)
    }

    @Test("the links are those that comparing each pair alone finds", arguments: UInt64(100)..<130)
    func pairs(seed: UInt64) {
        var world = World(seed: seed)
        // Few enough that nothing is too common.
        let advisories = world.advisories(12)
        var expected: [Link] = []
        for (place, one) in advisories.enumerated() {
            for other in advisories.dropFirst(place + 1) {
                expected += CrossReferences([one, other], by: PlainLikeness()).links
            }
        }
        #expect(CrossReferences(advisories, by: PlainLikeness()).links == expected.sorted())
    }

    @Test("a reader is told what there would be were there nothing but what it sees", arguments: UInt64(200)..<260)
    func disclosure(seed: UInt64) throws {
        var world = World(seed: seed)
        let count = seed % 4 == 0 ? 70 : 18
        let advisories = world.advisories(count)
        let judgements = try world.judgements(seed % 3 == 0 ? 0 : 12, below: count)
        let all = CrossReferences(advisories, judgements: judgements, by: PlainLikeness())
        let labels = Set((0..<World.labelsCount).filter { _ in Bool.random(using: &world.random) })
        let seen = advisories.map { advisory in
            ReferencedAdvisory(
                advisory.id,
                publisher: advisory.publisher,
                released: advisory.released,
                existence: advisory.existence,
                renditions: Array(advisory.renditions.filter { labels.contains($0.label) }.prefix(1))
            )
        }.filter { !$0.renditions.isEmpty }
        let shown = Dictionary(uniqueKeysWithValues: seen.map { ($0.id, Set($0.renditions[0].subjects.map(\.key))) })
        let known = judgements.filter { judgement in
            [judgement.left, judgement.right].allSatisfy { shown[$0.advisory]?.contains($0.key) ?? false }
        }
        let alone = CrossReferences(seen.shuffled(using: &world.random), judgements: known, by: PlainLikeness())
            .view { _ in true }
        let view = all.view { labels.contains($0) }
        #expect(view.links() == alone.links())
        #expect(view.commonplaces() == alone.commonplaces())
        #expect(view.clusters() == alone.clusters())
        #expect(view.conflicts == alone.conflicts)
        #expect(try view.network() == alone.network())
        for advisory in advisories { #expect(view.links(of: advisory.id) == alone.links(of: advisory.id)) }
        for judgement in try world.judgements(40, below: count) {
            #expect(view.fault(of: judgement) == alone.fault(of: judgement))
        }
        // A link of the whole of which an end is not seen is in no answer.
        let ends = view.links().links.flatMap { [$0.left, $0.right] }
        #expect(Set(ends).isSubset(of: seen.map(\.id)))
    }
}

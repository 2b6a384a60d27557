import Exchange
import Foundation
import TestSupport
import Testing

/// Random people doing random things to one advisory, and a record of who approved what, kept apart from it.
private struct AdvisoryPlay {
    struct Word {
        let actor: ActingPrincipal
        let content: AdvisoryContent
        let terms: AdvisoryTerms
    }

    var random: SplitMix64
    var advisory: Advisory
    var clock = AdvisorySamples.now
    /// Every approval or ratification that was taken.
    var words: [Word] = []
    /// Who brought each content and terms.
    var writers: [Word] = []
    let contents: [AdvisoryContent]
    let terms: [AdvisoryTerms]
    let actors: [ActingPrincipal]

    init(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let person = try AdvisorySamples.person()
        contents = [
            try AdvisorySamples.content("One"), try AdvisorySamples.content("Two", action: .externalAction),
            try AdvisorySamples.content("Three", subjects: [AdvisorySamples.route(), person]),
        ]
        terms = [try AdvisoryTerms(), try AdvisoryTerms(purposes: [.strategic])]
        let roles: [Role] = [.publisher, .approver, .officer, .reader]
        var actors = [AdvisorySamples.actor(20, [.publisher, .approver, .officer], unit: 0)]
        for number in 21...24 {
            actors.append(
                AdvisorySamples.actor(
                    number,
                    Set(roles.filter { _ in Bool.random(using: &random) }),
                    unit: [nil, 0, 1].randomElement(using: &random) ?? nil
                )
            )
        }
        actors.append(AdvisorySamples.actor(25, Set(Role.allCases), of: Samples.member(2)))
        self.actors = actors
        let kind: AdvisoryKind = Int.random(in: 0..<3, using: &random) == 0 ? .safety : .route
        advisory = try AdvisorySamples.draft(contents[0], kind: kind, by: actors[0])
        self.random = random
        writers = [Word(actor: actors[0], content: contents[0], terms: try AdvisoryTerms())]
    }

    mutating func action() throws -> AdvisoryAction {
        let content = contents[Int.random(in: 0..<contents.count, using: &random)]
        let terms = terms[Int.random(in: 0..<terms.count, using: &random)]
        let seen = [advisory.pending, advisory.version].compactMap { $0 }.randomElement(using: &random)
        func digest() -> [UInt8] { seen?.digest ?? [] }
        switch Int.random(in: 0..<22, using: &random) {
        case 0: return .edit(content, terms)
        case 1...4: return .grade(Grade(.usually, .probable))
        case 5: return .confirmGrade
        case 6...9: return .approve(digest: digest())
        case 10...13: return .publish(try AdvisorySamples.reference())
        case 14: return .amend(content, terms, what: "what", why: "why")
        case 15...18: return .publishAmendment
        case 19: return .review(until: nil)
        case 20:
            let isEnd = Int.random(in: 0..<8, using: &random) == 0
            return isEnd ? .withdraw(.resolved) : .ratify(digest: digest())
        default: return Int.random(in: 0..<16, using: &random) == 0 ? .recall(.error) : .ratify(digest: digest())
        }
    }

    /// One random action, with what must hold before and after.
    mutating func step() throws {
        clock = clock.advanced(by: .seconds(Int.random(in: 1...40_000, using: &random)))
        let actor = actors[Int.random(in: 0..<actors.count, using: &random)]
        let action = try action()
        let before = advisory.elapsed(at: clock)
        do throws(LifecycleRefusal) {
            advisory = try advisory.after(action, by: actor, at: clock)
        } catch {
            return
        }
        #expect(actor.member == advisory.member && !actor.roles.isDisjoint(with: action.roles))
        switch action {
        case .edit(let content, let terms), .amend(let content, let terms, _, _):
            writers.append(Word(actor: actor, content: content, terms: terms))
        case .approve(let digest):
            let pending = try #require(advisory.pending)
            #expect(digest == before.pending?.digest)
            words.append(Word(actor: actor, content: pending.content, terms: pending.terms))
        case .ratify(let digest):
            #expect(digest == before.version.digest)
            words.append(Word(actor: actor, content: advisory.content, terms: advisory.terms))
        case .grade, .confirmGrade, .publish, .publishAmendment, .review, .withdraw, .recall, .erase: break
        }
        if before.release != nil, case .publishAmendment = action {
        } else if before.release != nil {
            #expect(advisory.content == before.content && advisory.terms == before.terms)
        }
        if before.state.isFinal {
            guard case .recalled = advisory.state else {
                Issue.record("\(before.state) became \(advisory.state)")
                return
            }
        }
        check()
    }

    /// Whatever is published and needs it was approved, exactly as it is, by another than who wrote it.
    private func check() {
        guard let release = advisory.release else { return }
        guard advisory.kind != .safety || release.isRatified else {
            #expect(
                advisory.state.isFinal
                    || advisory.due.map { $0 <= release.first.advanced(by: .seconds(86_400)) } == true
            )
            return
        }
        let version = advisory.version
        let sound = words.filter { word in
            guard word.content == version.content, word.terms == version.terms, word.actor.roles.contains(.approver),
                word.actor.principal != version.author.principal, word.actor.principal != version.editor.principal
            else { return false }
            guard version.content.action >= .holdOrDecline || version.content.namesPerson else { return true }
            return word.actor.unit != nil && version.author.unit != nil && version.editor.unit != nil
                && word.actor.unit != version.author.unit && word.actor.unit != version.editor.unit
        }
        #expect(!sound.isEmpty)
        #expect(advisory.approvals.last?.digest == version.digest)
        #expect(
            advisory.approvals.last.map { last in sound.contains { $0.actor.principal == last.by.principal } } == true
        )
        let wrote = writers.filter { $0.content == version.content && $0.terms == version.terms }
        #expect(wrote.contains { $0.actor.principal == version.editor.principal })
    }
}

@Suite("Advisory lifecycle, at random")
struct AdvisoryPropertyTests {
    @Test("publishes nothing without a sound approval, in any order of calls", arguments: UInt64(0)..<100)
    func approvals(seed: UInt64) throws {
        var play = try AdvisoryPlay(seed: seed)
        for _ in 0..<120 { try play.step() }
    }

    @Test("of which many sequences do publish and amend, so that the rule is tried")
    func tried() throws {
        var published = 0
        var amended = 0
        for seed in UInt64(0)..<40 {
            var play = try AdvisoryPlay(seed: seed)
            for _ in 0..<120 { try play.step() }
            if play.advisory.release != nil, !play.advisory.approvals.isEmpty { published += 1 }
            if play.advisory.version.number > 1 { amended += 1 }
        }
        #expect(published > 8 && amended > 2)
    }
}

import Exchange
import Foundation
import TestSupport
import Testing

private typealias S = AdvisorySamples

@Suite("An amendment under an embargo")
struct AdvisoryEmbargoTests {
    private func approved(
        _ kind: AdvisoryKind = .route,
        isRatified: Bool = true,
        review: Timestamp? = nil
    ) throws -> Advisory {
        let graded = try S.draft(kind: kind).graded()
        let published = try (isRatified ? graded.approved() : graded).published()
        let terms = try AdvisoryTerms(embargo: S.days(3), review: review)
        let amend = AdvisoryAction.amend(try S.content("Two"), terms, what: "a", why: "b")
        return try published.by(S.author, amend).graded().approved()
    }

    @Test("takes the published version's place when it ends, and not before")
    func waits() throws {
        let waiting = try approved().by(S.author, .publishAmendment, at: S.days(1))
        #expect(waiting.content.title == "Telephones from Shanghai" && waiting.amendment?.progress == .waiting)
        #expect(waiting.due == S.days(3) && waiting.approvals.count == 1 && waiting.release?.last == S.now)
        #expect(waiting.refusal(S.author, .publishAmendment, at: S.days(1)) == .waiting(until: S.days(3)))
        #expect(waiting.elapsed(at: S.days(3).advanced(by: .nanoseconds(-1))) == waiting)
        let out = waiting.elapsed(at: S.days(4))
        #expect(out == waiting.awaited && out.amendment == nil && out.version.hold == nil)
        #expect(out.content.title == "Two" && out.version.number == 2 && out.release?.last == S.days(3))
        #expect(out.approvals.map(\.digest).last == out.version.digest && out.changes.count == 1)
        let written = try JSONEncoder().encode(waiting)
        #expect(try JSONDecoder().decode(Advisory.self, from: written) == waiting)
    }

    @Test("waits no more once it is changed, graded or replaced")
    func changed() throws {
        let waiting = try approved().by(S.author, .publishAmendment)
        let terms = try AdvisoryTerms(embargo: S.days(3))
        let changes: [(ActingPrincipal, AdvisoryAction)] = [
            (S.author, .edit(try S.content("Three"), terms)), (S.officer, .grade(Grade(.usually, .probable))),
            (S.author, .amend(try S.content("Three"), terms, what: "a", why: "b")),
        ]
        for (actor, action) in changes {
            let changed = try waiting.by(actor, action)
            #expect(changed.amendment?.hold == nil && changed.awaited == nil)
            #expect(changed.elapsed(at: S.days(4)).version.number == 1)
        }
    }

    @Test("does not ratify what is out meanwhile on one pair of eyes")
    func unratified() throws {
        let waiting = try approved(.safety, isRatified: false).by(S.author, .publishAmendment)
        #expect(waiting.elapsed(at: S.days(3)).state == .recalled(.unratified))
        let ratify = AdvisoryAction.ratify(digest: waiting.version.digest)
        #expect(try waiting.by(S.approver, ratify).elapsed(at: S.days(3)).version.number == 2)
    }

    @Test("must have a review date after it, and expires by that")
    func review() throws {
        #expect(throws: LifecycleRefusal.self) { try approved(review: S.days(2)) }
        let waiting = try approved(review: S.days(5)).by(S.author, .publishAmendment)
        #expect(waiting.release?.review == nil && waiting.elapsed(at: S.days(3)).release?.review == S.days(5))
        #expect(waiting.elapsed(at: S.days(5)).state == .expired)
        // What is out may end before.
        let ending = try waiting.by(S.author, .review(until: S.days(2)))
        #expect(ending.elapsed(at: S.days(9)).state == .expired && ending.elapsed(at: S.days(9)).version.number == 1)
    }

    @Test("takes the place of a version at once that is under one itself")
    func first() throws {
        let terms = try AdvisoryTerms(embargo: S.days(2))
        let held = try S.published(terms: terms)
        let later = try AdvisoryTerms(embargo: S.days(3))
        let amend = AdvisoryAction.amend(try S.content("Two"), later, what: "a", why: "b")
        let amended = try held.by(S.author, amend).graded().approved().by(S.author, .publishAmendment, at: S.days(1))
        #expect(amended.version.number == 2 && amended.amendment == nil && amended.terms.embargo == S.days(3))
    }
}

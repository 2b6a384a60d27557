import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Advisory lifecycle")
struct AdvisoryLifecycleTests {
    private typealias S = AdvisorySamples

    @Test("leads from draft to publication over grade and approval, and no other way")
    func way() throws {
        let draft = try S.draft()
        let publish = AdvisoryAction.publish(try S.reference())
        #expect(draft.state == .draft && draft.grade == nil && draft.due == nil)
        #expect(draft.refusal(S.author, publish) == .notApproved)
        #expect(draft.refusal(S.approver, .approve(digest: draft.version.digest)) == .notGraded)
        let graded = try draft.graded()
        #expect(graded.state == .graded && graded.grade?.code == "B2")
        #expect(graded.refusal(S.author, publish) == .notApproved)
        let approved = try graded.approved()
        #expect(approved.state == .approved && approved.approvals.isEmpty)
        let published = try approved.published()
        #expect(published.state == .published && published.reference?.text == "CVT-2026-00417")
        #expect(published.approvals.map(\.digest) == [published.version.digest])
        #expect(published.refusal(S.author, publish) == .wrongState(.published, action: "publish"))
        #expect(published.release?.review == nil && published.due == S.days(Advisory.capDays))
    }

    @Test("returns to draft with every edit, and to graded with every grade")
    func edits() throws {
        let approved = try S.draft().graded().approved()
        let edit = AdvisoryAction.edit(try S.content("Other"), approved.terms)
        #expect(try approved.by(S.author, edit).state == .draft)
        let same = AdvisoryAction.edit(approved.content, approved.terms)
        #expect(try approved.by(S.author, same).state == .draft)
        #expect(try approved.graded().state == .graded)
        let wrong = AdvisoryAction.edit(try S.content(subjects: []), approved.terms)
        #expect(approved.refusal(S.author, wrong)?.description.hasPrefix("subjects: ") == true)
    }

    @Test("takes the approval of the version that was seen alone")
    func seen() throws {
        let first = try S.draft().graded()
        let second = try first.by(S.author, .edit(try S.content("Other"), first.terms)).graded()
        #expect(second.refusal(S.approver, .approve(digest: first.version.digest)) == .changedSince)
        let terms = try AdvisoryTerms(purposes: [.strategic])
        let third = try first.by(S.author, .edit(first.content, terms)).graded()
        #expect(third.refusal(S.approver, .approve(digest: first.version.digest)) == .changedSince)
        let regraded = try first.by(S.officer, .grade(Grade(.usually, .confirmed)))
        #expect(regraded.refusal(S.approver, .approve(digest: first.version.digest)) == .changedSince)
    }

    @Test("asks for four eyes: neither its author nor its last editor approves")
    func fourEyes() throws {
        let both = S.actor(11, [.publisher, .approver], unit: 0)
        let editor = S.actor(15, [.publisher, .approver], unit: 1)
        let graded = try S.draft().graded()
        #expect(graded.refusal(both, .approve(digest: graded.version.digest)) == .ownWork)
        let edited = try graded.by(editor, .edit(graded.content, graded.terms)).graded()
        #expect(edited.refusal(editor, .approve(digest: edited.version.digest)) == .ownWork)
        #expect(edited.refusal(both, .approve(digest: edited.version.digest)) == .ownWork)
        #expect(try edited.approved().state == .approved)
        // Who changed it in between wrote it too, and is of a unit that does.
        let last = S.actor(19, unit: 0)
        let twice = try edited.by(last, .edit(graded.content, graded.terms)).by(
            last,
            .edit(graded.content, graded.terms)
        )
        .graded()
        #expect(twice.refusal(editor, .approve(digest: twice.version.digest)) == .ownWork)
        #expect(try twice.approved().state == .approved)
        let person = try S.content(subjects: [S.goods(), S.route(), S.person()])
        let named = try twice.by(last, .edit(person, graded.terms)).graded()
        #expect(named.refusal(S.approver, .approve(digest: named.version.digest)) == .sameUnit)
        #expect(try graded.approved(by: S.near).state == .approved)
    }

    @Test("keeps the approval that it has: nobody takes the place of who gave it")
    func approvedOnce() throws {
        let approved = try S.draft().graded().approved()
        let again = AdvisoryAction.approve(digest: approved.version.digest)
        for actor in [S.near, S.approver] {
            #expect(approved.refusal(actor, again) == .approved(by: S.approver.principal))
        }
        let amended = try approved.published().by(
            S.author,
            .amend(approved.content, approved.terms, what: "a", why: "b")
        )
        let waiting = try amended.graded().approved(by: S.near)
        let digest = try #require(waiting.amendment).digest
        #expect(waiting.refusal(S.approver, .approve(digest: digest)) == .approved(by: S.near.principal))
        #expect(try approved.graded().approved(by: S.near).version.approval?.by.principal == S.near.principal)
    }

    @Test("takes no embargo that has passed, but for the one that it has")
    func embargoes() throws {
        func terms(_ embargo: Timestamp) throws -> AdvisoryTerms { try AdvisoryTerms(embargo: embargo) }
        func refusal(_ body: () throws -> Advisory) throws -> LifecycleRefusal? {
            do {
                _ = try body()
                return nil
            } catch let refusal as LifecycleRefusal {
                return refusal
            }
        }
        let begun = try S.draft(terms: terms(S.later(1)))
        let published = try begun.graded().approved().published(at: S.days(1))
        for embargo in [S.days(-1), S.now] {
            let refused = [
                try refusal { try S.draft(terms: terms(embargo)) },
                begun.refusal(S.author, .edit(begun.content, try terms(embargo))),
                published.refusal(S.author, .amend(begun.content, try terms(embargo), what: "a", why: "b")),
            ]
            for refusal in refused {
                guard case .content(let fault) = refusal else {
                    Issue.record("\(String(describing: refusal))")
                    continue
                }
                #expect(fault.field == "terms.embargo" && fault.description.contains("future; "))
            }
        }
        // What waited longer than its embargo is out at once, and says the same of it in what it becomes.
        let edit = AdvisoryAction.edit(begun.content, begun.terms)
        #expect(begun.refusal(S.author, edit, at: S.days(1)) == nil)
        let amend = AdvisoryAction.amend(begun.content, begun.terms, what: "a", why: "b")
        #expect(published.refusal(S.author, amend, at: S.days(1)) == nil)
    }

    @Test("asks for another unit where it lets readers act, or names a person", arguments: ActionCode.allCases)
    func units(action: ActionCode) throws {
        for subjects in [try [S.goods(), S.route()], try [S.goods(), S.route(), S.person()]] {
            let graded = try S.draft(try S.content(subjects: subjects, action: action)).graded()
            let approve = AdvisoryAction.approve(digest: graded.version.digest)
            let isStrict = action >= .holdOrDecline || subjects.count == 3
            #expect(graded.refusal(S.near, approve) == (isStrict ? .sameUnit : nil))
            #expect(graded.refusal(S.actor(16, [.approver]), approve) == (isStrict ? .sameUnit : nil))
            #expect(graded.refusal(S.approver, approve) == nil)
            let unknown = try S.draft(graded.content, by: S.actor(11)).graded()
            #expect(unknown.refusal(S.approver, approve) == (isStrict ? .sameUnit : nil))
            let edited = try graded.by(S.actor(17, unit: 1), .edit(graded.content, graded.terms)).graded()
            #expect(edited.refusal(S.approver, approve) == (isStrict ? .sameUnit : nil))
        }
    }

    @Test("needs the right role of the originator's own principals")
    func roles() throws {
        let published = try S.published()
        let actions: [(AdvisoryAction, Set<Role>)] = [
            (.edit(published.content, published.terms), [.publisher]),
            (.grade(Grade(.usually, .probable)), [.publisher, .officer]), (.confirmGrade, [.approver, .officer]),
            (.approve(digest: []), [.approver]), (.publish(try S.reference()), [.publisher]),
            (.amend(published.content, published.terms, what: "a", why: "b"), [.publisher]),
            (.publishAmendment, [.publisher]), (.review(until: nil), [.publisher, .approver]),
            (.withdraw(.resolved), [.publisher]), (.recall(.error), [.publisher, .approver, .officer]),
            (.ratify(digest: []), [.approver]),
        ]
        for (action, roles) in actions {
            for role in Role.allCases {
                let refusal = published.refusal(S.actor(18, [role]), action)
                #expect((refusal == .missingRole(oneOf: roles.sorted())) == !roles.contains(role))
            }
            let stranger = S.actor(18, Set(Role.allCases), of: Samples.member(2))
            #expect(published.refusal(stranger, action) == .notOriginator)
        }
        #expect(throws: LifecycleRefusal.missingRole(oneOf: [.publisher])) { try S.draft(by: S.approver) }
    }

    @Test("caps a self-grade until a second person has reviewed it")
    func selfGrade() throws {
        let own = try S.draft().by(S.author, .grade(Grade(.completely, .confirmed)))
        #expect(own.grade?.code == "A3")
        #expect(try own.approved().grade?.code == "A1")
        #expect(try own.by(S.officer, .confirmGrade).grade?.code == "A1")
        #expect(own.refusal(S.actor(11, [.officer]), .confirmGrade) == .ownWork)
        #expect(try S.draft().refusal(S.officer, .confirmGrade) == .notGraded)
        #expect(try S.draft().by(S.actor(19), .grade(Grade(.completely, .confirmed))).grade?.code == "A1")
        let editor = S.actor(19)
        let edited = try S.draft().by(editor, .edit(own.content, own.terms))
        #expect(try edited.by(editor, .grade(Grade(.completely, .confirmed))).grade?.code == "A3")
        let long = Grade(.usually, .probable, original: String(repeating: "x", count: 65))
        #expect(own.refusal(S.officer, .grade(long)) != nil)
    }

    @Test("keeps the published version before readers until the amendment is approved")
    func amendment() throws {
        let published = try S.published()
        let edit = AdvisoryAction.edit(published.content, published.terms)
        #expect(published.refusal(S.author, edit) == .noAmendment(.published, action: "edit"))
        let publish = AdvisoryAction.publishAmendment
        #expect(published.refusal(S.author, publish) == .noAmendment(.published, action: publish.name))
        let other = try S.content("Other")
        let amend = AdvisoryAction.amend(other, published.terms, what: "The title", why: "It was wrong")
        let amended = try published.by(S.author, amend)
        #expect(amended.version == published.version && amended.pending?.number == 2)
        #expect(amended.refusal(S.author, .publishAmendment) == .notApproved)
        let approved = try amended.graded().approved()
        #expect(approved.version == published.version && approved.state == .published)
        let edited = try approved.by(S.author, .edit(other, published.terms))
        #expect(edited.refusal(S.author, .publishAmendment) == .notApproved)
        let second = try approved.by(S.author, .publishAmendment, at: S.days(1))
        #expect(second.content.title == "Other" && second.version.number == 2 && second.amendment == nil)
        #expect(second.changes.map(\.what) == ["The title"] && second.approvals.map(\.number) == [1, 2])
        #expect(second.release?.first == S.now && second.release?.last == S.days(1))
        #expect(second.release?.cap == published.release?.cap && second.reference == published.reference)
        let blank = AdvisoryAction.amend(other, published.terms, what: " ", why: "x")
        #expect(published.refusal(S.author, blank) == .content(ContentFault("what", .empty)))
        let bare = AdvisoryAction.amend(try S.content(tearline: nil), published.terms, what: "a", why: "b")
        #expect(published.refusal(S.author, bare) == .tearlineMissing)
    }

    @Test("is restricted and restored by the exchange's dispute handling, and amended meanwhile")
    func disputes() throws {
        let published = try S.published()
        let disputed = try published.disputed(at: S.days(1))
        #expect(disputed.state == .restricted && disputed.due == published.due)
        #expect(try disputed.settled(by: S.approver, at: S.days(2)) == published)
        #expect(try disputed.disputed(at: S.days(2)) == disputed)
        #expect(throws: LifecycleRefusal.notDisputed(.published)) {
            try published.settled(by: S.approver, at: S.now)
        }
        #expect(try disputed.amended(S.content("Other"), at: S.days(2)).state == .restricted)
        let settlers: [(ActingPrincipal, LifecycleRefusal)] = [
            (S.author, .missingRole(oneOf: [.approver])), (S.actor(11, [.approver]), .ownWork),
            (S.actor(13, [.approver], of: Samples.member(2)), .notOriginator),
        ]
        for (actor, refusal) in settlers {
            #expect(throws: refusal) { try disputed.settled(by: actor, at: S.days(2)) }
        }
        let edited = try S.draft().by(S.actor(15), .edit(published.content, published.terms)).graded().approved()
        #expect(throws: LifecycleRefusal.ownWork) {
            try edited.published().disputed(at: S.now).settled(by: S.actor(15, [.approver]), at: S.now)
        }
    }

    @Test("expires at its review date, and at the cap whatever is said")
    func review() throws {
        let content = try S.content(subjects: [S.route(), S.person()])
        let published = try S.published(content)
        #expect(published.due == S.days(180))
        #expect(published.elapsed(at: S.days(180).advanced(by: .nanoseconds(-1))) == published)
        #expect(published.elapsed(at: S.days(180)).state == .expired)
        #expect(
            published.refusal(S.author, .review(until: nil), at: S.days(180))
                == .wrongState(.expired, action: "review")
        )
        let kept = try published.by(S.author, .review(until: nil), at: S.days(100))
        #expect(kept.due == S.days(280))
        #expect(published.refusal(S.author, .review(until: S.now)) == .reviewPast)
        #expect(published.refusal(S.author, .review(until: S.days(181))) == .reviewLate(latest: S.days(180)))
        #expect(try published.after(.review(until: nil), by: S.author, at: S.now, reviewDays: 30).due == S.days(30))
        var old = published
        for day in stride(from: 170, through: 1_800, by: 170) {
            old = try old.by(S.author, .review(until: nil), at: S.days(day))
        }
        #expect(old.due == S.days(Advisory.capDays))
        #expect(try S.published(terms: AdvisoryTerms(review: S.days(400))).due == S.days(400))
        // What could not be published is not drafted; and it may be too late for it by then.
        for days in [0, 181] {
            let terms = try AdvisoryTerms(review: S.days(days))
            #expect(throws: LifecycleRefusal.self) { try S.draft(content, terms: terms) }
            do {
                _ = try S.draft(content).by(S.author, .edit(content, terms))
                Issue.record("a review date that cannot be kept was taken")
            } catch LifecycleRefusal.content(let fault) {
                #expect(fault.field == "terms.review")
            }
        }
        let soon = try S.draft(content, terms: AdvisoryTerms(review: S.days(2))).graded().approved()
        #expect(soon.refusal(S.author, .publish(try S.reference()), at: S.days(3)) == .reviewPast)
        #expect(try soon.by(S.author, .edit(content, soon.terms), at: S.days(3)).state == .draft)
    }

    @Test("publishes a safety advisory on one pair of eyes, and recalls it after a day unless it is ratified")
    func safety() throws {
        let published = try S.draft(kind: .safety).published()
        #expect(published.state == .published && published.approvals.isEmpty && published.due == S.days(1))
        #expect(published.elapsed(at: S.days(1)).state == .recalled(.unratified))
        let ratify = AdvisoryAction.ratify(digest: published.version.digest)
        #expect(published.refusal(S.actor(11, [.approver]), ratify) == .ownWork)
        #expect(published.refusal(S.approver, .ratify(digest: [])) == .changedSince)
        let grade = AdvisoryAction.grade(Grade(.usually, .possible))
        #expect(published.refusal(S.author, grade) == .notRatified(.published, action: "grade"))
        #expect(published.refusal(S.author, grade)?.description.contains("ratif") == true)
        #expect(
            published.refusal(S.approver, ratify, at: S.days(1))
                == .wrongState(.recalled(.unratified), action: "ratify")
        )
        let ratified = try published.by(S.approver, ratify, at: S.later(86_399))
        #expect(ratified.due == S.days(Advisory.capDays) && ratified.approvals.count == 1)
        #expect(ratified.refusal(S.approver, ratify) == .nothingToRatify)
        #expect(ratified.refusal(S.author, grade, at: S.later(86_399)) == .noAmendment(.published, action: "grade"))
        #expect(try published.disputed(at: S.later(9)).elapsed(at: S.days(1)).state == .recalled(.unratified))
        #expect(try S.draft(kind: .safety).graded().approved().published().due == S.days(Advisory.capDays))
        let named = try S.draft(S.content(subjects: [S.person()]), kind: .safety).published()
        #expect(named.refusal(S.near, .ratify(digest: named.version.digest)) == .sameUnit)
        let short = try S.draft(kind: .safety, terms: AdvisoryTerms(review: S.later(60))).published()
        #expect(short.elapsed(at: S.later(60)).state == .expired)
        #expect(short.elapsed(at: S.days(2)).state == .recalled(.unratified))
    }

    @Test("ends with withdrawal, recall and expiry, after which only a recall is possible")
    func ends() throws {
        let published = try S.published()
        let expired = published.elapsed(at: S.days(Advisory.capDays))
        let withdrawn = try published.by(S.author, .withdraw(.legal))
        let recalled = try published.by(S.approver, .recall(.leak))
        #expect(withdrawn.state == .withdrawn(.legal) && recalled.state == .recalled(.leak))
        for ended in [expired, withdrawn, recalled] {
            #expect(ended.state.isFinal && ended.pending == nil)
            let actions: [AdvisoryAction] = [
                .edit(ended.content, ended.terms), .publish(try S.reference()), .publishAmendment,
                .amend(ended.content, ended.terms, what: "a", why: "b"), .review(until: nil), .withdraw(.resolved),
            ]
            for action in actions {
                #expect(ended.refusal(S.author, action) == .wrongState(ended.state, action: action.name))
            }
        }
        #expect(try expired.by(S.author, .recall(.error)).state == .recalled(.error))
        #expect(try withdrawn.by(S.author, .recall(.error)).state == .recalled(.error))
        #expect(try published.disputed(at: S.now).by(S.author, .recall(.error)).state == .recalled(.error))
        #expect(recalled.refusal(S.author, .recall(.error)) == .wrongState(.recalled(.leak), action: "recall"))
        #expect(published.refusal(S.author, .recall(.unratified)) == .reservedReason)
        let discarded = try S.draft().by(S.author, .withdraw(.unfounded))
        #expect(discarded.state == .withdrawn(.unfounded) && discarded.release == nil)
        #expect(discarded.refusal(S.author, .recall(.error)) == .wrongState(discarded.state, action: "recall"))
    }

    @Test("is the same after it was written and read")
    func roundTrip() throws {
        let amend = AdvisoryAction.amend(try S.content("Other"), try AdvisoryTerms(), what: "a", why: "b")
        for advisory in [
            try S.draft(), try S.published().by(S.author, amend).graded(), try S.published().disputed(at: S.now),
        ] {
            let written = try JSONEncoder().encode(advisory)
            #expect(try JSONDecoder().decode(Advisory.self, from: written) == advisory)
        }
    }

    @Test("says of every refusal what to do")
    func fixes() throws {
        let refusals: [LifecycleRefusal] = [
            .notOriginator, .missingRole(oneOf: [.approver]), .wrongState(.expired, action: "edit"), .notGraded,
            .notApproved, .ownWork, .sameUnit, .changedSince, .approved(by: S.approver.principal),
            .noAmendment(.published, action: "grade"), .notRatified(.published, action: "grade"),
            .notDisputed(.published), .waiting(until: S.now), .nothingToRatify, .reviewPast,
            .reviewLate(latest: S.now), .reservedReason, .tearlineMissing, .notEnded(.published), .erased,
            .content(ContentFault("title", .empty)),
        ]
        for refusal in refusals { #expect(refusal.description.contains(";")) }
    }
}

import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Erasing what an advisory said")
struct AdvisoryErasureTests {
    private typealias S = AdvisorySamples

    private static let words = [
        "Tamsin", "Verloop", "Shanghai", "seals", "Precursors", "Watch", "Telephones", "8517", "CNSHA", "More is known",
        "A seizure", "4x4", "s1", "s3",
    ]

    /// Amended twice and graded elsewhere: everything that may hold a word does.
    private static func full() throws -> Advisory {
        let grade = Grade(.usually, .probable, original: "4x4:B2")
        let first = try S.draft(S.content(subjects: [S.person(), S.goods(), S.route()]))
            .by(S.officer, .grade(grade)).approved().published()
        let amend = AdvisoryAction.amend(first.content, first.terms, what: "More is known", why: "A seizure")
        return try first.amended(S.content(subjects: [S.goods(), S.route()]), at: S.days(1)).by(S.author, amend)
            .by(S.officer, .grade(grade))
    }

    private static func ended() throws -> Advisory { try full().by(S.author, .withdraw(.resolved), at: S.days(2)) }

    private func text(_ advisory: Advisory) throws -> String {
        String(decoding: try JSONEncoder().encode(advisory), as: UTF8.self)
    }

    @Test("leaves no word of any version and no digest, but its names, state and terms, and who did what")
    func wordless() throws {
        let before = try Self.ended()
        for word in Self.words.dropLast(3) { #expect(try text(Self.full()).contains(word), "\(word)") }
        let after = try before.by(S.approver, .erase(.retention), at: S.days(3))
        let text = try text(after)
        for word in Self.words { #expect(!text.contains(word), "\(word)") }
        for approval in before.approvals {
            #expect(!text.contains(approval.digest.map(String.init).joined(separator: ",")))
        }
        #expect(after.stage == before.stage && after.terms == before.terms && after.id == before.id)
        #expect(after.content.categories == before.content.categories && after.version.number == 2)
        #expect(
            after.version.author == before.version.author && after.approvals.map(\.by) == before.approvals.map(\.by)
        )
        #expect(after.erasure?.reason == .retention && after.erasure?.at == S.days(3))
        #expect(after.erasure?.by?.principal == S.approver.principal)
        #expect(try JSONDecoder().decode(Advisory.self, from: Data(text.utf8)) == after)
    }

    @Test("is a second person's, and of what has ended")
    func refusals() throws {
        func refusal(_ advisory: Advisory, _ actor: ActingPrincipal, _ reason: ErasureReason) -> LifecycleRefusal? {
            do throws(LifecycleRefusal) {
                _ = try advisory.after(.erase(reason), by: actor, at: S.days(3))
                return nil
            } catch {
                return error
            }
        }
        let ended = try Self.ended()
        #expect(refusal(ended, S.author, .legal) == .missingRole(oneOf: [.approver]))
        let both = S.actor(11, [.publisher, .approver], unit: 0)
        #expect(refusal(ended, both, .legal) == .ownWork)
        #expect(refusal(ended, S.approver, .closed) == .reservedReason)
        #expect(refusal(try S.published(), S.approver, .legal) == .notEnded(.published))
        #expect(refusal(try S.draft(), S.approver, .legal) == .notEnded(.draft))
        let erased = try ended.by(S.approver, .erase(.legal), at: S.days(3))
        #expect(refusal(erased, S.approver, .legal) == .erased)
        #expect(refusal(try S.draft().by(S.author, .withdraw(.resolved)), S.approver, .legal) == nil)
    }

    @Test("ends what has not ended where the exchange does it, and leaves it to be recalled")
    func closed() throws {
        for advisory in [try Self.full(), try S.draft()] {
            let erased = advisory.erased(for: .closed, by: nil, at: S.days(2))
            #expect(erased.state.isFinal && erased.erasure?.reason == .closed)
            #expect(erased.erasure?.by == nil && erased.amendment == nil)
        }
        let recalled = try Self.full().erased(for: .closed, by: nil, at: S.days(2)).by(
            S.officer,
            .recall(.leak),
            at: S.days(3)
        )
        let held = Set([STIXID(type: "report", uuid: S.ids(.full, "report"))])
        #expect(recalled.state == .recalled(.leak))
        #expect(recalled.stub(of: .full, holding: held, ids: S.ids, at: S.days(3)).count == 1)
    }
}

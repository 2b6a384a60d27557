import Exchange
import Foundation
import TestSupport
import Testing

/// Advisories, and people who act on them, to test with.
enum AdvisorySamples {
    static let now = Timestamp(microseconds: 1_800_000_000_000_000)
    static let member = Samples.member(1, .customs)
    static let units = ["north", "south"].compactMap { Name($0) }

    static func actor(
        _ number: Int,
        _ roles: Set<Role> = [.publisher],
        unit: Int? = nil,
        of member: Member = member
    ) -> ActingPrincipal {
        ActingPrincipal(ID(Samples.uuid(number)), of: member.id, roles: roles, unit: unit.map { units[$0] })
    }

    static let author = actor(11, [.publisher], unit: 0)
    static let officer = actor(12, [.officer], unit: 0)
    static let approver = actor(13, [.approver], unit: 1)
    static let near = actor(14, [.approver], unit: 0)

    static func reference(_ serial: Int = 417) throws -> AdvisoryReference {
        try #require(AdvisoryReference(year: 2026, serial: serial))
    }

    static func category(_ code: String) throws -> Exchange.Category { try #require(Category(rawValue: code)) }

    static func person(_ key: String = "s1", _ name: String = "Tamsin Verloop", _ standing: DataSubject? = nil) throws
        -> Subject
    {
        try Subject(.person, key: key, properties: ["name": [name]], roles: [.consignor], standing: standing)
    }

    static func goods(_ key: String = "s2") throws -> Subject {
        try Subject(
            .consignment,
            key: key,
            properties: [
                "hsDeclared": ["8517.62"], "hsSuspected": ["2939.41"], "area": ["DRG"], "goods": ["Telephones"],
            ]
        )
    }

    static func route(_ key: String = "s3") throws -> Subject {
        try Subject(.route, key: key, properties: ["origin": ["CNSHA"], "destination": ["NLRTM"], "hs": ["293941"]])
    }

    /// About goods and a route, nobody by name, and nothing that lets readers act: the plainest rules hold.
    static func content(
        _ title: String = "Telephones from Shanghai",
        subjects: [Subject]? = nil,
        relations: [SubjectRelation] = [],
        tearline: String? = "Watch telephones.",
        action: ActionCode = .internalOnly
    ) throws -> AdvisoryContent {
        try AdvisoryContent(
            title: title,
            facts: "The seals differed.",
            assessment: "Precursors are likely.",
            categories: [category("TRF-PRE"), category("TBM-MIS"), category("SAF-PER")],
            severity: .serious,
            confidence: 70,
            subjects: try subjects ?? [goods(), route()],
            relations: relations,
            tearline: tearline,
            action: action
        )
    }

    static func draft(
        _ content: AdvisoryContent? = nil,
        kind: AdvisoryKind = .route,
        terms: AdvisoryTerms? = nil,
        by author: ActingPrincipal = author
    ) throws -> Advisory {
        try Advisory(
            ID(Samples.uuid(900)),
            in: ID(Samples.uuid(100)),
            kind: kind,
            try content ?? self.content(),
            on: try terms ?? AdvisoryTerms(),
            by: author,
            at: now
        )
    }

    static func published(_ content: AdvisoryContent? = nil, terms: AdvisoryTerms? = nil, kind: AdvisoryKind = .route)
        throws -> Advisory
    {
        try draft(content, kind: kind, terms: terms).graded().approved().published()
    }

    static func later(_ seconds: Int) -> Timestamp { now.advanced(by: .seconds(seconds)) }
    static func days(_ days: Int) -> Timestamp { later(days * 86_400) }

    /// Ids that follow from rendition and key.
    static func ids(_ rendition: Rendition, _ key: String) -> UUID {
        var hash = SplitMix64(seed: "\(rendition.rawValue)/\(key)".utf8.reduce(5_381) { $0 &* 33 &+ UInt64($1) })
        return UUID(hash.next(), hash.next(), version: 4)
    }
}

extension Advisory {
    func by(_ actor: ActingPrincipal, _ action: AdvisoryAction, at now: Timestamp = AdvisorySamples.now) throws
        -> Advisory
    {
        try after(action, by: actor, at: now)
    }

    func graded() throws -> Advisory { try by(AdvisorySamples.officer, .grade(Grade(.usually, .probable))) }

    func approved(by approver: ActingPrincipal = AdvisorySamples.approver, at now: Timestamp = AdvisorySamples.now)
        throws -> Advisory
    {
        try by(approver, .approve(digest: try #require(pending).digest), at: now)
    }

    func published(at now: Timestamp = AdvisorySamples.now) throws -> Advisory {
        try by(AdvisorySamples.author, .publish(try AdvisorySamples.reference()), at: now)
    }

    /// Amended, graded, approved and published.
    func amended(_ content: AdvisoryContent, at now: Timestamp) throws -> Advisory {
        let amend = AdvisoryAction.amend(content, terms, what: "More is known", why: "A seizure")
        return try by(AdvisorySamples.author, amend, at: now)
            .by(AdvisorySamples.officer, .grade(Grade(.usually, .confirmed)), at: now)
            .approved(at: now).by(AdvisorySamples.author, .publishAmendment, at: now)
    }

    func refusal(_ actor: ActingPrincipal, _ action: AdvisoryAction, at now: Timestamp = AdvisorySamples.now)
        -> LifecycleRefusal?
    {
        do throws(LifecycleRefusal) {
            _ = try after(action, by: actor, at: now)
            return nil
        } catch {
            return error
        }
    }
}

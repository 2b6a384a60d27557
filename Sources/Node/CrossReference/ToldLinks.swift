import Exchange
import Foundation
public import Screening
import Store

/// What a reader is told of links, clusters and networks.
extension CrossReferenceDesk {
    /// Steps from what a network is asked around.
    public static let stepsRange = 1...4

    /// An advisory as its reader may name it.
    public struct AdvisoryName: Hashable, Sendable {
        /// The id of the report of the rendition that it sees.
        public let report: String
        /// Its number; nil where the rendition does not tell it.
        public let reference: String?
        /// Whether somebody disputes it (row 13).
        public let isDisputed: Bool

        init(_ rendition: ShownRendition, _ sight: CrossReferenceDesk.Sight) {
            report = rendition.report.text
            reference = rendition.reference
            isDisputed = sight.disputed.contains(rendition.label)
        }
    }

    /// A link with the names of its ends.
    public struct ToldLink: Sendable {
        /// What they have in common, and why.
        public let link: Link
        /// The two.
        public let left, right: AdvisoryName
    }

    /// Subjects that are of one.
    public struct Cluster: Sendable {
        /// A subject of an advisory.
        public struct Member: Sendable {
            /// Its object.
            public let object: String
            /// What people call it.
            public let caption: String
            /// What tells of it.
            public let advisory: AdvisoryName
        }

        /// In the order of their objects; at least two.
        public let subjects: [Member]
    }

    /// Some of an answer.
    public struct Page<Element: Sendable>: Sendable {
        /// Those of the page.
        public let shown: [Element]
        /// How many can be read, page by page.
        public let reachable: Int
        /// How many there are.
        public let count: Int
    }

    /// What is linked of what the caller may see.
    /// - Parameters:
    ///   - advisory: an advisory by its report or number; nil for all.
    ///   - type: what they have in common; nil for whatever it is.
    ///   - start: how many are passed over.
    public func links(
        of advisory: String?,
        _ type: LinkType?,
        from start: Int,
        upTo count: Int,
        for session: Session
    ) async throws -> Page<ToldLink> {
        try await answer(session) { sight in
            let answer: LinkAnswer
            if let advisory {
                guard let id = sight.advisory(advisory) else { throw Self.noSuch("advisory") }
                answer = sight.view.links(of: id, type)
            } else {
                answer = sight.view.links(type)
            }
            let told = answer.links.compactMap { link -> ToldLink? in
                guard let left = sight.shown[link.left], let right = sight.shown[link.right]
                else { return nil }
                return ToldLink(link: link, left: AdvisoryName(left, sight), right: AdvisoryName(right, sight))
            }
            // By what the reader knows them by, not by what they are called inside.
            let sorted = told.sorted { one, two in
                (one.left.report, one.right.report, one.link.type) < (two.left.report, two.right.report, two.link.type)
            }
            let shown = Array(sorted.dropFirst(start).prefix(count))
            let subjects = shown.flatMap(\.link.evidence).compactMap(\.ends).flatMap { [$0.left, $0.right] }
            let ends = shown.flatMap { [$0.link.left, $0.link.right] }
            return (Page(shown: shown, reachable: sorted.count, count: answer.count), Set(subjects), Set(ends))
        }
    }

    /// The subjects of what the caller may see that are of one, two and more each.
    public func clusters(from start: Int, upTo count: Int, for session: Session) async throws -> Page<Cluster> {
        try await answer(session) { sight in
            let groups = sight.view.clusters().filter { $0.count > 1 }.map { group in
                group.sorted { ($0.key, $0.advisory) < ($1.key, $1.advisory) }
            }.sorted { ($0[0].key, $0[0].advisory) < ($1[0].key, $1[0].advisory) }
            let shown = groups.dropFirst(start).prefix(count)
            let clusters = shown.map { group in
                Cluster(
                    subjects: group.compactMap { subject in
                        guard let rendition = sight.shown[subject.advisory],
                            let known = rendition.compared.subjects.first(where: { $0.key == subject.key })
                        else { return nil }
                        return Cluster.Member(
                            object: subject.shownObject,
                            caption: known.caption,
                            advisory: AdvisoryName(rendition, sight)
                        )
                    }
                )
            }
            return (Page(shown: clusters, reachable: groups.count, count: groups.count), Set(shown.joined()), [])
        }
    }

    /// What is around an advisory or a subject.
    public enum Center: Sendable {
        /// An advisory, by its report or number.
        case advisory(String)
        /// A subject, by its object.
        case subject(String)
    }

    /// The surroundings of an advisory or a subject, of what the caller may see; advisories are called there by the
    /// UUIDs of their reports.
    public func network(
        around center: Center,
        steps: Int,
        for session: Session
    ) async throws -> (network: SubjectNetwork, measures: NetworkMeasures) {
        guard Self.stepsRange.contains(steps) else {
            throw AdvisoryFault.invalid(
                field: "steps",
                rule: "must be \(Self.stepsRange.lowerBound) to \(Self.stepsRange.upperBound)"
            )
        }
        return try await answer(session) { sight in
            func name(_ advisory: ID<Advisory>) -> ID<Advisory> {
                sight.shown[advisory].map { ID($0.report.uuid) } ?? advisory
            }
            let inside = Dictionary(uniqueKeysWithValues: sight.shown.keys.map { (name($0), $0) })
            let isInside: (SubjectReference) -> Bool
            switch center {
            case .advisory(let text):
                guard let id = sight.advisory(text) else { throw Self.noSuch("advisory") }
                isInside = { $0.advisory == name(id) }
            case .subject(let object):
                guard let subject = sight.subject(object) else { throw Self.noSuch("subject") }
                let named = SubjectReference(name(subject.advisory), subject.key)
                isInside = { $0 == named }
            }
            do throws(NetworkFault) {
                let part = try sight.view.network(naming: name).surroundings(of: isInside, steps: steps)
                let told = part.nodes.flatMap(\.subjects).compactMap { subject in
                    inside[subject.advisory].map { SubjectReference($0, subject.key) }
                }
                return ((part, try NetworkMeasures(part)), Set(told), [])
            } catch {
                throw AdvisoryFault.notNow(error.description)
            }
        }
    }

    private static func noSuch(_ field: String) -> AdvisoryFault {
        .noSuch(field: field, rule: "is none that you may see; GET /v1/links names those that have anything in common")
    }
}

import Exchange
import Node
import Screening
import Store

/// A page of links.
struct LinkList: Encodable {
    let links: [LinkResource]
    let count: Int
    let next: String?
}

/// An advisory as its reader may name it.
struct LinkedAdvisory: Encodable {
    let id: String
    let reference: String?
    let disputed: Bool

    init(_ name: CrossReferenceDesk.AdvisoryName) {
        id = name.report
        reference = name.reference
        disputed = name.isDisputed
    }
}

/// A link, and the strongest reasons for it.
struct LinkResource: Encodable {
    /// One reason.
    struct Evidence: Encodable {
        let objects: [String]
        let fields: [String]
        let score: Double
        let sentence: String

        init(_ evidence: LinkEvidence) {
            objects = evidence.ends.map { [$0.left.shownObject, $0.right.shownObject] } ?? []
            fields = evidence.fields
            score = Double(evidence.score) / 1_000
            sentence = evidence.sentence
        }
    }

    let type, label: String
    let score: Double
    let advisories: [LinkedAdvisory]
    let evidence: [Evidence]
    let evidence_count: Int

    init(_ told: CrossReferenceDesk.ToldLink) {
        type = told.link.type.rawValue
        label = told.link.type.label
        score = Double(told.link.score) / 1_000
        advisories = [told.left, told.right].map(LinkedAdvisory.init)
        evidence = told.link.evidence.map(Evidence.init)
        evidence_count = told.link.evidenceCount
    }
}

/// A page of clusters.
struct ClusterList: Encodable {
    let clusters: [ClusterResource]
    let count: Int
    let next: String?
}

/// Subjects that are of one.
struct ClusterResource: Encodable {
    struct Subject: Encodable {
        let object, caption: String
        let advisory: LinkedAdvisory
    }

    let subjects: [Subject]

    init(_ cluster: CrossReferenceDesk.Cluster) {
        subjects = cluster.subjects.map {
            Subject(object: $0.object, caption: $0.caption, advisory: LinkedAdvisory($0.advisory))
        }
    }
}

/// A page of judgements.
struct JudgementList: Encodable {
    let judgements: [JudgementResource]
    let next: String?
}

/// A judgement.
struct JudgementResource: Encodable {
    let id, verdict: String
    let objects: [String]
    let time: String
    let conflict, outdated: Bool
    let by, reason: String?

    init(_ told: CrossReferenceDesk.ToldJudgement) {
        id = told.row.id.text
        verdict = told.verdict.rawValue
        objects = [told.row.left.object, told.row.right.object]
        reason = told.reason
        time = told.row.number.time.text
        conflict = told.isConflict
        outdated = told.isOutdated
        by = told.judge
    }
}

/// The notices to a member.
struct NoticeList: Encodable {
    let notices: [NoticeResource]
}

/// A notice.
struct NoticeResource: Encodable {
    let advisory: String
    let reference: String?
    let day, sentence: String

    init(_ told: NoticeDesk.Told) {
        advisory = told.advisory.text
        reference = told.reference?.text
        day = String(told.day.text.prefix(10))
        sentence = Notice.sentence
    }
}

/// A network with what is measured of it.
struct NetworkResource: Encodable {
    struct Node: Encodable {
        let object, caption, kind: String
        let roles, objects: [String]
        let advisories, degree: Int
        let betweenness: Double
        let articulation: Bool
        let connected: Double
        let substitutes: Int
        let covered, replaceability: Double
    }

    struct Edge: Encodable {
        struct Tie: Encodable {
            let advisory: String
            let relation: String?
            let backward: Bool
        }

        let from, to: String
        let bridge: Bool
        let ties: [Tie]
        let ties_count: Int
    }

    let nodes: [Node]
    let edges: [Edge]

    init(_ network: SubjectNetwork, _ measures: NetworkMeasures) {
        nodes = zip(network.nodes, measures.measures).map { node, measure in
            Node(
                object: node.id.shownObject,
                caption: node.caption,
                kind: node.kind.rawValue,
                roles: node.roles.map(\.rawValue),
                objects: node.subjects.map(\.shownObject),
                advisories: node.advisories,
                degree: measure.degree,
                betweenness: measure.betweenness,
                articulation: measure.isArticulation,
                connected: Double(measure.replaceability.connected) / 1_000,
                substitutes: measure.replaceability.substitutes,
                covered: Double(measure.replaceability.covered) / 1_000,
                replaceability: Double(measure.replaceability.score) / 1_000
            )
        }
        let bridges = Set(measures.bridges)
        edges = network.edges.enumerated().map { place, edge in
            Edge(
                from: network.nodes[edge.first].id.shownObject,
                to: network.nodes[edge.second].id.shownObject,
                bridge: bridges.contains(place),
                ties: edge.ties.map {
                    Edge.Tie(
                        advisory: "report--\($0.advisory.text)",
                        relation: $0.relation?.rawValue,
                        backward: $0.isBackward
                    )
                },
                ties_count: edge.tiesCount
            )
        }
    }
}

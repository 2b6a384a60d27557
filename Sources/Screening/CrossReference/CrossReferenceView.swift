public import Exchange

/// Links, as far as one answer holds them.
public struct LinkAnswer: Hashable, Sendable {
    /// At most `LinkLimits.linksMax`, in their order.
    public let links: [Link]
    /// How many there are.
    public let count: Int

    init(_ all: [Link]) {
        links = Array(all.sorted().prefix(LinkLimits.linksMax))
        count = all.count
    }
}

/// Something that so many of the seen advisories share that no two are linked for it.
public struct Commonplace: Hashable, Sendable, Comparable {
    /// What they have in common.
    public let type: LinkType
    /// What it is, such as `bank DEUTDEFF`.
    public let text: String
    /// How many of the seen advisories share it.
    public let advisories: Int

    /// The commonest first.
    public static func < (left: Self, right: Self) -> Bool {
        left.advisories != right.advisories ? left.advisories > right.advisories : left.text < right.text
    }
}

/// What one reader is told of cross-references: a function of the advisories and judgements that it sees.
public struct CrossReferenceView<Comparison: Likeness>: Sendable {
    private let survey: Survey<Comparison>

    init(_ survey: Survey<Comparison>) {
        self.survey = survey
    }

    /// Every link of which both ends are seen.
    /// - Parameter type: what they have in common; nil for whatever it is.
    public func links(_ type: LinkType? = nil) -> LinkAnswer {
        LinkAnswer(survey.findings().values.flatMap(\.links).filter { type == nil || $0.type == type })
    }

    /// The links of one advisory of which both ends are seen; none where it is not seen itself.
    public func links(of advisory: ID<Advisory>, _ type: LinkType? = nil) -> LinkAnswer {
        guard let slot = survey.holdings.places[advisory] else { return LinkAnswer([]) }
        let pairs = survey.neighbours(of: slot).map { SlotPair(slot, $0) }
        let found = pairs.compactMap { survey.finding($0) }.flatMap(\.links)
        return LinkAnswer(found.filter { type == nil || $0.type == type })
    }

    /// What more than `LinkLimits.featureHoldersMax` of the seen advisories share, the commonest first; at most
    /// `LinkLimits.commonplacesMax`.
    public func commonplaces() -> [Commonplace] {
        let glossary = survey.holdings.glossary
        let common = survey.sight.counts.indices.compactMap { key -> Commonplace? in
            guard glossary.reaches[key] == .feature, !survey.sight.tells(Int32(key), glossary) else { return nil }
            let text = String(glossary.texts[key].dropFirst())
            guard let kind = text.split(separator: " ").first.flatMap({ Feature.Kind(rawValue: String($0)) }) else {
                return nil
            }
            return Commonplace(type: kind.type, text: text, advisories: Int(survey.sight.counts[key]))
        }
        return Array(common.sorted().prefix(LinkLimits.commonplacesMax))
    }

    /// Judgements that contradict earlier ones, of those of which both ends are seen, in their order: people have to
    /// settle them.
    public var conflicts: [Judgement] { survey.sight.oneness.conflicts }

    /// The seen subjects by who or what they are: each group is of one, in their order; a subject that is like no
    /// other is a group of its own.
    ///
    /// What people judged comes first; then numbers that tell one; then likeness, the surest first. Nobody is put
    /// together with whom people judged it apart from, and for likeness alone neither with what contradicts any of the
    /// group, nor with another subject of its own advisory: an author that lists two says that they are two. What is
    /// as much alike to two that are not one is put to neither.
    public func clusters() -> [[SubjectReference]] {
        let renditions = survey.holdings.sorted.compactMap { survey.sight.rendition($0, in: survey.holdings) }
        var clustering = Clustering(renditions.flatMap { $0.subjects.map(\.reference) }, survey.sight.oneness)
        clustering.unite(sharing: ownFeatures(of: renditions))
        let likeness = survey.holdings.likeness
        let prepared = Dictionary(
            uniqueKeysWithValues: renditions.flatMap(\.subjects).map { ($0.reference, $0.prepared) }
        )
        let matches = survey.findings().values.flatMap(\.matches)
        clustering.unite(alike: matches) { one, other in
            guard let mine = prepared[one] ?? nil, let others = prepared[other] ?? nil else { return false }
            return likeness.contradict(mine, others)
        }
        return clustering.groups
    }

    /// By each feature that tells one, the subjects of one kind that have it, in the order of the features' texts.
    private func ownFeatures(of renditions: [PreparedRendition<Comparison>]) -> [[SubjectReference]] {
        var holders: [String: [SubjectReference]] = [:]
        for subject in renditions.flatMap(\.subjects) where subject.subject.kind.family == nil {
            for feature in subject.features where feature.isOwn {
                holders["\(subject.subject.kind.rawValue) \(feature.text)", default: []].append(subject.reference)
            }
        }
        return holders.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Why a judgement of whoever sees this is not kept; nil where it may be.
    func fault(of judgement: Judgement) -> JudgementFault? {
        guard survey.sight.shows(judgement, in: survey.holdings) else { return .unknownSubject }
        return survey.sight.oneness.fault(of: judgement)
    }

    /// What is seen, as networks are made of it.
    var appearances: [SubjectNetwork.Appearance] {
        survey.holdings.sorted.compactMap { slot in
            survey.sight.rendition(slot, in: survey.holdings).map { rendition in
                SubjectNetwork.Appearance(
                    rendition.advisory,
                    subjects: rendition.subjects.map(\.subject),
                    relations: rendition.relations
                )
            }
        }
    }

    /// The network of what is seen: its subjects, each once, with what connects them.
    /// - Parameter name: what an advisory is called there; two are not called the same.
    /// - Throws: `NetworkFault` where it is too large.
    public func network(
        naming name: (ID<Advisory>) -> ID<Advisory> = { $0 }
    ) throws(NetworkFault) -> SubjectNetwork {
        let named = appearances.map { appearance in
            SubjectNetwork.Appearance(
                name(appearance.advisory),
                subjects: appearance.subjects,
                relations: appearance.relations
            )
        }
        let groups = clusters().map { group in group.map { SubjectReference(name($0.advisory), $0.key) } }
        return try SubjectNetwork(named, one: groups)
    }

    /// Whether both ends of a judgement are seen.
    public func shows(_ judgement: Judgement) -> Bool { survey.sight.shows(judgement, in: survey.holdings) }
}

import Exchange
import Store

/// A reader with the labels that it may see: decided once a label, kept until what is known of the reader changes or
/// time itself changes what it may see.
struct Sighted: Sendable {
    let reader: Reader
    /// The change of the directory as of which this is the reader.
    var directoryChange: Int
    /// How many of the exchange's labels were decided on.
    private var decided = 0
    /// Until when what was decided holds.
    private var holds = Reader.Span.until(.init(nanoseconds: .min))
    private var permitted: [ID<Pool>: PermittedLabels] = [:]

    init(_ reader: Reader, asOf directoryChange: Int) {
        self.reader = reader
        self.directoryChange = directoryChange
    }

    /// The permitted labels of one pool, those interned since the last look included.
    /// - Parameters:
    ///   - recent: the newest versions of that pool.
    ///   - head: up to where the journal was taken in.
    mutating func permitted(
        in pool: ID<Pool>,
        of labels: [InternedLabel],
        _ spans: [LabelSpan],
        _ recent: RecentVersions?,
        upTo head: Tick,
        at now: Timestamp
    ) -> PermittedLabels {
        if !holds.lasts(at: now) {
            holds = Reader.Span(until: reader.changes(after: now))
            decided = 0
            permitted.removeAll(keepingCapacity: true)
        }
        while decided < labels.count {
            let label = labels[decided]
            holds.cut(at: label.label.changes(after: now))
            if AccessPolicy.decide(reader, label.label, at: now).isPermitted {
                permitted[label.label.pool, default: PermittedLabels()].insert(decided, label.number, spans[decided])
            }
            decided += 1
        }
        permitted[pool]?.follow(spans, recent, upTo: head)
        return permitted[pool] ?? PermittedLabels()
    }
}

/// The labels of one pool that one reader may see.
struct PermittedLabels: Sendable {
    /// Where they stand among the exchange's labels.
    private(set) var places: [Int] = []
    private(set) var numbers: Set<Int64> = []
    /// The newest tick under any of them; zero for none.
    private(set) var newest = Tick.zero
    /// Up to where in the journal `newest` is known.
    private var followed = Tick.zero

    mutating func leaveOut(_ others: Set<Int64>, of labels: [InternedLabel], _ spans: [LabelSpan]) {
        places.removeAll { others.contains(labels[$0].number) }
        numbers.subtract(others)
        newest = places.reduce(.zero) { max($0, spans[$1].newest) }
    }

    mutating func insert(_ place: Int, _ number: Int64, _ span: LabelSpan) {
        places.append(place)
        numbers.insert(number)
        newest = max(newest, span.newest)
    }

    /// Takes in what was released since the last look, so that a poll that finds nothing new looks at no label.
    mutating func follow(_ spans: [LabelSpan], _ recent: RecentVersions?, upTo head: Tick) {
        if followed == head { return }
        if let recent, followed >= recent.floor {
            recent.forEach(after: followed) { version in
                if numbers.contains(version.placed.label) { newest = max(newest, version.tick) }
                return true
            }
        } else {
            newest = places.reduce(newest) { max($0, spans[$1].newest) }
        }
        followed = head
    }
}

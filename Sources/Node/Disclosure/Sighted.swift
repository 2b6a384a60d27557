import Exchange
import Store

/// A reader with the labels that it may see: decided once a label, kept until the directory changes or time itself
/// changes what the reader may see.
struct Sighted: Sendable {
    let reader: Reader
    /// How many of the exchange's labels were decided on.
    private var decided = 0
    /// Until when what was decided holds.
    private var holds = Reader.Span.until(.init(nanoseconds: .min))
    private var permitted: [ID<Pool>: PermittedLabels] = [:]

    init(_ reader: Reader) {
        self.reader = reader
    }

    /// The permitted labels of one pool, those interned since the last look included.
    mutating func permitted(in pool: ID<Pool>, of labels: [InternedLabel], at now: Timestamp) -> PermittedLabels {
        if !holds.lasts(at: now) {
            holds = Reader.Span(until: reader.changes(after: now))
            decided = 0
            permitted.removeAll(keepingCapacity: true)
        }
        while decided < labels.count {
            let label = labels[decided]
            if AccessPolicy.decide(reader, label.label, at: now).isPermitted {
                permitted[label.label.pool, default: PermittedLabels()].insert(decided, label.number)
            }
            decided += 1
        }
        return permitted[pool] ?? PermittedLabels()
    }
}

/// The labels of one pool that one reader may see.
struct PermittedLabels: Sendable {
    /// Where they stand among the exchange's labels.
    private(set) var places: [Int] = []
    private(set) var numbers: Set<Int64> = []

    /// - Parameter number: the number of the label at a place.
    mutating func leaveOut(_ others: Set<Int64>, number: (Int) -> Int64) {
        places.removeAll { others.contains(number($0)) }
        numbers.subtract(others)
    }

    mutating func insert(_ place: Int, _ number: Int64) {
        places.append(place)
        numbers.insert(number)
    }
}

import Exchange
import Store

/// A reader with the labels that it may see: decided once a label, kept until the directory changes.
struct Sighted: Sendable {
    let reader: Reader
    /// How many of the exchange's labels were decided on.
    private var decided = 0
    private var permitted: [ID<Pool>: PermittedLabels] = [:]

    init(_ reader: Reader) {
        self.reader = reader
    }

    /// The permitted labels of one pool, those interned since the last look included.
    mutating func permitted(in pool: ID<Pool>, of labels: [InternedLabel], at now: Timestamp) -> PermittedLabels {
        while decided < labels.count {
            let label = labels[decided]
            switch AccessPolicy.decide(reader, label.label, at: now) {
            case .permitted: permitted[label.label.pool, default: PermittedLabels()].insert(decided, label.number)
            case .hidden, .denied: break
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

    mutating func insert(_ place: Int, _ number: Int64) {
        places.append(place)
        numbers.insert(number)
    }
}

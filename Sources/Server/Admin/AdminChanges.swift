import Exchange

/// What texts in a request name, and the form that they must have.
protocol AdminKey: Hashable, Comparable, Sendable {
    static var rule: String { get }

    init?(_ text: String)
}

extension Name: AdminKey {
    static var rule: String { "must be 1 to \(charactersMax) of a-z, 0-9 and - (not at an end)" }
}

extension Precondition: AdminKey {
    static var rule: String {
        "must be kind or kind:item, each 1 to \(Name.charactersMax) of a-z, 0-9 and - (not at an end)"
    }
}

/// What a request does to things with their ends.
struct EndsChange<Key: AdminKey>: Sendable {
    let added: [Key: Timestamp?]
    let removed: Set<Key>

    func apply(to ends: inout [Key: Timestamp?]) {
        ends.merge(added) { $1 }
        for key in removed { ends.removeValue(forKey: key) }
    }
}

/// What a request does to something that need not be there.
enum Setting<Value: Sendable>: Sendable {
    case asItWas, gone
    case to(Value)

    /// - Parameter isNull: whether the request takes it away, where it gives no value.
    init(_ value: Value?, isNull: Bool) {
        self = value.map { .to($0) } ?? (isNull ? .gone : .asItWas)
    }

    func apply(to value: inout Value?) {
        switch self {
        case .asItWas: break
        case .gone: value = nil
        case .to(let new): value = new
        }
    }
}

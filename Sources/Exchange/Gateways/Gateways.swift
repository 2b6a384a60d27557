/// The legal gateways of an exchange, by name.
///
/// Where none of them covers a reader, it gets the non-nominal rendition (row 9 of the access table).
public struct Gateways: Hashable, Sendable {
    /// All of them, in the order of their names.
    public let all: [Gateway]

    /// None, so that nobody gets names.
    public static let none = Gateways(sorted: [])

    /// Takes them in any order; nil when two have one name.
    public init?(_ gateways: some Sequence<Gateway>) {
        let sorted = gateways.sorted { $0.name < $1.name }
        guard zip(sorted, sorted.dropFirst()).allSatisfy({ $0.name < $1.name }) else { return nil }
        self.init(sorted: sorted)
    }

    /// The same at `now`, without the beginnings that are past: what has begun has no beginning left.
    ///
    /// An exchange keeps them so. A beginning that is kept and past is one that nobody was given anything for yet.
    public func begun(at now: Timestamp) -> Gateways {
        Gateways(
            sorted: all.map { gateway in
                var gateway = gateway
                if let from = gateway.from, from <= now { gateway.from = nil }
                return gateway
            }
        )
    }

    /// Those that have no beginning left.
    public var withoutBeginning: Gateways { Gateways(sorted: all.filter { $0.from == nil }) }

    /// The beginnings and ends of all of them.
    var instants: [Timestamp] { all.flatMap { [$0.from, $0.until].compactMap { $0 } } }

    private init(sorted: [Gateway]) {
        all = sorted
    }

    /// The first by name that lets the reader have from the origin what names somebody; nil when none does.
    public func covering(
        origin: GatewayParty,
        reader: GatewayParty,
        mode: Mode,
        purpose: Purpose,
        at now: Timestamp
    ) -> Gateway? {
        all.first { $0.covers(origin: origin, reader: reader, mode: mode, purpose: purpose, at: now) }
    }
}

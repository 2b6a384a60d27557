public import Exchange
import Store

/// What operators do with members' destinations.
extension Administration {
    /// A destination, as operators see it: how it goes, and nothing of what is sent.
    public struct OwnedDestination: Sendable {
        /// Whose it is.
        public let principal: Principal
        /// The destination.
        public let destination: Destination
        /// Where its circuit breaker stands.
        public let circuit: Delivery.Circuit
        /// How many messages were put aside.
        public let deadLetterCount: Int
    }

    /// What an operator does with a destination.
    public enum DestinationChange: Sendable {
        /// Sends nothing until an operator resumes it.
        case pause
        /// Goes on where it stopped.
        case resume
        /// Takes it away, with its dead letters.
        case remove
    }

    /// All destinations made after a number, in the order of their making.
    public func destinations(after number: Int64, upTo count: Int) async throws -> [OwnedDestination] {
        let (directory, now) = (live.directory, surroundings.clock())
        return try await live.database.read { connection in
            try DestinationRows.all(after: number, upTo: count, connection).compactMap { owner, destination in
                guard let principal = directory.principals.values.first(where: { $0.number == owner }) else {
                    return nil
                }
                return OwnedDestination(
                    principal: principal,
                    destination: destination,
                    circuit: destination.delivery.circuit(at: now),
                    deadLetterCount: try DestinationRows.deadLetterCount(of: destination, connection)
                )
            }
        }
    }

    /// Changes one, whoever's it is.
    public func changeDestination(
        _ id: String,
        _ change: DestinationChange
    ) async throws(AdministrationFault) {
        try await write { transaction, _ in
            guard let id = ID<Destination>(parsing: id),
                let (owner, found) = try DestinationRows.destination(id, transaction.connection)
            else { throw AdministrationFault.absent("no destination has the id \(id)") }
            var destination = found
            guard change == .remove || !destination.isUnconfirmed else {
                let rule = "is for its owner to change, by the code that was mailed there; remove it to have none sent"
                throw AdministrationFault.invalid(field: "state", rule: rule)
            }
            switch change {
            case .remove: return try transaction.remove(destination, of: owner)
            case .pause: destination.delivery = destination.delivery.paused(.byOperator, at: transaction.now)
            case .resume: destination.delivery = destination.delivery.resumed()
            }
            try transaction.change(destination, of: owner)
        }
    }
}

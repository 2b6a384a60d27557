import Exchange
import Store

extension Pushing {
    /// What is next for a destination.
    enum Errand: Sendable {
        /// Some of its feed; the last of it, as far as anybody knows.
        case message(PushMessage, isLast: Bool = false)
        /// A look at the status of what a TAXII server has.
        case look(Delivery.Awaited, [PushMessage.Item])

        /// Half of how many objects were too many; nil where it cannot be fewer.
        var half: Int? {
            guard case .message(let message, _) = self, !message.isOne else { return nil }
            return message.items.count / 2
        }

        /// Whether a destination that got it has everything.
        func isLast(for destination: Destination) -> Bool {
            guard case .message(let message, isLast: true) = self, destination.delivery.phase == .flowing else {
                return false
            }
            return message.reach == .feed(through: destination.delivery.cursor)
        }

        private var reach: PushMessage.Reach {
            switch self {
            case .message(let message, _): message.reach
            case .look(let awaited, _): .feed(through: awaited.through)
            }
        }

        /// What follows from an answer.
        func step(_ delivery: Delivery, _ answer: PushAnswer, at now: Timestamp, chance: Double) -> Delivery.Step {
            switch self {
            case .message(let message, _): delivery.after(answer, to: message.reach, at: now, chance: chance)
            case .look: delivery.after(look: answer, at: now, chance: chance)
            }
        }

        /// Puts aside what a destination would not have.
        /// - Parameter fault: why it would not have any of it; nil where it took it, or will.
        func putAside(
            _ fault: PushFault?,
            _ answer: PushAnswer,
            of destination: Destination,
            _ transaction: Transaction
        ) throws {
            let reach = reach
            if let fault {
                let after = reach.isUrgent ? destination.delivery.recalls : destination.delivery.cursor
                try transaction.putAside(reach, after: after, fault, of: destination)
            }
            guard case .partly(let ticks, let fault) = answer else { return }
            for tick in ticks {
                try transaction.putAside(reach.alone(tick), after: tick.before, fault, of: destination)
            }
        }

        func carried(
            by couriers: Couriers,
            to destination: Destination,
            _ terms: PeerTerms?
        ) async -> PushAnswer {
            switch self {
            case .message(let message, _): await couriers.send(message, to: destination, by: terms)
            case .look(let awaited, let items):
                await couriers.look(at: awaited.status, of: items, destination, by: terms)
            }
        }
    }
}

extension Tick {
    /// The last one that may come before it.
    fileprivate var before: Tick { Tick(microseconds: microseconds - 1) }
}

extension PushMessage.Reach {
    fileprivate var isUrgent: Bool {
        switch self {
        case .feed: false
        case .recalls: true
        }
    }

    /// Of the same kind, up to one object alone.
    fileprivate func alone(_ tick: Tick) -> PushMessage.Reach {
        switch self {
        case .feed: .feed(through: tick)
        case .recalls: .recalls(through: tick)
        }
    }
}

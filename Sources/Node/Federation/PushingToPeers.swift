public import Exchange
import Store

/// What is pushed to other exchanges: not a reader's feed, but what was agreed on.
extension Pushing {
    /// Where a destination leads to a peer; nil for a member's own.
    func route(of destination: Destination) async throws -> PeerRoute? {
        guard destination.address.kind == .taxii else { return nil }
        return try await database.read { try PeerRows.route(ofDestination: destination.number, $0) }
    }

    /// Takes a destination for this node, and what is next for it with the grants, in one transaction: from then on the
    /// peer may have it.
    ///
    /// What is for others alone is passed over.
    /// - Returns: the destination as it is now, and what is next, nil for nothing; nil where another node has it.
    func claimed(
        _ destination: Destination,
        _ route: PeerRoute,
        _ countMax: Int
    ) async throws -> (destination: Destination, errand: Errand?)? {
        try await commits.write { [self] transaction in
            let until = transaction.now.advanced(by: Self.claim)
            guard var current = try transaction.claim(destination, for: holder, until: until) else { return nil }
            // Somebody may have paused it; whoever asked looks again.
            guard current.delivery.isDue(at: transaction.now) || current.delivery.isAwaiting else {
                return (current, nil)
            }
            func next(isUrgent: Bool) throws -> PushMessage? {
                while true {
                    let after = isUrgent ? current.delivery.recalls : current.delivery.cursor
                    let found = try federation.next(
                        route,
                        after: after,
                        isUrgent: isUrgent,
                        itemsMax: countMax,
                        transaction
                    )
                    guard let found else { return nil }
                    let reach: PushMessage.Reach =
                        isUrgent ? .recalls(through: found.through) : .feed(through: found.through)
                    if let message = PushMessage(together: found.items, reach: reach) { return message }
                    current.delivery = current.delivery.passing(reach)
                    try transaction.keep(current)
                }
            }
            if let urgent = try next(isUrgent: true) { return (current, .message(urgent)) }
            if case .awaiting(let awaited) = current.delivery.phase {
                guard current.delivery.isDue(at: transaction.now) else { return (current, nil) }
                let items = try federation.next(
                    route,
                    after: current.delivery.cursor,
                    isUrgent: false,
                    itemsMax: countMax,
                    transaction
                )?.items
                return (current, .look(awaited, (items ?? []).filter { $0.tick <= awaited.through }))
            }
            return (current, try next(isUrgent: false).map { .message($0) })
        }
    }

    /// Sends all dead letters of a peer's destination again, oldest first; what is taken is none any more.
    /// - Returns: how many were taken, and how many were refused again.
    public func replay(
        allTo destination: Destination,
        of principal: Principal
    ) async throws -> (taken: Int, refused: Int) {
        guard let route = try await route(of: destination) else { return (0, 0) }
        var (taken, refused, last) = (0, 0, Tick.zero)
        while true {
            let after = last
            let letters = try await database.read {
                try DestinationRows.deadLetters(of: destination, after: after, $0)
            }
            for letter in letters {
                last = letter.number
                guard try await replay(letter, to: destination, route) == .accepted else {
                    refused += 1
                    continue
                }
                taken += 1
                try await commits.write { try $0.remove(letter, of: destination, by: principal) }
            }
            if letters.count < DestinationRows.lettersMax { return (taken, refused) }
        }
    }

    /// Sends a dead letter of a peer again, as far as it is still the newest of what it tells.
    func replay(_ letter: DeadLetter, to destination: Destination, _ route: PeerRoute) async throws -> PushAnswer {
        let found = try await commits.write { [federation] transaction in
            try federation.next(
                route,
                after: letter.after,
                isUrgent: letter.isUrgent,
                itemsMax: PushMessage.itemsMax,
                transaction
            )
        }
        let items = (found?.items ?? []).filter { $0.tick <= letter.through }
        let reach: PushMessage.Reach =
            letter.isUrgent ? .recalls(through: letter.through) : .feed(through: letter.through)
        guard let message = PushMessage(together: items, reach: reach) else { return .accepted }
        return await couriers.send(message, to: destination, by: route.peer.terms)
    }
}

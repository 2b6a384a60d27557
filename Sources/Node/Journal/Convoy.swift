import Synchronization

/// One action for all who wait: whoever finds the way free acts for them.
///
/// Nobody is answered by an action that began before they came.
final class Convoy: Sendable {
    private enum Turn: Sendable {
        case lead
        case served((any Error)?)
    }

    private struct Queue {
        var isLed = false
        var waiting: [CheckedContinuation<Turn, Never>] = []
    }

    private let queue = Mutex(Queue())

    /// Returns when an action that began after this was called has ended.
    /// - Throws: what it threw.
    func ride(_ act: @Sendable () async throws -> Void) async throws {
        var turn = await turn()
        if case .lead = turn { turn = .served(await lead(act)) }
        if case .served(let fault?) = turn { throw fault }
    }

    private func turn() async -> Turn {
        await withCheckedContinuation { caller in
            let leads = queue.withLock { queue in
                if queue.isLed { queue.waiting.append(caller) }
                defer { queue.isLed = true }
                return !queue.isLed
            }
            if leads { caller.resume(returning: .lead) }
        }
    }

    /// Acts for the leader and those who wait, hands the lead to the next, and answers.
    private func lead(_ act: () async throws -> Void) async -> (any Error)? {
        let followers = queue.withLock { queue in
            defer { queue.waiting.removeAll() }
            return queue.waiting
        }
        var fault: (any Error)?
        do { try await act() } catch { fault = error }
        let next = queue.withLock { queue in
            if queue.waiting.isEmpty { queue.isLed = false }
            return queue.waiting.popLast()
        }
        next?.resume(returning: .lead)
        for follower in followers { follower.resume(returning: .served(fault)) }
        return fault
    }
}

import Synchronization

/// Lets whoever finds the way free act for all who wait: one commit for many writes, one look at the journal for many
/// readers.
///
/// Nobody is answered by an action that began before they came.
public final class Convoy<Request: Sendable>: Sendable {
    /// How many requests one action may serve.
    private let groupMax: Int
    /// How many requests may wait.
    private let waitingMax: Int
    private let queue = Mutex(Queue())

    private enum Turn: Sendable {
        case lead
        case served((any Error)?)
        case refused
    }

    private struct Queue {
        var isLed = false
        var waiting: [(request: Request, caller: CheckedContinuation<Turn, Never>)] = []
    }

    /// Sets the limits.
    public init(groupMax: Int, waitingMax: Int) {
        self.groupMax = groupMax
        self.waitingMax = waitingMax
    }

    /// Returns when an action that holds `request` has ended.
    /// - Parameter act: serves several requests at once; what it returns is the fault of them all.
    /// - Throws: what `act` returned, or `WriteFault.busy` when too many wait.
    public func ride(_ request: Request, act: @Sendable ([Request]) async -> (any Error)?) async throws {
        var turn = await turn(for: request)
        if case .lead = turn { turn = .served(await lead(with: request, act)) }
        switch turn {
        case .served(let fault?): throw fault
        case .served, .lead: return
        case .refused: throw WriteFault.busy
        }
    }

    private func turn(for request: Request) async -> Turn {
        await withCheckedContinuation { caller in
            let turn: Turn? = queue.withLock { queue in
                guard queue.isLed else {
                    queue.isLed = true
                    return .lead
                }
                guard queue.waiting.count < waitingMax else { return .refused }
                queue.waiting.append((request, caller))
                return nil
            }
            if let turn { caller.resume(returning: turn) }
        }
    }

    /// Acts for the leader and those who wait, answers them, and hands the lead to the next.
    private func lead(with request: Request, _ act: ([Request]) async -> (any Error)?) async -> (any Error)? {
        let followers = queue.withLock { queue in
            let taken = Array(queue.waiting.prefix(groupMax - 1))
            queue.waiting.removeFirst(taken.count)
            return taken
        }
        let fault = await act([request] + followers.map(\.request))
        for follower in followers { follower.caller.resume(returning: .served(fault)) }
        queue.withLock { queue in
            guard !queue.waiting.isEmpty else {
                queue.isLed = false
                return
            }
            queue.waiting.removeFirst().caller.resume(returning: .lead)
        }
        return fault
    }
}

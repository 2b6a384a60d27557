import Exchange
import Store
import Synchronization

/// Keeps what follows from answers: those that come while one write is under way share the next.
final class Answers: Sendable {
    /// One answer, and who waits until what follows from it is durable.
    private struct Given: Sendable {
        let answer: PushAnswer
        let errand: Pushing.Errand
        let destination: Destination
        let chance: Double
        let caller: CheckedContinuation<Result<Destination?, any Error>, Never>
    }

    private struct State {
        var waiting: [Given] = []
        var isWriting = false
    }

    /// How many share one write.
    private static let sharedMax = 256

    private let commits: GroupCommit
    private let holder: String
    private let state = Mutex(State())

    init(_ commits: GroupCommit, _ holder: String) {
        self.commits = commits
        self.holder = holder
    }

    /// Keeps what follows from an answer.
    /// - Returns: the destination as it is; nil where it is gone, or another node's.
    func keep(
        _ answer: PushAnswer,
        to errand: Pushing.Errand,
        for destination: Destination,
        chance: Double
    ) async throws -> Destination? {
        let outcome = await withCheckedContinuation { caller in
            let given = Given(
                answer: answer,
                errand: errand,
                destination: destination,
                chance: chance,
                caller: caller
            )
            let leads = state.withLock { state in
                state.waiting.append(given)
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if leads { Task.immediate { await writeAll() } }
        }
        return try outcome.get()
    }

    private func writeAll() async {
        while true {
            let given = state.withLock { state in
                let given = Array(state.waiting.prefix(Self.sharedMax))
                state.waiting.removeFirst(given.count)
                state.isWriting = !given.isEmpty
                return given
            }
            if given.isEmpty { return }
            // What cannot be kept of one is not to keep others: each is tried by itself then.
            if await !write(given, isLast: given.count == 1) {
                for one in given { await write([one], isLast: true) }
            }
        }
    }

    /// - Parameter isLast: those who wait are told of a failure, too.
    @discardableResult
    private func write(_ given: [Given], isLast: Bool) async -> Bool {
        do {
            let kept = try await commits.write(weight: given.count) { [holder] transaction in
                try given.map { try Self.keep($0, for: holder, transaction) }
            }
            for (one, destination) in zip(given, kept) { one.caller.resume(returning: .success(destination)) }
        } catch {
            guard isLast else { return false }
            for one in given { one.caller.resume(returning: .failure(error)) }
        }
        return true
    }

    private static func keep(
        _ given: Given,
        for holder: String,
        _ transaction: Transaction
    ) throws -> Destination? {
        let until = transaction.now.advanced(by: Pushing.claim)
        var current = given.destination
        while true {
            let step = given.errand.step(
                current.delivery,
                given.answer,
                at: transaction.now,
                chance: given.chance
            )
            if try transaction.keep(step.delivery, of: current, for: holder, until: until) {
                try given.errand.putAside(step.deadLetter, given.answer, of: current, transaction)
                current.delivery = step.delivery
                return current
            }
            // As it is by now: its owner may have paused it.
            let held = try transaction.held(current, by: holder)
            guard let held, held.delivery != current.delivery else { return nil }
            current = held
        }
    }
}

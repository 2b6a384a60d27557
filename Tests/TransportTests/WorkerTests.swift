import Synchronization
import Testing

@testable import TransportCurl

/// What of a transport a process has to wait for before it ends.
@Suite("Transport: its thread")
struct WorkerTests {
    private final class Steps: Sendable {
        let count = Atomic(0)
    }

    @Test("who joins it goes on once its work is over and the thread is gone, however often and by however many")
    func join() async {
        let steps = Steps()
        for round in 1...200 {
            let worker = Worker("test-worker") {
                for _ in 0..<1_000 { steps.count.add(1, ordering: .relaxed) }
            }
            await withDiscardingTaskGroup { group in
                for _ in 0..<3 {
                    group.addTask {
                        worker.join()
                        #expect(steps.count.load(ordering: .relaxed) == round * 1_000)
                    }
                }
            }
        }
    }
}

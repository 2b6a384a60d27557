import Crypto
import Exchange
import Foundation
import Node
import Synchronization

/// Receivers of webhooks, each at its own URL, over a network that fails as it is told to.
final class Receivers: Carrier {
    /// What becomes of one message.
    enum Fate: Sendable {
        /// It arrives, and this is answered.
        case answered(Int, retryAfter: String? = nil)
        /// It arrives, and the answer is lost.
        case answerLost
        /// It does not arrive.
        case lost
        /// Nobody ever answers.
        case hangs
    }

    /// A message as it arrived.
    struct Arrival: Sendable {
        let url: String
        let id: String
        let type: String
        let ticks: [Int64]
        let recalls: [String]
        let body: [UInt8]
        let signatures: [String]
        let signed: String
        let isTaken: Bool

        func isSigned(with secret: String) -> Bool {
            guard let key = Data(base64Encoded: String(secret.dropFirst("whsec_".count))) else { return false }
            let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8) + body, using: SymmetricKey(data: key))
            return signatures.contains("v1," + Data(code).base64EncodedString())
        }
    }

    /// Sends whenever something arrived; for one who waits.
    let taken: AsyncStream<Void>

    private let state = Mutex<[Arrival]>([])
    private let arrived: AsyncStream<Void>.Continuation
    private let fate: @Sendable (WebRequest) -> Fate

    init(_ fate: @escaping @Sendable (WebRequest) -> Fate = { _ in .answered(204) }) {
        self.fate = fate
        (taken, arrived) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func arrivals(at url: String) -> [Arrival] { state.withLock { $0.filter { $0.url == url } } }

    func perform(_ request: WebRequest) async throws(TransportFault) -> WebResponse {
        switch fate(request) {
        case .answered(let status, let retryAfter):
            arrive(request, isTaken: (200..<300).contains(status))
            return WebResponse(status: status, headers: retryAfter.map { [("retry-after", $0)] } ?? [])
        case .answerLost:
            arrive(request, isTaken: true)
            throw .timedOut(place: request.place, limit: request.totalMax)
        case .lost: throw .unreachable(place: request.place, cause: "lost")
        case .hangs:
            try? await Task.sleep(for: .seconds(3_600))  // Until it is cancelled.
            throw .cancelled
        }
    }

    private func arrive(_ request: WebRequest, isTaken: Bool) {
        func header(_ name: String) -> String { request.headers.first { $0.name == name }?.value ?? "" }
        let root = (try? JSON(parsing: request.body ?? []))?.root
        let items = root?["data"]?["items"]?.elements ?? []
        let arrival = Arrival(
            url: request.url,
            id: header("webhook-id"),
            type: root?["type"]?.string ?? "",
            ticks: items.compactMap { $0["tick"]?.string.flatMap(Int64.init) },
            recalls: items.compactMap { $0["recall"]?["report"]?.string },
            body: request.body ?? [],
            signatures: header("webhook-signature").split(separator: " ").map(String.init),
            signed: "\(header("webhook-id")).\(header("webhook-timestamp")).",
            isTaken: isTaken
        )
        state.withLock { $0.append(arrival) }
        arrived.yield()
    }
}

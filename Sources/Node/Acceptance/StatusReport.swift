import Exchange
import Store

/// The status resource (TAXII 2.1 §4.3.1).
public struct StatusReport: Codable, Sendable {
    /// One object's line.
    ///
    /// `message` says why it failed, or what its author should know.
    public struct Detail: Codable, Sendable {
        /// Its id, a UUIDv4; of a detail, the id of the object.
        public var id: String
        /// The version of the object.
        public var version: String
        /// Why it failed, or what its author should know.
        public var message: String?
    }

    /// Whether anything still waits.
    public enum Progress: String, Codable, Sendable {
        case complete, pending
    }

    /// Its id, a UUIDv4; of a detail, the id of the object.
    public var id: String
    /// How far it is.
    public var status: Progress
    /// When the request was taken.
    public var requestTimestamp: String
    /// Objects of the envelope.
    public var totalCount: Int
    /// Objects that are stored.
    public var successCount: Int
    /// Which those are; nil when there are none.
    public var successes: [Detail]?
    /// Objects that were refused.
    public var failureCount: Int
    /// Which those are, and why; nil when there are none.
    public var failures: [Detail]?
    /// Objects that wait.
    public var pendingCount: Int
    /// Which those are; nil when there are none.
    public var pendings: [Detail]?

    enum CodingKeys: String, CodingKey {
        case id, status
        case requestTimestamp = "request_timestamp"
        case totalCount = "total_count"
        case successCount = "success_count"
        case successes
        case failureCount = "failure_count"
        case failures
        case pendingCount = "pending_count"
        case pendings
    }

    /// A list is left out when it is empty, and otherwise as long as its count says.
    init(id: String, requested: Timestamp, verdicts: [Verdict]) {
        var successes: [Detail] = []
        var failures: [Detail] = []
        var pendings: [Detail] = []
        for verdict in verdicts {
            switch verdict {
            case .success(let id, let version, let note):
                successes.append(Detail(id: id, version: version, message: note))
            case .failure(let id, let version, let reason):
                failures.append(Detail(id: id, version: version, message: reason))
            case .pending(let id, let version): pendings.append(Detail(id: id, version: version))
            }
        }
        self.id = id
        status = pendings.isEmpty ? .complete : .pending
        requestTimestamp = requested.text
        totalCount = verdicts.count
        successCount = successes.count
        self.successes = successes.isEmpty ? nil : successes
        failureCount = failures.count
        self.failures = failures.isEmpty ? nil : failures
        pendingCount = pendings.count
        self.pendings = pendings.isEmpty ? nil : pendings
    }

    /// This report, with what became of the objects that were pending.
    func settled(_ verdicts: [Verdict]) -> StatusReport {
        let settled = StatusReport(id: id, requested: .init(microseconds: 0), verdicts: verdicts)
        var report = self
        report.status = .complete
        report.pendingCount = 0
        report.pendings = nil
        report.successes = Self.joined(successes, settled.successes)
        report.failures = Self.joined(failures, settled.failures)
        report.successCount = report.successes?.count ?? 0
        report.failureCount = report.failures?.count ?? 0
        return report
    }

    private static func joined(_ left: [Detail]?, _ right: [Detail]?) -> [Detail]? {
        let all = (left ?? []) + (right ?? [])
        return all.isEmpty ? nil : all
    }

    /// The resource as JSON.
    ///
    /// Written by hand: every POST does it inside its transaction, where an encoder would take longer than the rest.
    public func encoded() -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(256 + 160 * ((successes?.count ?? 0) + (failures?.count ?? 0) + (pendings?.count ?? 0)))
        text += "{\"id\":\"".utf8
        text += id.utf8
        text += "\",\"status\":\"".utf8
        text += status.rawValue.utf8
        text += "\",\"request_timestamp\":\"".utf8
        text += requestTimestamp.utf8
        text += "\",\"total_count\":".utf8
        text += String(totalCount).utf8
        Self.append("success_count", successCount, "successes", successes, to: &text)
        Self.append("failure_count", failureCount, "failures", failures, to: &text)
        Self.append("pending_count", pendingCount, "pendings", pendings, to: &text)
        text.append(UInt8(ascii: "}"))
        return text
    }

    private static func append(
        _ countName: String,
        _ count: Int,
        _ name: String,
        _ details: [Detail]?,
        to text: inout [UInt8]
    ) {
        text += ",\"".utf8
        text += countName.utf8
        text += "\":".utf8
        text += String(count).utf8
        guard let details else { return }
        text += ",\"".utf8
        text += name.utf8
        text += "\":[".utf8
        for (place, detail) in details.enumerated() {
            text += (place == 0 ? "{\"id\":" : ",{\"id\":").utf8
            JSON.append(detail.id, to: &text)
            text += ",\"version\":".utf8
            JSON.append(detail.version, to: &text)
            if let message = detail.message {
                text += ",\"message\":".utf8
                JSON.append(message, to: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
        text.append(UInt8(ascii: "]"))
    }
}

extension StatusReport {
    /// As it is kept for whoever asked.
    func row(at tick: Tick, of principal: Int64, in pool: Pool) -> StatusRow {
        StatusRow(
            id: id,
            tick: tick,
            principal: principal,
            pool: pool.number,
            isComplete: status == .complete,
            body: encoded()
        )
    }
}

/// What a TAXII server says became of an envelope (TAXII 2.1 §4.3).
public struct EnvelopeStatus: Hashable, Sendable {
    /// The longest id of a status that is followed.
    public static let idCharactersMax = 128

    /// Its id.
    public let id: String
    /// Whether all of it was dealt with.
    public let isComplete: Bool
    private let failureCount: Int
    private let failures: [Failure]

    private struct Failure: Hashable {
        let id: String
        let version: Timestamp?
        /// Why, where it is in another exchange's words.
        let kind: PushFault.Kind?
    }

    /// What other exchanges say, each of one thing and of nothing else.
    private static let words: [(word: String, kind: PushFault.Kind)] = [
        (PassageRefusal.tooStrict.rawValue, .marking), (AcceptancePlan.tooStrict, .marking),
        (PassageRefusal.poolNotShared.rawValue, .agreement), (PassageRefusal.notOnward.rawValue, .agreement),
        (CustodyFault.signedWith, .key),
    ]

    /// Reads the resource; nil where it is none.
    public init?(_ body: [UInt8]) {
        // Whatever else stands there is of no use.
        guard let root = (try? JSON(parsing: body))?.root, let id = root["id"]?.string,
            let status = root["status"]?.string, ["complete", "pending"].contains(status), Self.isPlain(id)
        else { return nil }
        self.id = id
        isComplete = status == "complete"
        failures = (root["failures"]?.elements ?? []).map { failure in
            let message = failure["message"]?.string ?? ""
            return Failure(
                id: failure["id"]?.string ?? "",
                version: failure["version"]?.string.flatMap { try? Timestamp(parsing: $0) },
                kind: Self.words.first { message.contains($0.word) }?.kind
            )
        }
        let count = root["failure_count"].flatMap { Int(String(decoding: $0.compact(), as: UTF8.self)) }
        failureCount = max(count ?? 0, failures.count)
    }

    /// What it means for those who sent `items`.
    public func answer(to items: [PushMessage.Item]) -> PushAnswer {
        guard isComplete else { return .pending(status: id) }
        guard failureCount > 0 else { return .accepted }
        let failed = items.filter { item in
            guard let object = (try? JSON(parsing: item.bytes))?.root, let id = object["id"]?.string else {
                return true
            }
            let stated = object["modified"]?.string ?? object["created"]?.string
            let version = stated.flatMap { try? Timestamp(parsing: $0) }
            return failures.contains { $0.id == id && ($0.version == nil || version == nil || $0.version == version) }
        }
        // A server that does not say which of them failed has failed all, as far as can be known.
        let isTold = !failed.isEmpty && failures.count >= failureCount
        let fault = PushFault(failures.lazy.compactMap(\.kind).first ?? .object)
        return .partly(refused: (isTold ? failed : items).map(\.tick), fault)
    }

    private static func isPlain(_ id: String) -> Bool {
        (1...idCharactersMax).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }
}

extension PushMessage {
    /// A TAXII envelope of its objects (TAXII 2.1 §3.7).
    public var envelope: [UInt8] {
        var body = Array(#"{"objects":["#.utf8)
        body.reserveCapacity(items.reduce(16) { $0 + $1.bytes.count + 1 })
        for (place, item) in items.enumerated() {
            if place > 0 { body.append(UInt8(ascii: ",")) }
            body += item.bytes
        }
        return body + Array("]}".utf8)
    }
}

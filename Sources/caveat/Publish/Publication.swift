import Exchange

/// Objects on their way into a pool, envelope by envelope, and what the exchange said to each.
struct Publication {
    let root: APIRoot
    let pool: String
    let objects: [[UInt8]]
    private(set) var statuses: [PublishStatus] = []
    private(set) var oversized: [PublishStatus.Failure] = []

    /// TAXII names no limit on objects, so envelopes stay at a number that every exchange should take.
    private static let objectsMax = 500
    private static let attemptsMax = 5

    init(root: APIRoot, pool: String, objects: [[UInt8]]) {
        self.root = root
        self.pool = pool
        self.objects = objects
    }

    /// How many objects were not accepted.
    var failedCount: Int { statuses.reduce(oversized.count) { $0 + $1.failed } }

    /// Sends everything.
    ///
    /// After a fault, what was sent so far is in `statuses`.
    mutating func send() async throws(CommandFault) {
        let bytesMax = try await root.contentBytesMax()
        let envelopes = Envelopes(sizes: objects.map(\.count), bytesMax: bytesMax, objectsMax: Self.objectsMax)
        for index in envelopes.oversized {
            let rule = "is \(objects[index].count) bytes; the exchange takes envelopes of \(bytesMax)"
            oversized.append(Self.failure(objects[index], rule: rule))
        }
        let count = envelopes.ranges.count
        for (position, range) in envelopes.ranges.enumerated() {
            if count > 1 {
                Output.progress("\(position) of \(count) envelopes, \(range.lowerBound) of \(objects.count) objects")
            }
            do throws(CommandFault) {
                try await send(objects[range])
            } catch {
                if count > 1 { Output.progress("") }
                throw error
            }
        }
        if count > 1 { Output.progress("") }
    }

    /// Asks until no status is pending any more.
    mutating func settle() async throws(CommandFault) {
        for index in statuses.indices {
            var wait = BackOff(first: .milliseconds(500), longest: .seconds(10))
            while statuses[index].isPending {
                try await pause(wait.next())
                do throws(CommandFault) {
                    statuses[index] = try await root.status(statuses[index].id)
                } catch  where error.isPassing {
                    Output.note(error.description)
                }
            }
        }
    }

    /// Sends one envelope; in halves where the exchange finds it too large after all.
    private mutating func send(_ slice: ArraySlice<[UInt8]>) async throws(CommandFault) {
        do throws(CommandFault) {
            statuses.append(try await add(Envelopes.bytes(slice)))
        } catch .refused(let refusal) where refusal.status == 413 && slice.count > 1 {
            let middle = slice.startIndex + slice.count / 2
            try await send(slice[..<middle])
            try await send(slice[middle...])
        }
    }

    /// A repeated envelope is harmless: what the exchange has already is a duplicate and no error (TAXII 2.1 §5.5).
    private func add(_ envelope: [UInt8]) async throws(CommandFault) -> PublishStatus {
        var wait = BackOff(first: .seconds(1), longest: .seconds(8))
        var attempt = 0
        while true {
            attempt += 1
            do throws(CommandFault) {
                return try await root.add(envelope, to: pool)
            } catch {
                guard error.isPassing, attempt < Self.attemptsMax else { throw error }
                Output.note("\(error); trying again")
                try await pause(wait.next())
            }
        }
    }

    private static func failure(_ object: [UInt8], rule: String) -> PublishStatus.Failure {
        // The object came out of a parsed document, so it parses; if not, it is named "?" all the same.
        let value = try? JSON(parsing: object).root
        let version = value?["modified"] ?? value?["created"]
        return .init(
            id: value?["id"]?.string?.printable ?? "?",
            version: version?.string?.printable ?? "",
            message: rule
        )
    }
}

/// Growing waits, each drawn at random from the upper half so that many clients do not come back at once.
struct BackOff {
    private var bound: Duration
    private let longest: Duration

    init(first: Duration, longest: Duration) {
        bound = first
        self.longest = longest
    }

    mutating func next() -> Duration {
        defer { bound = min(bound * 2, longest) }
        return bound * Double.random(in: 0.5...1)
    }
}

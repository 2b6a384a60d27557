import Exchange

/// Follows one pool from a place on, printing what comes and keeping the place.
struct Poller: Sendable {
    let connection: Connection
    let pool: String
    let types: String
    let pageSize: Int
    /// The wait between polls; nil ends when all is read.
    let interval: Duration?
    let json: Bool
    let file: CursorFile

    /// Reads on until all is read, or for ever.
    /// - Parameters:
    ///   - start: The time of arrival to begin after; nil begins with the first object.
    ///   - limit: The most objects to print.
    func run(after start: String?, limit: Int?) async throws(CommandFault) {
        var place = Place(after: start, left: limit)
        var root: APIRoot?
        var wait = Self.backOff
        while true {
            do throws(CommandFault) {
                let found: APIRoot
                if let root { found = root } else { found = try await APIRoot.discover(connection) }
                root = found
                try await catchUp(found, &place)
                wait = Self.backOff
                guard let interval, place.left != 0 else { return }
                try await pause(interval)
            } catch  where interval != nil && error.isPassing {
                let delay = wait.next()
                Output.note("\(error); trying again in \(max(1, Int(delay / .seconds(1)))) s")
                try await pause(delay)
            }
        }
    }

    private struct Place {
        var after: String?
        var left: Int?
    }

    private static var backOff: BackOff { BackOff(first: .seconds(1), longest: .seconds(60)) }

    /// Reads page after page until there are no more, or enough.
    private func catchUp(_ root: APIRoot, _ place: inout Place) async throws(CommandFault) {
        var next: (token: String, after: String?)?
        while place.left != 0 {
            let page: Page
            do throws(CommandFault) {
                page = try await root.page(of: pool, query(next, place))
            } catch .refused(let refusal) where refusal.status == 400 && next != nil {
                // The exchange no longer knows the token; the place is known all the same.
                next = nil
                continue
            }
            try show(page.objects)
            if !page.objects.isEmpty {
                guard let last = page.dateAddedLast else {
                    throw .answer(to: pool, rule: "has no X-TAXII-Date-Added-Last, so the place cannot be kept")
                }
                try file.save(last)
                // A token belongs to the query that it came with, so that query's place goes along.
                let after = next.map(\.after) ?? place.after
                next = page.next.map { ($0, after) }
                place.after = last
                place.left = place.left.map { max(0, $0 - page.objects.count) }
            } else if page.hasMore {
                guard let token = page.next else { throw .answer(to: pool, rule: "says there is more, but not where") }
                next = (token, next.map(\.after) ?? place.after)
            }
            guard page.hasMore else { return }
        }
    }

    private func query(_ next: (token: String, after: String?)?, _ place: Place) -> [(String, String)] {
        var query = [("limit", String(min(pageSize, place.left ?? pageSize)))]
        if let after = next.map(\.after) ?? place.after { query.append(("added_after", after)) }
        if !types.isEmpty { query.append(("match[type]", types)) }
        if let next { query.append(("next", next.token)) }
        return query
    }

    private func show(_ objects: [JSON.Value]) throws(CommandFault) {
        if objects.isEmpty { return }
        var bytes: [UInt8] = []
        for object in objects {
            bytes += json ? object.compact() : Array(ObjectLine(object).text.utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        try Output.write(bytes)
        Output.synchronize()
    }
}

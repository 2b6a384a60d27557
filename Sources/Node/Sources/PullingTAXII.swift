import Exchange

/// Collections of TAXII 2.1 servers, read page by page.
extension Pulling {
    /// The largest page.
    static let pageBytesMax = 64 << 20

    /// Takes in what was added to a collection; each page is noted once its objects are stored.
    func pullTAXII(_ source: Source, _ pool: Pool, _ session: Session) async throws -> Pull.Counts {
        let fetching = Fetching(terms: source.terms, surroundings: surroundings)
        var counts = Pull.Counts()
        var cursor = source.pull.cursor
        var hasRestarted = false
        var response = try await page(cursor, source, fetching)
        while true {
            // A server may have forgotten its `next`, as it may after a restart.
            if [400, 404, 410].contains(response.status), !hasRestarted, cursor.restart(overlap: source.terms.overlap) {
                hasRestarted = true
                response = try await page(cursor, source, fetching)
                continue
            }
            try Fetching.check(response)
            let (page, hasObjects) = try Self.read(response)
            var ahead = cursor
            let more: Bool
            do throws(TAXIICursor.Fault) {
                more = try ahead.take(
                    page,
                    since: source.terms.since,
                    overlap: source.terms.overlap,
                    at: surroundings.clock()
                )
            } catch {
                throw PullFault(error.rule)
            }
            let reached = ahead
            // The next page comes while this one is stored.
            async let following = more ? self.page(reached, source, fetching) : nil
            if hasObjects { try await take(envelope: response.body, of: source, to: pool, session, &counts) }
            cursor = reached
            try await keep(source) { source, _ in source.pull.cursor = reached }
            guard let next = try await following else { return counts }
            response = next
        }
    }

    private func page(
        _ cursor: TAXIICursor,
        _ source: Source,
        _ fetching: Fetching
    ) async throws(PullFault) -> WebResponse {
        let query = cursor.query(since: source.terms.since, overlap: source.terms.overlap)
        return try await fetching.page(query, bodyBytesMax: Self.pageBytesMax)
    }

    /// What a page says of itself (TAXII 2.1 §3.7, §5.4).
    private static func read(_ response: WebResponse) throws(PullFault) -> (TAXIICursor.Page, hasObjects: Bool) {
        let root: JSON.Value
        do {
            root = try JSON(parsing: response.body, limits: JSON.Limits(depthMax: .max, isolatesElements: true)).root
        } catch {
            throw PullFault("the page is no JSON: \(error)")
        }
        guard root.kind == .object else { throw PullFault("the page must be an envelope, a JSON object") }
        let count = root["objects"]?.count ?? 0
        // Some servers name the one object of a page as its first alone.
        let last = response.header("x-taxii-date-added-last") ?? response.header("x-taxii-date-added-first")
        let page = TAXIICursor.Page(
            count: count,
            more: root["more"]?.boolean ?? false,
            next: root["next"]?.string,
            last: last.flatMap { try? Timestamp(parsing: $0) },
            clock: response.header("date").flatMap { Timestamp(httpDate: $0) }
        )
        return (page, count > 0)
    }
}

/// A request target as it is read: what its path names, and its query as a read of that understands it.
struct Target: Sendable {
    let route: Route
    /// Looked at where the resource has a query at all.
    let query: Result<ReadQuery, HTTPFault>

    /// Nil where the path names nothing.
    init?(_ request: Request, limitMax: Int) {
        guard let route = Route(path: request.path) else { return nil }
        self.route = route
        query = Result { () throws(HTTPFault) in try ReadQuery(request.query, limitMax: limitMax) }
    }
}

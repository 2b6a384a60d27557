import Exchange
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Node
import Store

/// TAXII 2.1: every resource of the standard over the node's two doors.
struct TAXIIService: Sendable {
    let node: Node
    let profile: ServerProfile
    let limits: ConnectionLimits
    let budget: ByteBudget

    /// Answers an authenticated request.
    func answer(_ request: Request, _ target: Target, _ session: Session) async throws -> Response {
        let route = target.route
        guard request["Accept"] == MediaType.taxii || MediaType.isTAXIIAccepted(by: request.list("Accept")) else {
            throw HTTPFault(
                .notAcceptable,
                "Not acceptable",
                "Accept: must let \(MediaType.taxii) through",
                field: "Accept"
            )
        }
        guard route.methods.contains(request.method.rawValue) else {
            throw HTTPFault.wrongMethod(route.methods)
        }
        switch route {
        case .discovery: return discovery()
        case .apiRoot: return apiRoot()
        case .status(let id): return try await status(id, session)
        case .collections: return collections(session)
        case .collection(let name):
            let (pool, rights) = try pool(name, session)
            return .json(CollectionResource(pool, rights), MediaType.taxii)
        case .manifest(let name): return try await read(.manifest, name, nil, request, target, session)
        case .versions(let name, let id): return try await read(.versions, name, id, request, target, session)
        case .objects(let name):
            return request.method == .POST
                ? try await add(to: name, request, session)
                : try await read(.objects, name, nil, request, target, session)
        case .object(let name, let id):
            return request.method == .DELETE
                ? try await delete(id, from: name, target, session)
                : try await read(.objects, name, id, request, target, session)
        }
    }

    // MARK: What there is

    private func discovery() -> Response {
        .json(
            DiscoveryResource(
                title: profile.title,
                description: "A private-sector advisory exchange.",
                contact: profile.contact,
                default: Route.apiRootPath,
                api_roots: [Route.apiRootPath]
            ),
            MediaType.taxii
        )
    }

    private func apiRoot() -> Response {
        .json(
            APIRootResource(
                title: profile.title,
                description: "Every pool that you take part in is one collection.",
                versions: [MediaType.taxii],
                max_content_length: limits.bodyBytesMax
            ),
            MediaType.taxii
        )
    }

    private func status(_ id: String, _ session: Session) async throws -> Response {
        guard let id = ID<StatusReport>(parsing: id), let body = try await node.statuses.status(id, for: session) else {
            throw HTTPFault.absent
        }
        return .bytes(body, MediaType.taxii)
    }

    private func collections(_ session: Session) -> Response {
        let pools = session.directory.pools.values.sorted { $0.number < $1.number }
        let now = node.surroundings.clock()
        let collections = pools.compactMap { pool -> CollectionResource? in
            let rights = PoolRights(pool, session.reader, at: now)
            return rights.sees ? CollectionResource(pool, rights) : nil
        }
        return .json(CollectionsResource(collections: collections.isEmpty ? nil : collections), MediaType.taxii)
    }

    /// A pool that the session may know of.
    ///
    /// Any other is as absent as one that does not exist.
    private func pool(_ name: String, _ session: Session) throws(HTTPFault) -> (Pool, PoolRights) {
        guard let pool = session.directory.pool(addressed: name) else { throw .absent }
        let rights = PoolRights(pool, session.reader, at: node.surroundings.clock())
        guard rights.sees else { throw .absent }
        return (pool, rights)
    }

    // MARK: Reading

    private func read(
        _ form: Disclosure.Form,
        _ name: String,
        _ object: String?,
        _ request: Request,
        _ target: Target,
        _ session: Session
    ) async throws -> Response {
        var id: STIXID?
        if let object {
            let pool = try readable(name, session)
            id = try? STIXID(parsing: object)
            guard let id, try await node.disclosure.holds(id, in: pool, for: session) else { throw HTTPFault.absent }
        }
        let reading = try reading(form, name, id, target, session)
        // Of what HEAD asks for nothing leaves but its length and dates: nobody holds it by that.
        let channel: Receipt.Channel? = request.method == .HEAD ? nil : .taxii
        return try response(
            to: reading,
            try await node.disclosure.page(reading.question, of: reading.pool, to: session, over: channel)
        )
    }

    /// The answer to a read of a pool that memory can give at once; nil where anything has to be waited for.
    func answerNow(_ request: Request, _ target: Target, _ session: Session) throws -> Response? {
        guard request.method == .GET, request["Accept"] == MediaType.taxii else { return nil }
        let reading: Reading
        switch target.route {
        case .objects(let name): reading = try self.reading(.objects, name, nil, target, session)
        case .manifest(let name): reading = try self.reading(.manifest, name, nil, target, session)
        case .discovery, .apiRoot, .status, .collections, .collection, .object, .versions: return nil
        }
        guard let page = node.disclosure.pageInMemory(reading.question, of: reading.pool, to: session, over: .taxii)
        else {
            return nil
        }
        return try response(to: reading, page)
    }

    /// A read of a pool, with all that its answer needs to know of it.
    private struct Reading {
        let pool: Pool
        var question: Disclosure.Question
        let principal: ID<Principal>
        let query: ReadQuery
        let object: STIXID?

        /// What a cursor is bound to.
        var text: String { query.text(at: "\(question.form.rawValue) \(pool.id.text) \(object?.text ?? "")") }
    }

    private func readable(_ name: String, _ session: Session) throws(HTTPFault) -> Pool {
        let (pool, rights) = try pool(name, session)
        guard rights.reads else {
            throw HTTPFault(.forbidden, "Not readable", "You may write to this collection, not read it.")
        }
        return pool
    }

    private func reading(
        _ form: Disclosure.Form,
        _ name: String,
        _ object: STIXID?,
        _ target: Target,
        _ session: Session
    ) throws(HTTPFault) -> Reading {
        let pool = try readable(name, session)
        var query = try target.query.get()
        if let object {
            query.filter.ids = [object.text]
            query.filter.types = []
            if form == .versions { query.filter.versions = VersionFilter(all: true) }
        }
        let after = query.addedAfter.map { Tick(at: $0) } ?? .zero
        var reading = Reading(
            pool: pool,
            question: Disclosure.Question(form: form, after: after, limit: query.limit, filter: query.filter),
            principal: session.principal.id,
            query: query,
            object: object
        )
        if let next = query.next {
            guard let tick = node.cursor.tick(of: next, for: reading.principal, query: reading.text) else {
                throw HTTPFault.malformed("next", "must be what you were given for this collection and these filters")
            }
            reading.question.after = tick
        }
        return reading
    }

    private func response(to reading: Reading, _ page: Page) throws(HTTPFault) -> Response {
        let (query, question) = (reading.query, reading.question)
        let next =
            page.stored.more
            ? node.cursor.text(at: page.stored.examined, for: reading.principal, query: reading.text) : nil
        // With a cursor it went on from there, whatever time the first page was asked with.
        let asked = query.next == nil ? query.addedAfterText : question.after.text
        var response = Self.response(page, question.form, next: next, after: asked, pool: reading.pool)
        let bytes = response.body.readableBytes
        if bytes > ByteBudget.smallBytesMax { response.lease = try budget.lease(bytes) }
        return response
    }

    /// A page with its date-added headers.
    ///
    /// An empty one has them too, for pollers that always read them: as far as the search went, else the time that
    /// was asked for, else the newest that the reader may see, else the pool's own tick.
    private static func response(
        _ page: Page,
        _ form: Disclosure.Form,
        next: String?,
        after: String?,
        pool: Pool
    ) -> Response {
        let versions = page.stored.versions
        let first: String
        let last: String
        if let oldest = versions.first, let newest = versions.last {
            first = oldest.tick.text
            last = newest.tick.text
        } else if page.stored.more {
            first = page.stored.examined.text
            last = first
        } else {
            first = after ?? (page.newest ?? Tick(microseconds: pool.number)).text
            last = first
        }
        var response = Response(.ok, MediaType.taxii, PageBody.body(versions, as: form, next: next))
        response.headers.add(contentsOf: [
            ("X-TAXII-Date-Added-First", first), ("X-TAXII-Date-Added-Last", last),
        ])
        return response
    }

    // MARK: Writing

    private func add(to name: String, _ request: Request, _ session: Session) async throws -> Response {
        let (pool, rights) = try pool(name, session)
        guard rights.writes else {
            throw HTTPFault(.forbidden, "Not writable", "You may read this collection, not write to it.")
        }
        guard MediaType.isTAXII(request["Content-Type"]) else {
            throw HTTPFault(
                .unsupportedMediaType,
                "Unsupported media type",
                "Content-Type: must be \(MediaType.taxii)",
                field: "Content-Type"
            )
        }
        let lease = try budget.lease(request.body.bytesMax(limits.bodyBytesMax))
        defer { withExtendedLifetime(lease) {} }
        let bytes = try await request.body.read(upTo: limits.bodyBytesMax)
        let envelope: Envelope
        do {
            envelope = try Envelope(bytes, limits: node.settings.envelope)
        } catch {
            throw HTTPFault(.unprocessableEntity, "Unprocessable envelope", error.description, field: "objects")
        }
        let report = try await node.acceptance.accept(envelope, to: pool, from: session)
        return .bytes(report.encoded(), status: .accepted, MediaType.taxii)
    }

    private func delete(_ object: String, from name: String, _ target: Target, _ session: Session) async throws
        -> Response
    {
        let (pool, rights) = try pool(name, session)
        guard rights.reads, rights.writes else {
            throw HTTPFault(.forbidden, "Not deletable", "Deleting needs the right to read and to write.")
        }
        let query = try target.query.get()
        guard let id = try? STIXID(parsing: object) else { throw HTTPFault.absent }
        // Without a filter on versions the whole object goes: "all" is what TAXII 2.1 §5.7 describes.
        if !query.namesVersions, query.filter.passesNothing { throw HTTPFault.absent }
        try await node.acceptance.delete(
            id,
            query.namesVersions ? query.filter : nil,
            from: pool,
            by: session,
            seeing: node.disclosure.permitted(in: pool, for: session)
        )
        return Response(.ok, MediaType.taxii)
    }
}

import Exchange
import Foundation

/// A TAXII API root that was found by discovery, and what can be asked of it.
struct APIRoot: Sendable {
    let connection: Connection
    /// The path of the API root, with a slash at both ends.
    let path: String

    /// Asks the server where its API root is: the default one, else the first (TAXII 2.1 §4.1).
    static func discover(_ connection: Connection) async throws(CommandFault) -> APIRoot {
        let discovery = try await connection.resource("/taxii2/")
        let roots = discovery["api_roots"]?.elements.compactMap(\.string) ?? []
        guard let root = discovery["default"]?.string ?? roots.first else {
            throw .answer(to: "/taxii2/", rule: "names no API root")
        }
        if root.hasPrefix("/"), !root.hasPrefix("//") {
            return APIRoot(connection: connection, path: root.hasSuffix("/") ? root : root + "/")
        }
        // Credentials are for the host that was named; they do not follow to another.
        let origin = URLComponents(string: root).flatMap { parts in
            parts.scheme.flatMap { scheme in
                parts.host.map { host in "\(scheme)://\(host)\(parts.port.map { ":\($0)" } ?? "")" }
            }
        }
        let address = origin.flatMap { try? Address($0) }  // What is no address is refused just below.
        guard let address, let path = URLComponents(string: root)?.percentEncodedPath else {
            throw .answer(to: "/taxii2/", rule: "names an API root that is no URL: \(root.printable)")
        }
        guard address.description == connection.address else {
            throw .answer(to: "/taxii2/", rule: "names \(address) as its place; give that as --url if you trust it")
        }
        return APIRoot(connection: connection, path: path.hasSuffix("/") ? path : path + "/")
    }

    /// The largest body that the exchange takes, in bytes (TAXII 2.1 §4.2.1).
    func contentBytesMax() async throws(CommandFault) -> Int {
        guard let bytes = try await connection.resource(path)["max_content_length"]?.integer, bytes > 0 else {
            throw .answer(to: path, rule: "names no max_content_length")
        }
        return Int(bytes)
    }

    /// The pools that this principal sees.
    func pools() async throws(CommandFault) -> [JSON.Value] {
        try await connection.resource("\(path)collections/")["collections"]?.elements ?? []
    }

    /// What kind of pool it is, as the collection says; nil for an ordinary one.
    func kind(of pool: String) async throws(CommandFault) -> String? {
        try await connection.resource("\(path)collections/\(pool.percentEncoded)/")["x_caveat_kind"]?.string
    }

    /// Adds objects to a pool.
    /// - Parameter envelope: The bytes of an envelope (TAXII 2.1 §3.7).
    func add(_ envelope: [UInt8], to pool: String) async throws(CommandFault) -> PublishStatus {
        let path = "\(path)collections/\(pool.percentEncoded)/objects/"
        let response = try await connection.send(.post, path, body: envelope)
        return try PublishStatus(try Connection.read(response, from: path), path: path)
    }

    /// How far the exchange is with what was added.
    func status(_ id: String) async throws(CommandFault) -> PublishStatus {
        let path = "\(path)status/\(id.percentEncoded)/"
        return try PublishStatus(try await connection.resource(path), path: path)
    }

    /// One page of a pool's objects, or of one object's versions.
    func page(of pool: String, object: String? = nil, _ query: [(String, String)]) async throws(CommandFault) -> Page {
        var path = "\(path)collections/\(pool.percentEncoded)/objects/"
        if let object { path += "\(object.percentEncoded)/" }
        let pairs = query.map { "\($0.0.percentEncoded)=\($0.1.percentEncoded)" }
        if !pairs.isEmpty { path += "?" + pairs.joined(separator: "&") }
        let response = try await connection.send(.get, path)
        let envelope = try Connection.read(response, from: path)
        return Page(
            objects: envelope["objects"]?.elements ?? [],
            hasMore: envelope["more"]?.boolean ?? false,
            next: envelope["next"]?.string,
            dateAddedLast: response.header("x-taxii-date-added-last")
        )
    }
}

/// A page of objects as served.
struct Page {
    let objects: [JSON.Value]
    let hasMore: Bool
    let next: String?
    /// When the last object of the page was added, as the server wrote it.
    let dateAddedLast: String?
}

/// A status resource (TAXII 2.1 §4.3).
struct PublishStatus {
    struct Failure {
        let id: String
        let version: String
        let message: String
    }

    let id: String
    let isPending: Bool
    let total: Int
    let accepted: Int
    let failed: Int
    let pending: Int
    let failures: [Failure]
    /// What the author should know of objects that were accepted.
    let notes: [String]
    /// The resource as served, without white space.
    let bytes: [UInt8]

    init(_ resource: JSON.Value, path: String) throws(CommandFault) {
        guard let id = resource["id"]?.string, let state = resource["status"]?.string else {
            throw .answer(to: path, rule: "is no status resource")
        }
        func count(_ key: String) -> Int { Int(resource[key]?.integer ?? 0) }
        self.id = id.printable
        isPending = state == "pending"
        total = count("total_count")
        accepted = count("success_count")
        failed = count("failure_count")
        pending = count("pending_count")
        failures = (resource["failures"]?.elements ?? []).map { failure in
            Failure(
                id: failure["id"]?.string?.printable ?? "?",
                version: failure["version"]?.string?.printable ?? "",
                message: failure["message"]?.string?.printable ?? "no reason given"
            )
        }
        notes = (resource["successes"]?.elements ?? []).compactMap { success in
            guard let message = success["message"]?.string else { return nil }
            return "note   \(success["id"]?.string?.printable ?? "?"): \(message.printable)"
        }
        bytes = resource.compact()
    }

    /// Prints what failed and why, an object a line, then the sums.
    func show() throws(CommandFault) {
        for failure in failures { try Output.line(failure.description) }
        for note in notes { try Output.line(note) }
        try Output.line(
            "status \(id): \(isPending ? "pending" : "complete"), \(accepted) of \(total) accepted, "
                + "\(failed) failed, \(pending) pending"
        )
    }
}

extension PublishStatus.Failure: CustomStringConvertible {
    var description: String { "failed \(id)\(version.isEmpty ? "" : " " + version): \(message)" }
}

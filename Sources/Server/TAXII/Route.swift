import Foundation

/// What a path names (TAXII 2.1 §3.1).
///
/// Paths end in `/`; one that does not is redirected.
enum Route: Hashable, Sendable {
    case discovery
    case apiRoot
    case status(String)
    case collections
    case collection(String)
    case manifest(String)
    case objects(String)
    case object(String, id: String)
    case versions(String, id: String)

    /// Where the one API root is.
    static let apiRootPath = "/caveat/"
    static let discoveryPath = "/taxii2/"

    /// - Parameter path: the path as it came, percent-encoded.
    init?(path: Substring) {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            Substring($0)
        }
        guard parts.count >= 3, parts[0].isEmpty, parts[parts.count - 1].isEmpty else { return nil }
        switch (parts[1], parts.count) {
        case ("taxii2", 3): self = .discovery
        case ("caveat", 3): self = .apiRoot
        case ("caveat", 5) where parts[2] == "status":
            guard let id = parts[3].name else { return nil }
            self = .status(id)
        case ("caveat", 4...) where parts[2] == "collections": self.init(collections: parts[3..<(parts.count - 1)])
        default: return nil
        }
    }

    /// - Parameter parts: what comes after `collections/`.
    private init?(collections parts: ArraySlice<Substring>) {
        guard let first = parts.first else {
            self = .collections
            return
        }
        guard let name = first.name else { return nil }
        let rest = parts.dropFirst()
        switch (rest.count, rest.first ?? "") {
        case (0, _): self = .collection(name)
        case (1, "manifest"): self = .manifest(name)
        case (1, "objects"): self = .objects(name)
        case (2, "objects"), (3, "objects"):
            guard let id = rest[rest.startIndex + 1].name, rest.count == 2 || rest.last == "versions" else {
                return nil
            }
            self = rest.count == 2 ? .object(name, id: id) : .versions(name, id: id)
        default: return nil
        }
    }

    /// The methods that the resource has, in the order of the standard.
    var methods: [String] {
        switch self {
        case .discovery, .apiRoot, .status, .collections, .collection, .manifest, .versions: ["GET", "HEAD"]
        case .objects: ["GET", "HEAD", "POST"]
        case .object: ["GET", "HEAD", "DELETE"]
        }
    }
}

extension Substring {
    /// A part of a path that names something, with percent-encoding undone; nil where it is empty or broken.
    fileprivate var name: String? { isEmpty ? nil : removingEncoding }

    /// With percent-encoding undone (RFC 3986 §2.1); nil where it is broken or not UTF-8.
    ///
    /// A plus sign stays one.
    var removingEncoding: String? {
        guard utf8.contains(UInt8(ascii: "%")) else { return String(self) }
        return String(self).removingPercentEncoding
    }
}

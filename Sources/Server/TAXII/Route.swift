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
    init?(path: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard parts.popLast() == "" else { return nil }
        let names = parts.compactMap { $0.removingEncoding }
        guard names.count == parts.count, !names.contains("") else { return nil }
        switch names.first {
        case "taxii2" where names.count == 1: self = .discovery
        case "caveat" where names.count == 1: self = .apiRoot
        case "caveat" where names.count == 3 && names[1] == "status": self = .status(names[2])
        case "caveat" where names.count >= 2 && names[1] == "collections": self.init(collections: names.dropFirst(2))
        default: return nil
        }
    }

    private init?(collections names: ArraySlice<String>) {
        let names = Array(names)
        switch (names.count, names.count > 1 ? names[1] : "") {
        case (0, _): self = .collections
        case (1, _): self = .collection(names[0])
        case (2, "manifest"): self = .manifest(names[0])
        case (2, "objects"): self = .objects(names[0])
        case (3, "objects"): self = .object(names[0], id: names[2])
        case (4, "objects") where names[3] == "versions": self = .versions(names[0], id: names[2])
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
    /// With percent-encoding undone (RFC 3986 §2.1); nil where it is broken or not UTF-8.
    ///
    /// A plus sign stays one.
    var removingEncoding: String? {
        guard utf8.contains(UInt8(ascii: "%")) else { return String(self) }
        return String(self).removingPercentEncoding
    }
}

import Exchange
import Foundation

/// The parameters of a read (TAXII 2.1 §3.4), checked.
///
/// Anything malformed is a 400 that names the parameter.
struct ReadQuery: Hashable, Sendable {
    /// How many values one match field may have.
    static let matchValuesMax = 500

    var addedAfter: Timestamp? {
        didSet { addedAfterText = addedAfter?.text }
    }
    /// The same as answers tell it.
    private(set) var addedAfterText: String?
    var limit: Int
    var next: String?
    var filter = ObjectFilter()
    /// Whether `match[version]` was given.
    var namesVersions = false

    /// - Parameters:
    ///   - query: the query of the URL as it came, percent-encoded; nil or empty for none.
    ///   - limitMax: the most objects that a page may have, and as many as it has when none is asked for.
    init(_ query: Substring?, limitMax: Int) throws(HTTPFault) {
        limit = limitMax
        var seen: [String] = []
        for pair in (query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                .map { Substring($0) }
            guard let name = parts[0].removingEncoding, let value = (parts.count == 2 ? parts[1] : "").removingEncoding
            else { throw .malformed(String(parts[0].prefix(64)), "must be percent-encoded UTF-8 (RFC 3986)") }
            guard try take(name, value, limitMax) else { continue }
            guard !seen.contains(name) else {
                throw .malformed(name, "must be given once; join values with commas")
            }
            seen.append(name)
        }
    }

    /// What a cursor is bound to beside its principal: everything but `limit` and `next`, in one order.
    func text(at place: String) -> String {
        let versions = filter.versions
        let parts = [
            place,
            addedAfter.map { String($0.nanoseconds) } ?? "",
            filter.ids.sorted().joined(separator: ","),
            filter.types.sorted().joined(separator: ","),
            filter.specVersions.sorted().joined(separator: ","),
            "\(versions.last) \(versions.first) \(versions.all) \(versions.instants.sorted())",
        ]
        return parts.joined(separator: "\n")
    }

    /// Takes one parameter; false for one that means nothing here, which is ignored.
    private mutating func take(_ name: String, _ value: String, _ limitMax: Int) throws(HTTPFault) -> Bool {
        switch name {
        case "added_after": addedAfter = try Self.time(value, name)
        case "limit": limit = min(try Self.limit(value), limitMax)
        case "next":
            guard !value.isEmpty else { throw .malformed(name, "must be what the page before gave") }
            next = value
        case "match[id]":
            filter.ids = Set(try Self.values(value, name))
            for id in filter.ids where (try? STIXID(parsing: id)) == nil {
                throw .malformed(name, "must be STIX ids, type--UUID, joined with commas")
            }
        case "match[type]":
            filter.types = Set(try Self.values(value, name))
            guard filter.types.allSatisfy(Self.isType) else {
                throw .malformed(name, "must be STIX types in lower case, joined with commas")
            }
        case "match[spec_version]":
            filter.specVersions = Set(try Self.values(value, name))
            guard filter.specVersions.allSatisfy({ $0.wholeMatch(of: /[0-9]{1,3}\.[0-9]{1,3}/) != nil }) else {
                throw .malformed(name, "must be versions of STIX such as 2.1, joined with commas")
            }
        case "match[version]":
            filter.versions = try Self.versions(value, name)
            namesVersions = true
        default: return false
        }
        return true
    }

    private static func time(_ value: String, _ name: String) throws(HTTPFault) -> Timestamp {
        do {
            return try Timestamp(clamping: value)
        } catch {
            throw .malformed(name, "\(error)")
        }
    }

    private static func limit(_ value: String) throws(HTTPFault) -> Int {
        guard !value.isEmpty, value.utf8.allSatisfy({ (48...57).contains($0) }), value.contains(where: { $0 != "0" })
        else { throw .malformed("limit", "must be a whole number above 0") }
        return Int(value) ?? .max
    }

    private static func values(_ value: String, _ name: String) throws(HTTPFault) -> [String] {
        let values = value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard !values.contains("") else { throw .malformed(name, "must have no empty value") }
        guard values.count <= matchValuesMax else {
            throw .malformed(name, "must have at most \(matchValuesMax) values")
        }
        return values
    }

    private static func isType(_ value: String) -> Bool {
        value.utf8.count <= 250
            && value.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    private static func versions(_ value: String, _ name: String) throws(HTTPFault) -> VersionFilter {
        var filter = VersionFilter()
        var count = 0
        for word in try values(value, name) {
            count += 1
            switch word {
            case "last": filter.last = true
            case "first": filter.first = true
            case "all": filter.all = true
            default:
                guard let instant = try? Timestamp(parsing: word) else {
                    throw .malformed(name, "must be last, first, all or RFC 3339 times, joined with commas")
                }
                filter.instants.insert(instant.nanoseconds)
            }
        }
        let kept = (filter.last ? 1 : 0) + (filter.first ? 1 : 0) + (filter.all ? 1 : 0) + filter.instants.count
        guard kept == count else { throw .malformed(name, "must name no version twice") }
        guard !filter.all || count == 1 else { throw .malformed(name, "all must stand alone") }
        return filter
    }
}

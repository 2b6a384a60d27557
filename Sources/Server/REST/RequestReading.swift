import Exchange
import Foundation
import NIOHTTP1
import Node

/// What the calls of `/v1` read of a request.
extension Request {
    /// Bytes of a body: content and terms at their largest fit.
    static let restBodyBytesMax = 4 << 20

    /// Refuses a method that a resource has not; HEAD goes with GET.
    func allow(_ methods: [HTTPMethod]) throws(HTTPFault) {
        if method == .HEAD, methods.contains(.GET) { return }
        guard methods.contains(method) else { throw .wrongMethod(methods.map(\.rawValue)) }
    }

    /// Refuses a query parameter that a call has not, or has once: nobody takes what was misspelt for what was asked.
    /// - Parameter lists: those that may be there more than once.
    func check(parameters known: Set<String>, lists: Set<String> = []) throws(HTTPFault) {
        var seen: Set<String> = []
        for name in parameterNames {
            guard known.contains(name) else {
                let list = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
                throw .malformed(name, "is no parameter of this call, which has \(list)")
            }
            guard seen.insert(name).inserted || lists.contains(name) else {
                throw .malformed(name, "is there twice; send it once")
            }
        }
    }

    /// The fields of the body; none where there is no body.
    ///
    /// A body must say that it is JSON: a page of another site can have a browser post plain text, but not this.
    func fields() async throws -> BodyFields {
        let bytes = try await body.read(upTo: Self.restBodyBytesMax)
        let type = self["Content-Type"]?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces).lowercased()
        guard bytes.isEmpty || type == MediaType.json else {
            throw HTTPFault(
                .unsupportedMediaType,
                "Unsupported media type",
                "Content-Type: must be \(MediaType.json)",
                field: "Content-Type"
            )
        }
        return try BodyFields(bytes.isEmpty ? Array("{}".utf8) : bytes)
    }

    /// The `Idempotency-Key` of a call that makes something; nil where it has none.
    func idempotencyKey() throws(HTTPFault) -> String? {
        guard let key = self["Idempotency-Key"] else { return nil }
        guard (1...Self.idempotencyKeyBytesMax).contains(key.utf8.count) else {
            throw .malformed("Idempotency-Key", "must have 1 to \(Self.idempotencyKeyBytesMax) bytes")
        }
        return key
    }

    /// Bytes of an idempotency key.
    static let idempotencyKeyBytesMax = 255

    /// The tags of which what is acted on must have one: those that `If-Match` names; nil for whatever it is now.
    var seen: [String]? {
        switch list("If-Match").map(EntityTags.init) {
        case .listed(let tags): tags
        case .any, nil: nil
        }
    }

    /// Where a listing that begins with the newest goes on: the `next` of the page before.
    func before() throws(HTTPFault) -> Int64 { try place("before") ?? .max }

    /// Where a listing that begins with the oldest goes on: the `next` of the page before.
    func after() throws(HTTPFault) -> Int64 { try place("after") ?? 0 }

    private func place(_ name: String) throws(HTTPFault) -> Int64? {
        guard let text = parameter(name) else { return nil }
        guard let number = Int64(text), String(number) == text, number >= 0 else { throw Self.noPage(name) }
        return number
    }

    static func noPage(_ name: String) -> HTTPFault { .malformed(name, "must be the `next` of a page") }
}

extension Node {
    /// The call as its `Idempotency-Key` names it; nil where it has none.
    func call(_ request: Request, _ fields: BodyFields, by session: Session) throws(HTTPFault) -> KeyedCall? {
        guard let key = try request.idempotencyKey() else { return nil }
        let asked = "\(request.path)\n\(request["Caveat-Purpose"] ?? "")\n"
        return call(key, by: session, asked: Array(asked.utf8) + fields.canonical)
    }
}

extension BodyFields {
    /// A text whose length is for the domain to judge.
    mutating func longText(_ field: String) throws -> String? { try value(field) }

    /// An Admiralty grade.
    mutating func grade(_ field: String) throws -> Grade? {
        guard let text = try text(field) else { return nil }
        guard let grade = Grade(code: text) else {
            throw AdvisoryFault.invalid(field: field, rule: "must be a letter A to F and a digit 1 to 6, such as B2")
        }
        return grade
    }
}

/// One page of a listing.
struct Listed<Row> {
    let shown: ArraySlice<Row>
    /// The last that is shown, where more come after it.
    let last: Row?

    /// - Parameter rows: as many as there are, up to `Paging.askedMax`.
    init(_ rows: [Row]) {
        shown = rows.prefix(Paging.shownMax)
        last = rows.count > Paging.shownMax ? shown.last : nil
    }
}

enum Paging {
    /// Things of one page.
    static let shownMax = 100
    /// What a listing is asked for: one more tells that there is a next page.
    static let askedMax = shownMax + 1
}

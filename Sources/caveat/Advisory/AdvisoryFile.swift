import Exchange
import Foundation

/// What a member writes of an advisory: its content, and the terms on which it may be read.
///
/// Holding one is proof that the exchange's own readers take it.
struct AdvisoryFile: Codable, Sendable {
    let content: AdvisoryContent
    let terms: AdvisoryTerms

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case content, terms
    }

    /// Reads a file, or standard input where the path is `-`.
    init(path: String) throws(CommandFault) {
        let bytes = try InputFile.bytes(path)
        do throws(AdvisoryFileFault) {
            try self.init(bytes)
        } catch {
            throw error.told(of: path)
        }
    }

    /// Reads the bytes of a file.
    init(_ bytes: [UInt8]) throws(AdvisoryFileFault) {
        let root: JSON.Value
        do throws(JSONFault) {
            root = try JSON(parsing: bytes).root
        } catch {
            throw .json(error)
        }
        try Self.check(root)
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch let fault as ContentFault {
            throw .content(fault)
        } catch {
            throw .content(Self.shape)
        }
    }

    /// Refuses what is not of the kind.
    func check(as kind: AdvisoryKind, in path: String) throws(CommandFault) {
        do throws(ContentFault) {
            try content.check(as: kind)
        } catch {
            throw AdvisoryFileFault.content(ContentFault("content.\(error.field)", error.rule)).told(of: path)
        }
        do throws(ContentFault) {
            try terms.check(as: kind, of: content)
        } catch {
            throw AdvisoryFileFault.content(ContentFault("terms.\(error.field)", error.rule)).told(of: path)
        }
    }

    private static var shape: ContentFault {
        ContentFault("", .form(#"must be {"content": {…}, "terms": {…}}, as caveat advisory example prints it"#))
    }

    private static func check(_ root: JSON.Value) throws(AdvisoryFileFault) {
        guard root.kind == .object else { throw .content(shape) }
        let known = CodingKeys.allCases.map(\.rawValue)
        if let other = root.members.map(\.key).first(where: { !known.contains($0) }) {
            throw .content(ContentFault(String(other.prefix(80)).printable, .unknown(known: known)))
        }
        guard root["content"] != nil else { throw .content(ContentFault("content", .missing)) }
        guard root["terms"] != nil else {
            throw .content(ContentFault("terms", .form(#"must be there; add "terms": {} for the pool's usual ones"#)))
        }
    }
}

/// Why a file holds no advisory.
enum AdvisoryFileFault: Error {
    case json(JSONFault)
    /// The field, the rule and the fix.
    case content(ContentFault)

    /// The same, with the file's name.
    func told(of path: String) -> CommandFault {
        let file = path == "-" ? "standard input" : path
        switch self {
        case .json(let fault): return .file(path: file, rule: "is not JSON: \(fault)")
        case .content(let fault) where fault.field.isEmpty: return .file(path: file, rule: fault.description.printable)
        case .content(let fault): return .file(path: file, rule: "at \(fault.description.printable)")
        }
    }
}

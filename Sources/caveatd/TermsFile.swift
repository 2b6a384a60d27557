import Exchange
import Foundation
import Yams

/// A file of terms of reciprocity: `config/terms/default.yaml` has every key, each with what it means.
enum TermsFile {
    /// Reads a file's text: mappings in one another, with whole numbers at their ends.
    /// - Throws: `TermsFault` with the key and the rule.
    static func read(_ text: String, file: String) throws(TermsFault) -> ReciprocityTerms {
        let root: Yams.Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw TermsFault(key: file, rule: "is not YAML: \(error)")
        }
        var figures: [String: Int] = [:]
        // An empty file changes nothing.
        if let root { try read(root, file, path: "", into: &figures) }
        return try ReciprocityTerms(figures)
    }

    /// Reads the terms of an exchange: what each tier may take, and how much later.
    ///
    /// Any other figure is of each ledger's own terms, which an operator proposes.
    /// - Throws: `TermsFault` with the key and the rule.
    static func quotas(at path: String) throws(TermsFault) -> ReciprocityTerms {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw TermsFault(
                key: "reciprocity.terms",
                rule: "\(path) cannot be read; check the path and that caveatd may"
            )
        }
        let terms = try read(String(decoding: bytes, as: UTF8.self), file: path)
        let quotas = Set((Term.quotas + Term.delays).map(\.rawValue))
        if let other = terms.changes.keys.filter({ !quotas.contains($0) }).min() {
            let rest =
                switch Term(rawValue: other)?.scope {
                case .ledger: "propose it for a ledger with caveat admin terms propose"
                case .exchange, .fixed, nil: "take it out"
                }
            throw TermsFault(
                key: other,
                rule: "must be its default: of an exchange's terms the quotas, the history and the delays of tiers "
                    + "may be others; \(rest)"
            )
        }
        return terms
    }

    private static func read(
        _ node: Yams.Node,
        _ file: String,
        path: String,
        into figures: inout [String: Int]
    ) throws(TermsFault) {
        switch node {
        case .mapping(let mapping):
            for (name, value) in mapping {
                guard let key = name.scalar?.string else {
                    throw TermsFault(key: path.isEmpty ? file : path, rule: "must have texts as keys")
                }
                try read(value, file, path: path.isEmpty ? key : "\(path).\(key)", into: &figures)
            }
        case .scalar(let scalar) where !path.isEmpty:
            guard let figure = Int(scalar.string) else {
                throw TermsFault(key: path, rule: "is \(scalar.string), but must be a whole number, such as 30")
            }
            figures[path] = figure
        case .scalar, .sequence, .alias:
            throw TermsFault(
                key: path.isEmpty ? file : path,
                rule: "must be a mapping of keys to whole numbers; config/terms/default.yaml has them all"
            )
        }
    }
}

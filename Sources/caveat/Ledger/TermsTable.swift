import Exchange

/// The terms of a ledger as they are printed.
enum TermsTable {
    /// Version by version, with what differs from the defaults.
    static func text(_ answer: JSON.Value) -> String {
        let rows = (answer["terms"]?.elements ?? []).map { version in
            [
                "\(version["version"]?.integer ?? 0)", "\(version["epoch"]?.integer ?? 0)",
                version["date"]?.string ?? "", version["state"]?.string ?? "", figures(version["figures"]),
            ]
        }
        let epoch = answer["epoch"]?.integer ?? 0
        return "\(answer["pool"]?.string?.printable ?? "?"), in epoch \(epoch)\n"
            + Lines.table(["VERSION", "FROM EPOCH", "DATE", "STATE", "FIGURES"], rows)
    }

    private static func figures(_ figures: JSON.Value?) -> String {
        let told = (figures?.members ?? []).sorted { $0.key < $1.key }.map { key, value in
            let term = Term(rawValue: key)
            let usual = term.map { " \($0.unit.rawValue) (default \($0.standard))" } ?? ""
            return "\(key) \(value.integer ?? 0)\(usual)"
        }
        return told.isEmpty ? "the defaults" : told.joined(separator: ", ")
    }
}

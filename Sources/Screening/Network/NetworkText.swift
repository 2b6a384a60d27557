import Exchange

extension SubjectNetwork {
    /// Rows of one role in a table.
    public static let rowsMax = 50
    /// Columns of a name in a table.
    public static let columnsMax = 40

    /// A table for people: by role who matters most, with how well others could take the place.
    public func table(_ measures: NetworkMeasures) -> String {
        var lines = [
            "\(nodes.count) subjects, \(edges.count) connections; the network falls apart without "
                + "\(measures.measures.count(where: \.isArticulation)) of the subjects, or without "
                + "\(measures.bridges.count) of the connections."
        ]
        if !crowded.isEmpty {
            let text = "Of \(crowded.count) advisories with more than \(Self.appearanceSubjectsMax) subjects only what"
            lines.append(text + " they say of who stands to whom is in it.")
        }
        for group in measures.byRole(self) {
            let name = group.role.map { "\($0.rawValue) \($0)".printable } ?? "no role"
            lines += ["", "\(name): \(group.nodes.count)"]
            lines += rows(group, measures)
            if group.nodes.count > Self.rowsMax { lines.append("… and \(group.nodes.count - Self.rowsMax) more") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func rows(_ group: NetworkMeasures.RoleGroup, _ measures: NetworkMeasures) -> [String] {
        let head = ["kind", "subject", "advisories", "degree", "between", "cut", "stays", "others", "covered"]
        let rows = group.nodes.prefix(Self.rowsMax).map { place in
            let (node, measure) = (nodes[place], measures.measures[place])
            return [
                node.kind.rawValue, node.caption.printable.shortened(to: Self.columnsMax), "\(node.advisories)",
                "\(measure.degree)", measure.betweenness.decimal(places: 1), measure.isArticulation ? "yes" : "-",
                Self.percent(measure.replaceability.connected), "\(measure.replaceability.substitutes)",
                Self.percent(measure.replaceability.covered),
            ]
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        return ([head] + rows).map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column < 2 ? cell + space : space + cell
            }
            return "  " + cells.joined(separator: "  ")
        }
    }

    private static func percent(_ thousandths: Int) -> String { "\(thousandths / 10) %" }
}

extension String {
    /// Without what moves the cursor, turns the direction of writing or is not to be seen.
    var printable: String {
        let shown = unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: " "
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(shown))
    }

    /// At most so many characters, the last of them … where it is longer; of each at most the first marks.
    func shortened(to countMax: Int) -> String {
        let kept = prefix(countMax + 1).map { character in
            character.unicodeScalars.count <= 4
                ? character : Character(character.unicodeScalars.first ?? Unicode.Scalar(UInt8(ascii: " ")))
        }
        return kept.count > countMax ? String(kept.dropLast(2)) + "…" : String(kept)
    }

    /// As text of XML and as the value of an attribute: without what XML 1.0 does not allow.
    var escaped: String {
        var text = ""
        for scalar in printable.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\u{fffe}", "\u{ffff}": text += " "
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Double {
    /// With so many decimals, rounded half away from zero; the same on every machine.
    func decimal(places: Int) -> String {
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        let whole = Int64((magnitude * scale).rounded())
        let digits = String(whole)
        let filled = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = self < 0 && whole != 0 ? "-" : ""
        return places == 0 ? sign + filled : "\(sign)\(filled.dropLast(places)).\(filled.suffix(places))"
    }
}

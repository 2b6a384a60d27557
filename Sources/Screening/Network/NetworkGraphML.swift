import Exchange

extension SubjectNetwork {
    /// GraphML (http://graphml.graphdrawing.org, version 1.0), as networkx and Gephi read it: nodes with what is
    /// measured, undirected edges with why.
    public func graphML(_ measures: NetworkMeasures) -> String {
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" "
                + "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                + "xsi:schemaLocation=\"http://graphml.graphdrawing.org/xmlns "
                + "http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd\">",
        ]
        for (place, key) in Self.keys.enumerated() {
            let attributes = "attr.name=\"\(key.name)\" attr.type=\"\(key.type)\""
            lines.append("  <key id=\"d\(place)\" for=\"\(key.of)\" \(attributes)/>")
        }
        lines.append("  <graph id=\"network\" edgedefault=\"undirected\">")
        let bridges = Set(measures.bridges)
        for (place, node) in nodes.enumerated() {
            lines.append("    <node id=\"n\(place)\">")
            lines += Self.data(Self.values(of: node, measures.measures[place]), from: 0)
            lines.append("    </node>")
        }
        for (place, edge) in edges.enumerated() {
            lines.append("    <edge id=\"e\(place)\" source=\"n\(edge.first)\" target=\"n\(edge.second)\">")
            lines += Self.data(values(of: edge, isBridge: bridges.contains(place)), from: Self.nodeKeysCount)
            lines.append("    </edge>")
        }
        return lines.joined(separator: "\n") + "\n  </graph>\n</graphml>\n"
    }

    private typealias Key = (name: String, type: String, of: String)

    private static let keys: [Key] = [
        ("label", "string", "node"), ("kind", "string", "node"), ("roles", "string", "node"),
        ("subjects", "string", "node"), ("advisories", "int", "node"), ("degree", "int", "node"),
        ("betweenness", "double", "node"), ("articulation", "boolean", "node"), ("connected", "int", "node"),
        ("substitutes", "int", "node"), ("covered", "int", "node"),
        ("weight", "int", "edge"), ("ties", "string", "edge"), ("bridge", "boolean", "edge"),
    ]
    private static let nodeKeysCount = keys.count { $0.of == "node" }

    private static func values(of node: Node, _ measure: NetworkMeasures.Measure) -> [String] {
        [
            node.caption, node.kind.rawValue, node.roles.map(\.rawValue).joined(separator: " "),
            node.subjects.prefix(tiesMax).map(\.text).joined(separator: " "), "\(node.advisories)",
            "\(measure.degree)", measure.betweenness.decimal(places: 6), "\(measure.isArticulation)",
            "\(measure.replaceability.connected)", "\(measure.replaceability.substitutes)",
            "\(measure.replaceability.covered)",
        ]
    }

    private func values(of edge: Edge, isBridge: Bool) -> [String] {
        let ties = edge.ties.map { tie in
            let word = tie.relation?.rawValue ?? "appears-with"
            return "\(tie.isBackward ? "<-" : "")\(word) \(tie.advisory.text)"
        }
        return ["\(edge.tiesCount)", ties.joined(separator: "; "), "\(isBridge)"]
    }

    private static func data(_ values: [String], from first: Int) -> [String] {
        values.enumerated().map { "      <data key=\"d\(first + $0)\">\($1.escaped)</data>" }
    }
}

import Exchange

extension SubjectNetwork {
    /// Subjects of one drawing: those that matter most.
    public static let drawnMax = 150
    /// Characters of a name in a drawing.
    public static let labelCharactersMax = 28

    /// A drawing that stands by itself (SVG 1.1), readable on light and on dark ground, without scripts.
    ///
    /// What the network falls apart without is drawn with a strong line. Of more than `drawnMax` subjects those with
    /// the greatest betweenness are drawn, and it says so.
    public func svg(_ measures: NetworkMeasures) -> String {
        let shown = measures.ranked(Array(nodes.indices)).prefix(Self.drawnMax).sorted()
        let places = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($1, $0) })
        let drawn = edges.indices.filter { places[edges[$0].first] != nil && places[edges[$0].second] != nil }
        let pairs = drawn.compactMap { edge -> (Int, Int)? in
            guard let first = places[edges[edge].first], let second = places[edges[edge].second] else { return nil }
            return (first, second)
        }
        let layout = NetworkLayout(count: shown.count, pairs, distance: 90)
        let points = layout.points.map { NetworkLayout.Point(x: $0.x + Self.margin, y: $0.y + Self.margin) }
        let drawing = layout.side + 2 * Self.margin
        let width = max(Int(drawing), Self.widthMin)
        let height = Int(drawing) + Self.legendHeight
        var lines = head(width: width, height: height, shown: shown.count)
        let bridges = Set(measures.bridges)
        for (edge, pair) in zip(drawn, pairs) {
            let (from, to) = (points[pair.0], points[pair.1])
            let kind = bridges.contains(edge) ? "bridge" : edges[edge].isOfRelation ? "relation" : "together"
            lines.append("<line class=\"\(kind)\" \(Self.ends(from, to))><title>\(title(of: edge))</title></line>")
        }
        let greatest = shown.map { measures.measures[$0].betweenness }.max() ?? 0
        for (place, node) in shown.enumerated() {
            lines.append(mark(node, measures.measures[node], at: points[place], greatest))
        }
        // Above all marks, so that none hides a name.
        for (place, node) in shown.enumerated() {
            lines.append(label(node, measures.measures[node], at: points[place], greatest))
        }
        lines += legend(at: drawing)
        return lines.joined(separator: "\n") + "\n</svg>\n"
    }

    private static let margin = 110.0
    private static let legendHeight = 70
    /// What the legend takes.
    private static let widthMin = 800

    private func head(width: Int, height: Int, shown: Int) -> [String] {
        let counts = "\(nodes.count) subjects, \(edges.count) connections"
        let part = shown < nodes.count ? ", the \(shown) that are most between others" : ""
        return [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" "
                + "height=\"\(height)\" role=\"img\" font-family=\"sans-serif\" font-size=\"11\">",
            "<title>Network of \(counts)\(part)</title>", Self.style,
            "<rect class=\"ground\" width=\"\(width)\" height=\"\(height)\"/>",
            "<text x=\"16\" y=\"24\" font-size=\"14\">\(counts)\(part)</text>",
        ]
    }

    /// Both grounds have a contrast of 4.5 to 1 and more with what is written on them.
    private static let style = """
        <style>
        .ground{fill:#ffffff}
        text{fill:#1a1a1a;paint-order:stroke;stroke:#ffffff;stroke-width:3px;stroke-linejoin:round}
        line{stroke:#8a8f98;stroke-width:1} .together{stroke-dasharray:3 3} .relation{stroke-width:1.6}
        .bridge{stroke:#c2410c;stroke-width:2.6}
        .mark{stroke:#ffffff;stroke-width:1.5} .cut{stroke:#c2410c;stroke-width:3.5}
        .person{fill:#1d6fb8} .party{fill:#7a3fa0} .craft{fill:#0f766e} .value{fill:#a16207} .place{fill:#5b6470}
        @media (prefers-color-scheme:dark){
        .ground{fill:#14171c} text{fill:#eceff4;stroke:#14171c} line{stroke:#737b87}
        .bridge{stroke:#fb923c} .mark{stroke:#14171c} .cut{stroke:#fb923c}
        .person{fill:#6cb2f2} .party{fill:#c79be8} .craft{fill:#4fd1c5} .value{fill:#e3b341} .place{fill:#a3adba}
        }
        </style>
        """

    private static func ends(_ from: NetworkLayout.Point, _ to: NetworkLayout.Point) -> String {
        "x1=\"\(from.x.decimal(places: 1))\" y1=\"\(from.y.decimal(places: 1))\" "
            + "x2=\"\(to.x.decimal(places: 1))\" y2=\"\(to.y.decimal(places: 1))\""
    }

    private func title(of edge: Int) -> String {
        let words = Set(edges[edge].ties.map { $0.relation?.rawValue ?? "in one advisory" }).sorted()
        let ends = [edges[edge].first, edges[edge].second].map { nodes[$0].caption }
        return "\(ends.joined(separator: " – ")): \(words.joined(separator: ", "))".escaped
    }

    /// The shape of a node tells its kind as its colour does, for those who do not tell colours.
    private func mark(
        _ place: Int,
        _ measure: NetworkMeasures.Measure,
        at point: NetworkLayout.Point,
        _ greatest: Double
    ) -> String {
        let node = nodes[place]
        let roles = node.roles.isEmpty ? "" : " (\(node.roles.map(\.rawValue).joined(separator: ", ")))"
        let title = "\(node.kind.rawValue) \(node.caption)\(roles), in \(node.advisories) advisories".escaped
        let shape = node.kind.shape(at: point, Self.size(of: measure, greatest), isCut: measure.isArticulation)
        return "<g><title>\(title)</title>\(shape)</g>"
    }

    private func label(
        _ place: Int,
        _ measure: NetworkMeasures.Measure,
        at point: NetworkLayout.Point,
        _ greatest: Double
    ) -> String {
        let x = point.x.decimal(places: 1)
        let y = (point.y + Self.size(of: measure, greatest) + 12).decimal(places: 1)
        let text = nodes[place].caption.shortened(to: Self.labelCharactersMax).escaped
        return "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"middle\">\(text)</text>"
    }

    private static func size(of measure: NetworkMeasures.Measure, _ greatest: Double) -> Double {
        6 + (greatest > 0 ? 10 * (measure.betweenness / greatest).squareRoot() : 0)
    }

    private func legend(at height: Double) -> [String] {
        let kinds: [(SubjectKind, String)] = [
            (.person, "person"), (.organisation, "organisation"), (.vessel, "conveyance"),
            (.account, "account, document"),
            (.address, "address"),
        ]
        let marks = kinds.enumerated().flatMap { place, entry -> [String] in
            let x = 30 + Double(place) * 150
            let point = NetworkLayout.Point(x: x, y: height + 12)
            let text = "<text x=\"\((x + 14).decimal(places: 0))\" y=\"\((height + 16).decimal(places: 0))\">"
            return [entry.0.shape(at: point, 7, isCut: false), "\(text)\(entry.1)</text>"]
        }
        let y = (height + 44).decimal(places: 0)
        let note = "Strong lines: it falls apart without them. Dashed: in one advisory. Size: between how many others."
        return marks + ["<text x=\"16\" y=\"\(y)\">\(note)</text>"]
    }
}

extension SubjectNetwork.Edge {
    /// Whether an advisory says how the two stand to one another.
    fileprivate var isOfRelation: Bool { ties.contains { $0.relation != nil } }
}

extension SubjectKind {
    fileprivate func shape(at point: NetworkLayout.Point, _ size: Double, isCut: Bool) -> String {
        func corners(_ offsets: [(Double, Double)]) -> String {
            offsets.map { x, y in
                "\((point.x + x * size).decimal(places: 1)),\((point.y + y * size).decimal(places: 1))"
            }.joined(separator: " ")
        }
        func polygon(_ name: String, _ offsets: [(Double, Double)]) -> String {
            "<polygon class=\"mark \(name)\(isCut ? " cut" : "")\" points=\"\(corners(offsets))\"/>"
        }
        switch self {
        case .person:
            let (x, y) = (point.x.decimal(places: 1), point.y.decimal(places: 1))
            let radius = size.decimal(places: 1)
            return "<circle class=\"mark person\(isCut ? " cut" : "")\" cx=\"\(x)\" cy=\"\(y)\" r=\"\(radius)\"/>"
        case .organisation, .group: return polygon("party", [(-1, -1), (1, -1), (1, 1), (-1, 1)])
        case .vessel, .aircraft, .vehicle, .container, .consignment:
            return polygon("craft", [(0, -1.25), (1.15, 0.9), (-1.15, 0.9)])
        case .account, .document: return polygon("value", [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)])
        case .address, .route, .method, .jurisdiction:
            return polygon("place", [(-0.6, -1.1), (0.6, -1.1), (1.2, 0), (0.6, 1.1), (-0.6, 1.1), (-1.2, 0)])
        }
    }
}

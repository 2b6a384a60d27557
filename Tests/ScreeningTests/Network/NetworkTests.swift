import Exchange
import Foundation
import TestSupport
import Testing

@testable import Screening

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Networks")
struct NetworkTests {
    typealias World = ReferencedWorld

    private static func appearance(
        _ number: Int,
        _ subjects: [ReferencedSubject],
        _ relations: [SubjectRelation] = []
    ) -> SubjectNetwork.Appearance {
        SubjectNetwork.Appearance(World.advisory(number), subjects: subjects, relations: relations)
    }

    private static let ivan = World.subject(.person, "p", ["name": ["Ivan Petrov"]], roles: [.driver])
    private static let account = World.subject(.account, "a", ["iban": ["DE89370400440532013000"]])

    @Test("subjects that are one are one node, with the roles and advisories of all")
    func merged() throws {
        let other = World.subject(.person, "q", ["name": ["Ivan Sergeyevich Petrov"]], roles: [.financier])
        let one = [SubjectReference(World.advisory(1), "p"), SubjectReference(World.advisory(2), "q")]
        let network = try SubjectNetwork([Self.appearance(2, [other]), Self.appearance(1, [Self.ivan])], one: [one])
        #expect(network.nodes.count == 1)
        #expect(network.nodes.first?.id == one[0])
        #expect(network.nodes.first?.caption == "Ivan Sergeyevich Petrov")
        #expect(network.nodes.first?.roles == [.driver, .financier])
        #expect(network.nodes.first?.advisories == 2)
    }

    @Test("an edge says which advisory relates the two, how and in which direction, or only has both")
    func edges() throws {
        let relation = SubjectRelation("p", .user, "a")
        let both = [Self.ivan, Self.account]
        let same = ["a", "p"].map { key in [1, 2].map { SubjectReference(World.advisory($0), key) } }
        let network = try SubjectNetwork([Self.appearance(1, both, [relation]), Self.appearance(2, both)], one: same)
        #expect(network.edges.count == 1)
        let ties = try #require(network.edges.first).ties
        #expect(ties.map(\.advisory) == [World.advisory(1), World.advisory(2)])
        #expect(ties.map(\.relation) == [.user, nil])
        #expect(ties.map(\.isBackward) == [true, false])
    }

    @Test("routes, methods and jurisdictions are no nodes")
    func classes() throws {
        let method = World.subject(.method, "m", ["summary": ["gold sent as scrap"]])
        let place = World.subject(.jurisdiction, "j", ["country": ["NL"]])
        let route = World.subject(.route, "r", ["origin": ["CNSHA"], "destination": ["NLRTM"]])
        let network = try SubjectNetwork([Self.appearance(1, [Self.ivan, method, place, route])], one: [])
        #expect(network.nodes.map(\.kind) == [.person])
        #expect(network.edges == [])
    }

    @Test("of an advisory with very many subjects only the relations connect, and it is named")
    func crowded() throws {
        let many = (0...SubjectNetwork.appearanceSubjectsMax).map {
            World.subject(.person, "s\($0)", ["name": ["P \($0)"]])
        }
        let network = try SubjectNetwork([Self.appearance(1, many, [SubjectRelation("s0", .family, "s1")])], one: [])
        #expect(network.edges.count == 1)
        #expect(network.crowded == [World.advisory(1)])
        let fewer = try SubjectNetwork([Self.appearance(1, many.dropLast())], one: [])
        #expect(fewer.edges.count == many.count.advanced(by: -1) * (many.count - 2) / 2)
        #expect(fewer.crowded == [])
    }

    @Test("the network and all renditions are the same in every order of what comes", arguments: UInt64(0)..<8)
    func order(seed: UInt64) throws {
        var world = World(seed: seed)
        let advisories = world.advisories(20)
        let all = CrossReferences(advisories, by: PlainLikeness()).view { _ in true }
        let network = try all.network()
        let appearances = all.appearances.shuffled(using: &world.random)
        let clusters = all.clusters().map { $0.shuffled(using: &world.random) }.shuffled(using: &world.random)
        let again = try SubjectNetwork(appearances, one: clusters)
        #expect(again == network)
        let measures = try NetworkMeasures(network)
        #expect(try NetworkMeasures(again) == measures)
        #expect(again.svg(measures) == network.svg(measures))
    }

    // MARK: Renditions

    static let hostile = "<b>&\"'\u{0}\u{8}\u{1b}[31m\u{202e}]]>\n\u{fffe}\u{1F600} Ünï"

    private static func sample() throws -> SubjectNetwork {
        let person = World.subject(.person, "p", ["name": [hostile]], roles: [.driver])
        let people = (1...3).map { World.subject(.person, "x\($0)", ["name": ["Person \($0)"]], roles: [.mule]) }
        return try SubjectNetwork(
            [
                appearance(1, [person, account, people[0]], [SubjectRelation("p", .user, "a")]),
                appearance(2, [people[1], people[2]]),
            ],
            one: []
        )
    }

    @Test("GraphML is well-formed, and its nodes, edges and data are those of the network")
    func graphML() throws {
        let network = try Self.sample()
        let measures = try NetworkMeasures(network)
        let reader = XMLReading(network.graphML(measures))
        #expect(reader.fault == nil)
        #expect(reader.count(of: "node") == network.nodes.count)
        #expect(reader.count(of: "edge") == network.edges.count)
        let keys = Set(reader.attributes(of: "key").compactMap { $0["id"] })
        #expect(Set(reader.attributes(of: "data").compactMap { $0["key"] }) == keys)
        let ids = Set(reader.attributes(of: "node").compactMap { $0["id"] })
        let ends = reader.attributes(of: "edge").flatMap { [$0["source"], $0["target"]].compactMap { $0 } }
        #expect(ids.isSuperset(of: ends))
        #expect(reader.texts.contains { $0.contains("<b>&\"'") && $0.contains("\u{1F600} Ünï") })
    }

    @Test("a drawing is well-formed, stands by itself, runs nothing, and shows names as they are")
    func svg() throws {
        let network = try Self.sample()
        let text = network.svg(try NetworkMeasures(network))
        let reader = XMLReading(text)
        #expect(reader.fault == nil)
        #expect(reader.count(of: "script") == 0)
        let outside = text.ranges(of: "://").count - text.ranges(of: "http://www.w3.org/2000/svg").count
        #expect(outside == 0)
        #expect(reader.texts.contains { $0.contains("<b>&\"'") })
        #expect(!text.unicodeScalars.contains("\u{202e}") && !text.unicodeScalars.contains("\u{1b}"))
        #expect(text.contains("prefers-color-scheme:dark"))
        #expect(reader.count(of: "line") == network.edges.count)
    }

    @Test("no two marks of a drawing stand on one another, and all within it", arguments: [1, 2, 7, 40, 150])
    func layout(count: Int) {
        let pairs = (1..<max(1, count)).map { ($0 / 2, $0) }
        let layout = NetworkLayout(count: count, pairs, distance: 90)
        for (place, point) in layout.points.enumerated() {
            #expect((0...layout.side).contains(point.x) && (0...layout.side).contains(point.y))
            for other in layout.points.dropFirst(place + 1) {
                let (dx, dy) = (point.x - other.x, point.y - other.y)
                #expect((dx * dx + dy * dy).squareRoot() > 12)
            }
        }
    }

    @Test("of a large network the drawing shows those that matter most, and says so")
    func largeDrawing() throws {
        let count = SubjectNetwork.drawnMax + 20
        let network = try NetworkMeasuresTests.network(count, (1..<count).map { ($0 / 3, $0) })
        let text = network.svg(try NetworkMeasures(network))
        #expect(text.contains("the \(SubjectNetwork.drawnMax) that are most between others"))
        #expect(text.ranges(of: "text-anchor").count == SubjectNetwork.drawnMax)
    }

    @Test("the table has a line for each, by role, and nothing in a name moves the cursor")
    func table() throws {
        let network = try Self.sample()
        let text = network.table(try NetworkMeasures(network))
        #expect(text.hasPrefix("5 subjects, 4 connections; the network falls apart without 0 of the subjects"))
        #expect(text.contains("XDR driver: 1\n") && text.contains("XMU mule: 3\n") && text.contains("no role: 1\n"))
        #expect(text.split(separator: "\n").count == 1 + 3 + 3 + 5)
        let unsafe = text.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
        #expect(unsafe.isEmpty)
    }

    @Test("a name of very many marks is short in every rendition")
    func marks() throws {
        let tower = "Z" + String(repeating: "\u{301}", count: 10_000)
        #expect(String(repeating: tower, count: 50).shortened(to: 28).unicodeScalars.count <= 4 * 28)
    }

    @Test(
        "decimals are written with the places they are to have",
        arguments: [
            (0, 1, "0.0"), (0.05, 1, "0.1"), (-0.04, 1, "0.0"), (-1.25, 1, "-1.3"), (12.5, 0, "13"),
            (1.0 / 3, 6, "0.333333"),
        ]
    )
    func decimals(value: Double, places: Int, text: String) {
        #expect(value.decimal(places: places) == text)
    }
}

/// What a text of XML holds.
private final class XMLReading: NSObject, XMLParserDelegate {
    private(set) var fault: (any Error)?
    private(set) var texts: [String] = [""]
    private var elements: [(name: String, attributes: [String: String])] = []

    init(_ text: String) {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        if !parser.parse() { fault = parser.parserError }
    }

    func count(of name: String) -> Int { elements.count { $0.name == name } }
    func attributes(of name: String) -> [[String: String]] { elements.filter { $0.name == name }.map(\.attributes) }

    func parser(
        _ parser: XMLParser,
        didStartElement elementName: String,
        namespaceURI: String?,
        qualifiedName qName: String?,
        attributes attributeDict: [String: String]
    ) {
        elements.append((elementName, attributeDict))
        texts.append("")
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { texts[texts.count - 1] += string }
}

import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Reports as STIX")
struct ReportEnvelopeTests {
    private static let now = Timestamp(microseconds: 1_800_000_000_000_000)
    private static let forwarder = Samples.member(2, .freightForwarder)

    private static func ids(_ name: String) -> UUID { AdvisorySamples.ids(.full, name) }

    private static func report(_ content: ReportContent) throws -> Report {
        let author = ActingPrincipal(ID(Samples.uuid(102)), of: forwarder.id, roles: [.reporter])
        let customs = Samples.member(1, .customs)
        return try Report(ID(Samples.uuid(9)), content, by: author, to: customs, at: now)
    }

    /// The objects of a bundle, each as it stands.
    private static func objects(_ report: Report) throws -> [String] {
        let bundle = try JSON(parsing: report.bundle(by: forwarder, ids: ids)).root
        return try #require(bundle["objects"]).elements.map { String(decoding: $0.compact(), as: UTF8.self) }
    }

    private static func read(_ objects: [String]) throws -> (ReportEnvelope, [Contribution]) {
        let contributions = try Samples.envelope(objects).contributions
        return (ReportEnvelope(contributions), contributions)
    }

    private static func subjects(_ random: inout SplitMix64) throws -> [Subject] {
        let all: [(SubjectKind, [String: [String]])] = [
            (.person, ["name": ["Tamsin Verloop"], "birthDate": ["1971-02-04"]]),
            (.organisation, ["name": ["Tidewater Freight BV", "Tidewater"]]), (.group, ["name": ["The Gulls"]]),
            (.vessel, ["name": ["Aurora"], "imoNumber": ["9074729"]]),
            (.container, ["containerNumber": ["CSQU3054383"]]), (.address, ["full": ["Harbour Road 1"]]),
            (.consignment, ["hsDeclared": ["851762"], "hsSuspected": ["293941"], "billOfLading": ["BL-77"]]),
            (.route, ["origin": ["CNSHA"], "destination": ["NLRTM"]]), (.account, ["iban": ["NL91ABNA0417164300"]]),
        ]
        var subjects: [Subject] = []
        for (place, one) in all.enumerated() where place == 0 || Bool.random(using: &random) {
            let roles: Set<SubjectRole> = Bool.random(using: &random) ? [.consignor, .carrier] : []
            let standing: DataSubject? = one.0 == .person ? DataSubject.allCases.randomElement(using: &random) : nil
            subjects.append(
                try Subject(one.0, key: "k\(place)", properties: one.1, roles: roles, standing: standing)
            )
        }
        return subjects
    }

    @Test("are read back as they were said, whatever they are of", arguments: UInt64(0)..<60)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let subjects = try Self.subjects(&random)
        var relations: Set<SubjectRelation> = []
        for _ in 0..<4 where subjects.count > 1 {
            let ends = subjects.map(\.key).shuffled(using: &random).prefix(2)
            let kind = try #require(SubjectRelation.Kind.allCases.randomElement(using: &random))
            relations.insert(SubjectRelation(ends[0], kind, ends[1]))
        }
        let isLong = Bool.random(using: &random)
        let content = try ReportContent(
            categories: [try AdvisorySamples.category("TBM-MIS"), try AdvisorySamples.category("TRF-PRE")],
            severity: try #require(Severity.allCases.randomElement(using: &random)),
            seen: isLong ? Self.now : nil,
            seenLast: isLong ? Self.now.advanced(by: .seconds(60)) : nil,
            place: isLong ? "NLRTM" : nil,
            facts: "The weight is that of other goods.",
            suspicion: isLong ? "Precursors." : nil,
            subjects: subjects,
            relations: Array(relations),
            advisory: isLong ? try AdvisorySamples.reference() : nil
        )
        let (read, contributions) = try Self.read(try Self.objects(try Self.report(content)))
        #expect(read.faults.isEmpty, "\(read.faults)")
        let item = try #require(read.items.first)
        let again = try #require(item.content)
        // A subject's key means nothing outside its report.
        let keys = Dictionary(uniqueKeysWithValues: zip(again.subjects.map(\.key), subjects.map(\.key)))
        let relabelled = again.relations.map { SubjectRelation(keys[$0.from] ?? "", $0.kind, keys[$0.to] ?? "") }
        let same = try ReportContent(
            categories: Set(again.categories),
            severity: again.severity,
            seen: again.seen,
            seenLast: again.seenLast,
            place: again.place,
            facts: again.facts,
            suspicion: again.suspicion,
            subjects: zip(again.subjects, subjects).map { one, other in
                try Subject(
                    one.kind,
                    key: other.key,
                    schema: one.schema,
                    properties: one.properties,
                    roles: Set(one.roles),
                    standing: one.standing
                )
            },
            relations: relabelled,
            advisory: again.advisory
        )
        #expect(same == content)
        let verdicts = read.verdicts(on: contributions, [item.place: .taken(ID(Samples.uuid(1)))], at: Self.now)
        #expect(verdicts.allSatisfy { if case .success = $0 { true } else { false } })
    }

    /// A grouping about a container, and whatever else is put in its place.
    private static func grouping(_ more: String = "", refs: [String]? = nil, _ number: Int = 1) -> String {
        let named = (refs ?? [container]).map { "\"\($0)\"" }.joined(separator: ",")
        return """
            {"type":"grouping","spec_version":"2.1","id":"grouping--\(Samples.uuid(number).text)",\
            "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Too heavy",\
            "context":"suspicious-activity","labels":["TBM-MIS"],"object_refs":[\(named)],\
            "extensions":{"\(ReportExtension.id)":{"extension_type":"property-extension","severity":3}}\(more)}
            """
    }

    private static let container = "container--\(Samples.uuid(2).text)"

    private static func thing(_ number: String = "CSQU3054383", _ more: String = "") -> String {
        """
        {"type":"container","spec_version":"2.1","id":"\(container)","created":"2026-01-01T00:00:00.000Z",\
        "modified":"2026-01-01T00:00:00.000Z","extensions":{"\(ListExtension.subject)":\
        {"extension_type":"new-sdo","schema":"Container","properties":{"containerNumber":["\(number)"]}}}\(more)}
        """
    }

    @Test(
        "are refused with the property and the rule where they are wrong, and whole",
        arguments: [
            (["\(grouping())"], "object_refs[0]: names container--"),
            ([grouping(",\"confidence\":50"), thing()], "confidence: is no field here"),
            (
                [grouping().replacing("suspicious-activity", with: "malware-analysis"), thing()],
                "context: must be susp"
            ),
            ([grouping().replacing("TBM-MIS", with: "TBM-XXX"), thing()], "labels[0]: must be a code"),
            (
                [grouping().replacing("\"severity\":3", with: "\"severity\":5"), thing()],
                "severity: must be there, 1 to 4"
            ),
            (
                [grouping().replacing("\"severity\":3", with: "\"severity\":3,\"place\":\"X\""), thing()],
                ".place: must"
            ),
            ([grouping(), thing("CSQU3054384")], "object_refs: name container--"),
            ([grouping(), thing("CSQU3054383", ",\"x_note\":\"y\"")], "object_refs: name container--"),
            ([grouping(refs: ["indicator--\(Samples.uuid(5).text)"]), Samples.indicator(5)], "is no part of a report"),
        ]
    )
    func refused(objects: [String], words: String) throws {
        let (read, contributions) = try Self.read(objects)
        #expect(read.items.isEmpty)
        let verdicts = read.verdicts(on: contributions, [:], at: Self.now)
        guard case .failure(_, _, let reason) = verdicts[0] else {
            Issue.record("it was taken")
            return
        }
        #expect(reason.contains(words), "\(reason)")
        // Half a report is none: what it names is refused with it.
        #expect(verdicts.allSatisfy { if case .failure = $0 { true } else { false } })
    }

    @Test("have no name in STIX that their properties cannot hold")
    func nameless() throws {
        let id = "document--\(Samples.uuid(3).text)"
        for (name, isTaken) in [("X1", true), ("Harbour pass", false)] {
            let document = Self.thing("X1", ",\"name\":\"\(name)\"").replacing(Self.container, with: id)
                .replacing("\"container\"", with: "\"document\"").replacing("Container", with: "Identification")
                .replacing("containerNumber", with: "number")
            let (read, contributions) = try Self.read([Self.grouping(refs: [id]), document])
            #expect(read.items.isEmpty != isTaken)
            guard !isTaken, case .failure(_, _, let reason) = read.verdicts(on: contributions, [:], at: Self.now)[0]
            else { continue }
            #expect(reason.contains("refused: name: must be one of the values of its properties"), "\(reason)")
        }
    }

    @Test("leave out nothing in silence: what no grouping names, and what stands twice, is refused")
    func loose() throws {
        let stray = Self.thing().replacing("000000000002", with: "000000000003")
        let other = Self.grouping(refs: ["container--\(Samples.uuid(9).text)"], 4)
        let (read, contributions) = try Self.read([
            Self.grouping(), Self.thing(), stray, Samples.indicator(5), other, Self.thing(),
            Self.thing("CSQU3054383", ",\"revoked\":false"),
        ])
        let verdicts = read.verdicts(on: contributions, [0: .taken(ID(Samples.uuid(1)))], at: Self.now)
        let reasons = verdicts.map { verdict in
            if case .failure(_, _, let reason) = verdict { reason } else { "" }
        }
        #expect(reasons[0].isEmpty && reasons[1].isEmpty && reasons[5].isEmpty)
        #expect(reasons[2].contains("must be among the object_refs"))
        #expect(reasons[3].contains("type: indicator is no part of a report"))
        #expect(reasons[4].contains("object_refs[0]") && reasons[6].contains("twice"))
    }

    @Test("take plain identities and their descriptions, and say who wrote nothing of it")
    func plain() throws {
        let author = "identity--\(Samples.uuid(7).text)"
        let identity = """
            {"type":"identity","spec_version":"2.1","id":"identity--\(Samples.uuid(6).text)","name":"Oriel Docks",\
            "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","identity_class":\
            "organization","description":"A parking lot."}
            """
        let (read, contributions) = try Self.read([
            identity.replacing(Samples.uuid(6).text, with: Samples.uuid(7).text),
            Self.grouping(",\"created_by_ref\":\"\(author)\"", refs: ["identity--\(Samples.uuid(6).text)"]), identity,
        ])
        let item = try #require(read.items.first)
        #expect(read.faults.isEmpty && item.authors.map(\.text) == [author])
        let subject = try #require(item.content?.subjects.first)
        #expect(subject.kind == .organisation && item.content?.subjects.count == 1)
        #expect(subject.properties == ["name": ["Oriel Docks"], "description": ["A parking lot."]])
        #expect(item.content?.facts == "Too heavy")
        let verdicts = read.verdicts(on: contributions, [1: .refused("no")], at: Self.now)
        #expect(
            verdicts.map { if case .success = $0 { true } else { false } } == [true, false, false]
        )
    }
}

import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Advisory renditions")
struct AdvisoryRenditionTests {
    private typealias S = AdvisorySamples

    /// One subject of every kind, related, on the terms that say most.
    private static func everything() throws -> AdvisoryContent {
        let words = ["name": ["Heron"]]
        let subjects = [
            try S.person("p"), try S.person("victim", "Vita Holt", .victim),
            try Subject(.organisation, key: "o", properties: words), try Subject(.group, key: "g", properties: words),
            try Subject(.vessel, key: "v", properties: ["imoNumber": ["9074729"]]),
            try Subject(.aircraft, key: "a", properties: words), try Subject(.vehicle, key: "w", properties: words),
            try Subject(.container, key: "k", properties: ["containerNumber": ["CSQU3054383"]]),
            try Subject(.address, key: "h", properties: ["full": ["1 Quay, Lisse"]]),
            try Subject(.account, key: "b", properties: ["iban": ["NL91ABNA0417164300"]]),
            try Subject(.document, key: "d", properties: ["number": ["X1"]]),
            try Subject(.method, key: "m", properties: ["summary": ["Swapped seals"]]),
            try Subject(.jurisdiction, key: "j", properties: ["country": ["NL"]]), try S.goods(), try S.route(),
        ]
        let relations = [
            SubjectRelation("p", .owner, "v"), SubjectRelation("k", .carried, "v"),
            SubjectRelation("victim", .family, "p"),
        ]
        return try S.content("Tamsin Verloop", subjects: subjects, relations: relations)
    }

    private static func terms() throws -> AdvisoryTerms {
        try AdvisoryTerms(
            marking: .amber,
            addressees: [Samples.member(2).identity],
            caveats: [.reportDerived, .originatorControlled]
        )
    }

    private func objects(_ bytes: [[UInt8]]) throws -> [STIXObject] {
        try bytes.map { try STIXObject(try JSON(parsing: $0).root) }
    }

    private func value(_ object: STIXObject) throws -> JSON.Value { try JSON(parsing: object.bytes).root }

    private func details(_ object: STIXObject) throws -> JSON.Value? {
        try value(object)["extensions"]?[AdvisoryExtension.id]
    }

    /// All ids that an object refers to, markings and itself apart.
    private func references(_ value: JSON.Value) -> Set<String> {
        var found: Set<String> = []
        for (name, member) in value.members where name != "id" && name != "object_marking_refs" {
            if name.hasSuffix("_ref"), let id = member.string { found.insert(id) }
            if name.hasSuffix("_refs") { found.formUnion(member.elements.compactMap(\.string)) }
        }
        return found
    }

    private func text(_ bytes: [[UInt8]]) -> String { bytes.map { String(decoding: $0, as: UTF8.self) }.joined() }

    @Test("are valid STIX, and refer to their own objects and the originator alone", arguments: Rendition.allCases)
    func valid(rendition: Rendition) throws {
        let published = try S.published(Self.everything(), terms: Self.terms())
        let recalled = try published.by(S.author, .recall(.leak), at: S.days(1))
        let objects = try objects(
            rendition == .stub
                ? recalled.stub(of: .full, holding: try held(of: .full, published), ids: S.ids, at: S.days(1))
                : published.rendition(rendition, ids: S.ids, at: S.days(1))
        )
        let ids = Set(objects.map(\.id.text))
        #expect(objects.first?.type == "report" && ids.count == objects.count && objects.count > 1)
        let own = ids.union([S.member.identity.text])
        for object in objects {
            let value = try value(object)
            // The link that only readers of the full rendition get begins at the report of another.
            let isLink = value["relationship_type"]?.string == "derived-from"
            let strange = references(value).subtracting(own)
            #expect(strange.count == (isLink ? 1 : 0))
            #expect(object.id.uuid.text.dropFirst(14).first == "4")
            #expect(object.created == S.now && object.version?.instant == S.days(1))
            // A stub has neither marking nor addressees: its holders may know others than it has now.
            #expect(object.marking == (rendition == .stub ? nil : .amber))
            #expect(object.createdBy == (rendition == .full || rendition == .stub ? S.member.identity : nil))
            #expect(object.addressees == (rendition == .full ? [Samples.member(2).identity] : []))
        }
    }

    @Test("have no id in common, and only the full one knows of the others")
    func apart() throws {
        let advisory = try S.published(Self.everything(), terms: Self.terms())
        let all = try [Rendition.full, .tearline, .nonNominal].map {
            try objects(advisory.rendition($0, ids: S.ids, at: S.now))
        }
        let ids = all.map { Set($0.map(\.id)) }
        #expect(ids[0].isDisjoint(with: ids[1]) && ids[1].isDisjoint(with: ids[2]) && ids[0].isDisjoint(with: ids[2]))
        let links = try all[0].map { try value($0) }.filter { $0["relationship_type"]?.string == "derived-from" }
        #expect(links.compactMap { $0["source_ref"]?.string } == [all[1][0].id.text, all[2][0].id.text])
        #expect(links.allSatisfy { $0["target_ref"]?.string == all[0][0].id.text })
    }

    @Test("tell in full what the advisory says, and of whom, but of no protected person")
    func full() throws {
        let advisory = try S.published(Self.everything(), terms: Self.terms())
        let bytes = advisory.rendition(.full, ids: S.ids, at: S.now)
        let objects = try objects(bytes)
        let report = try value(objects[0])
        let extra = try #require(try details(objects[0]))
        #expect(report["name"]?.string == "Tamsin Verloop" && report["confidence"]?.integer == 70)
        #expect(report["labels"]?.elements.compactMap(\.string) == ["SAF-PER", "TBM-MIS", "TRF-PRE"])
        #expect(
            extra["facts"]?.string == "The seals differed." && extra["assessment"]?.string == "Precursors are likely."
        )
        #expect(extra["reference"]?.string == "CVT-2026-00417" && extra["grade"]?.string == "B2")
        #expect(extra["caveats"]?.elements.compactMap(\.string) == ["ORCON", "SARX"])
        #expect(extra["state"]?.string == "published" && extra["number"]?.integer == 1)
        #expect(extra["review"]?.string == S.days(180).text && extra["severity"]?.integer == 3)
        let types = Set(objects.map(\.type))
        #expect(types.count == 14 && types.isSuperset(of: ["identity", "vessel", "account", "route", "relationship"]))
        let person = try #require(objects.first { $0.type == "identity" })
        #expect(try details(person)?["standing"]?.string == "U")
        #expect(try details(person)?["roles"]?.elements.compactMap(\.string) == ["CZ"])
        #expect(try value(person)["extensions"]?[ListExtension.subject]?["schema"]?.string == "Person")
        #expect(!text(bytes).contains("Vita Holt") && objects.filter { $0.type == "relationship" }.count == 4)
    }

    @Test("tell in the tearline the author's sanitised text alone, and no source")
    func tearline() throws {
        let advisory = try S.published(Self.everything(), terms: Self.terms())
        let bytes = advisory.rendition(.tearline, ids: S.ids, at: S.now)
        let report = try value(objects(bytes)[0])
        #expect(
            report["description"]?.string == "Watch telephones." && report["name"]?.string == "Advisory CVT-2026-00417"
        )
        let secrets = [
            "Tamsin", "Verloop", "seals", "Precursors", "Heron", "9074729", "CSQU", "Quay", "NL91", "Telephones",
            S.member.id.text, "created_by_ref", Samples.member(2).id.text,
        ]
        for secret in secrets { #expect(!text(bytes).contains(secret), "\(secret)") }
        #expect(try S.published(S.content(tearline: nil)).rendition(.tearline, ids: S.ids, at: S.now).isEmpty)
    }

    /// What a reader of one rendition holds.
    private func held(of rendition: Rendition, _ advisory: Advisory) throws -> Set<STIXID> {
        Set(try objects(advisory.rendition(rendition, ids: S.ids, at: S.now)).map(\.id))
    }

    @Test("are not there before publication, nor after a recall, and there is no stub before publication")
    func absent() throws {
        let approved = try S.draft().graded().approved()
        let recalled = try S.published().by(S.author, .recall(.leak), at: S.days(1))
        for rendition in Rendition.allCases {
            #expect(approved.rendition(rendition, ids: S.ids, at: S.now).isEmpty)
            #expect(recalled.rendition(rendition, ids: S.ids, at: S.days(1)).isEmpty)
        }
        #expect(try S.published().rendition(.stub, ids: S.ids, at: S.now).isEmpty)
        let held = try held(of: .full, S.published())
        #expect(approved.stub(of: .full, holding: held, ids: S.ids, at: S.now).isEmpty)
        #expect(recalled.stub(of: .full, holding: [], ids: S.ids, at: S.now).isEmpty)
    }

    @Test("keep their ids when they are amended, and revoke once what is gone, however late one looks")
    func amended() throws {
        let relation = SubjectRelation("s1", .consignor, "s2")
        let first = try S.published(
            S.content(subjects: [S.person(), S.goods(), S.route()], relations: [relation])
        )
        var second = try first.amended(S.content(subjects: [S.goods(), S.route()]), at: S.days(1))
        second.tell(after: 1, at: S.days(1))
        var third = try second.amended(first.content, at: S.days(2))
        third.tell(after: 2, at: S.days(2))
        var fourth = try third.amended(second.content, at: S.days(3))
        fourth.tell(after: 3, at: S.days(3))
        var held: [STIXID: STIXObject] = [:]
        var reports: Set<STIXID> = []
        for (advisory, day) in [(first, 0), (second, 1), (second, 1), (third, 2), (fourth, 3)] {
            let at = S.days(day).advanced(by: .seconds(reports.count))
            let objects = try objects(advisory.rendition(.full, ids: S.ids, at: at))
            reports.insert(objects[0].id)
            for object in objects {
                if let old = held[object.id], old.digest != object.digest {
                    #expect(!old.isRevoked && old.created == object.created)
                    #expect(try #require(old.version).instant < #require(object.version).instant)
                }
                held[object.id] = object
            }
            let live = Set(objects.filter { !$0.isRevoked }.map(\.id))
            #expect(live == Set(held.values.filter { !$0.isRevoked }.map(\.id)))
        }
        #expect(reports.count == 1 && held.values.filter(\.isRevoked).count == 4)
        let again = try second.rendition(.full, ids: S.ids, at: S.days(9)).map {
            try STIXObject(JSON(parsing: $0).root)
        }
        #expect(again.filter(\.isRevoked).allSatisfy { $0.version?.instant == S.days(1) })
        // Who passed the second and the third by is told all the same, and of both in the stub of a recall.
        let gone = Set(held.values.filter(\.isRevoked).map(\.digest))
        let late = try objects(fourth.rendition(.full, ids: S.ids, at: S.days(9)))
        #expect(Set(late.filter(\.isRevoked).map(\.digest)) == gone)
        let stub = try fourth.by(S.author, .recall(.error), at: S.days(9))
            .stub(of: .full, holding: Set(held.keys), ids: S.ids, at: S.days(9))
        #expect(try Set(objects(stub).map(\.id)) == Set(held.keys) && gone.isSubset(of: objects(stub).map(\.digest)))
        // What was never out is not told of.
        var unseen = try first.amended(S.content(subjects: [S.goods(), S.route()]), at: S.days(1))
        unseen.tell(after: 0, at: S.days(1))
        #expect(try !objects(unseen.rendition(.full, ids: S.ids, at: S.days(1))).contains(where: \.isRevoked))
        let note = try details(objects(second.rendition(.full, ids: S.ids, at: S.days(1)))[0])
        #expect(note?["what_changed"]?.string == "More is known" && note?["why_changed"]?.string == "A seizure")
        for rendition in [Rendition.tearline, .nonNominal] {
            let before = try objects(first.rendition(rendition, ids: S.ids, at: S.now))
            let after = try objects(fourth.rendition(rendition, ids: S.ids, at: S.days(3)))
            #expect(before.map(\.id) == after.map(\.id))
        }
    }

    @Test("leave a stub of each after a recall: its own ids, revoked, and nothing of what it said")
    func stubs() throws {
        let published = try S.published(Self.everything(), terms: Self.terms())
        let recalled = try published.by(S.author, .recall(.mistakenIdentity), at: S.days(1))
        for rendition in [Rendition.full, .tearline, .nonNominal] {
            let before = try objects(published.rendition(rendition, ids: S.ids, at: S.now))
            let bytes = recalled.stub(of: rendition, holding: Set(before.map(\.id)), ids: S.ids, at: S.days(1))
            let after = try objects(bytes)
            #expect(Set(after.map(\.id)) == Set(before.map(\.id)) && after[0].id == before[0].id)
            #expect(after.allSatisfy { $0.isRevoked && $0.version?.instant == S.days(1) })
            let extra = try #require(try details(after[0]))
            #expect(try value(after[0])["name"]?.string == "recalled" && extra["rendition"]?.string == "stub")
            // Who held no name is not told that it was about somebody's identity.
            #expect(extra["reason"]?.string == (rendition == .nonNominal ? nil : "mistaken-identity"))
            #expect(extra["recalled"]?.string == S.days(1).text)
            for word in [
                "Tamsin", "Verloop", "seals", "Precursors", "Heron", "9074729", "TRF", "Watch", "CVT", "owner",
            ] {
                #expect(!text(bytes).contains(word), "\(word)")
            }
        }
    }

    @Test("amended, leave who lost sight a stub that says nothing of what took their place")
    func superseded() throws {
        let first = try S.published(Self.everything(), terms: Self.terms())
        let amend = AdvisoryAction.amend(
            try S.content("Otto Linden"),
            try AdvisoryTerms(marking: .red, addressees: [Samples.member(3).identity]),
            what: "Readers",
            why: "A leak"
        )
        let second = try first.by(S.author, amend, at: S.days(1)).graded().approved(at: S.days(1))
            .by(S.author, .publishAmendment, at: S.days(1))
        let held = try held(of: .full, first)
        let bytes = second.stub(of: .full, holding: held, ids: S.ids, at: S.days(1))
        let report = try #require(try objects(bytes).first)
        #expect(try Set(objects(bytes).map(\.id)) == held && objects(bytes).allSatisfy(\.isRevoked))
        #expect(try details(report)?["state"]?.string == "withdrawn")
        #expect(try details(report)?["reason"]?.string == "superseded")
        for word in ["Linden", "marking", "addressees", "Readers", "leak", Samples.member(3).id.text, "number"] {
            #expect(!text(bytes).contains(word), "\(word)")
        }
    }

    @Test("show that it is disputed, and why it was withdrawn")
    func states() throws {
        let disputed = try S.published().disputed(at: S.days(1))
        let withdrawn = try S.published().by(S.author, .withdraw(.superseded))
        #expect(
            try details(objects(disputed.rendition(.full, ids: S.ids, at: S.days(1)))[0])?["state"]?.string
                == "restricted"
        )
        let held = try held(of: .tearline, withdrawn)
        let extra = try details(objects(withdrawn.stub(of: .tearline, holding: held, ids: S.ids, at: S.days(1)))[0])
        #expect(extra?["state"]?.string == "withdrawn" && extra?["reason"]?.string == "superseded")
    }

    @Test("are defined in valid STIX")
    func definition() throws {
        let object = try STIXObject(try JSON(parsing: AdvisoryExtension.definition).root)
        #expect(object.id.text == AdvisoryExtension.id)
        #expect(try JSON(parsing: Array(AdvisoryExtension.schema.utf8)).root["$defs"]?["words"] != nil)
    }
}

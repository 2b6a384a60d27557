import Exchange
import TestSupport
import Testing

@Suite("The text of a label")
struct LabelTextTests {
    private static let member = Samples.member(1, .customs)

    private static func label(_ change: (inout Label.Terms) throws -> Void) rethrows -> Label {
        var terms = Label.Terms(
            ID(Samples.uuid(900)),
            originator: member.id,
            origin: GatewayParty(member),
            .full,
            of: [.full, .nonNominal]
        )
        try change(&terms)
        return Label(pool: ID(Samples.uuid(100)), marking: .amber, scope: nil, terms: terms)
    }

    /// Terms that differ from those about which nothing is to be said in one thing each.
    private static func labels() throws -> [Label] {
        let fact = try #require(Precondition("mou:harbour-watch"))
        let mark = try #require(SubjectMark(text: String(repeating: "0a", count: SubjectMark.bytesCount)))
        let end = Timestamp(microseconds: 1_800_000_000_000_000)
        return try [
            label { _ in }, label { $0.origin.holds = [fact: nil as Timestamp?] },
            label { $0.origin.holds = [fact: end] },
            label { $0.origin.jurisdiction = "SG" }, label { $0.origin.kind = .police }, label { $0.isNominal = true },
            label { $0.isWeak = true }, label { $0.isProtected = true }, label { $0.isDisputed = true },
            label { $0.purposes = [.strategic] }, label { $0.caveats = [.noExport, .noOnward] },
            label { $0.compartment = Samples.name("harbour") }, label { $0.subjects = [mark] },
            label { $0.affected = try AffectedPopulation(kinds: [.carrier, .port]) },
            label { $0.affected = try AffectedPopulation(members: [Samples.member(3).id, Samples.member(2).id]) },
            label { $0.rendition = .nonNominal }, label { $0.renditions = [.full] },
            label { $0.holders = [Samples.member(3).id, Samples.member(2).id] }, label { $0.recipients = [] },
            label { $0.recipients = [ID(Samples.uuid(12)), ID(Samples.uuid(11))] }, label { $0.isOwed = true },
        ]
    }

    @Test("says all of the terms, reads back as it was, and is another for any other terms")
    func roundTrip() throws {
        let labels = try Self.labels()
        for label in labels { #expect(Label(text: label.text) == label, "\(label.text)") }
        #expect(Set(labels.map(\.text)).count == labels.count)
    }

    @Test("tells what came from a source by which gateway from what came otherwise")
    func passage() throws {
        let fact = try #require(Precondition("mou:harbour-watch"))
        func label(_ gateway: String, of number: Int, _ kind: MemberKind, scope: Label.Scope? = nil) -> Label {
            var origin = GatewayParty(Samples.member(number, kind))
            origin.holds = [fact: nil as Timestamp?]
            let passage = Label.Passage(
                gateway: Samples.name(gateway),
                originator: Samples.member(number).id,
                origin: origin
            )
            return Label(pool: ID(Samples.uuid(100)), marking: .amber, scope: scope, passage: passage)
        }
        let scope = Label.Scope(.amberStrict, from: Samples.principal(11, of: Self.member), to: [])
        let plain = Label(pool: ID(Samples.uuid(100)), marking: .amber, scope: nil)
        let labels = [
            plain, label("a", of: 1, .bank), label("b", of: 1, .bank), label("a", of: 2, .bank),
            label("a", of: 1, .customs), label("a", of: 1, .bank, scope: scope), Self.label { _ in },
        ]
        for label in labels { #expect(Label(text: label.text) == label, "\(label.text)") }
        #expect(Set(labels.map(\.text)).count == labels.count)
    }

    @Test("is one text for one label, in whatever order it was put together")
    func order() throws {
        let kinds: [MemberKind] = [.carrier, .port, .bank, .energy, .ngo]
        let texts = try (0..<8).map { _ in
            try Self.label { terms in
                terms.purposes = Set(Purpose.usual.shuffled())
                terms.holders = Set((1...9).shuffled().map { Samples.member($0).id })
                terms.affected = try AffectedPopulation(kinds: Set(kinds.shuffled()))
            }.text
        }
        #expect(Set(texts).count == 1)
    }

    @Test("is refused where any of it is none of ours")
    func foreign() throws {
        let text = Self.label { $0.recipients = [ID(Samples.uuid(11))] }.text
        let id = Samples.uuid(11).text
        #expect(text.contains(id) && Label(text: text.replacing(id, with: "nobody")) == nil)
    }

    @Test("says that an advisory is about none but those to be protected, by what it says", arguments: [true, false])
    func protected(hasSuspect: Bool) throws {
        typealias S = AdvisorySamples
        for standing in [DataSubject.victim, .suspect, .witness] {
            var subjects = [try S.person("s1", "Tamsin Verloop", standing)]
            if hasSuspect { subjects.append(try S.person("s2", "Wilma Oudekerk", .suspect)) }
            let advisory = try S.published(try S.content(subjects: subjects), kind: .subject)
            let label = advisory.label(
                of: .full,
                in: Samples.pool(100, PoolTerms(title: "P", reading: .everyone, writing: .everyone)),
                originator: S.member,
                author: Samples.principal(11, of: S.member),
                isCorroborated: false,
                cohort: 0
            )
            #expect(label.terms?.isProtected == (standing.isProtected && !hasSuspect), "\(standing)")
        }
    }
}

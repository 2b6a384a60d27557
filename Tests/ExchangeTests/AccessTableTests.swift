import Exchange
import Foundation
import TestSupport
import Testing

/// The access table as a whole: every reader against every kind of advisory, compared with the file under review.
@Suite("Access table")
struct AccessTableTests {
    static let now = Timestamp(microseconds: 1_800_000_000_000_000)
    static let later = now.advanced(by: .seconds(30 * 86_400))
    static let pool = Samples.pool(100, PoolTerms(title: "P", reading: .everyone, writing: .everyone))
    static let advisory = ID<Advisory>(Samples.uuid(900))
    static let compartment = Samples.name("harbour")
    static let mark = SubjectMark(text: String(repeating: "ab", count: SubjectMark.bytesCount))
    static let customs = Samples.member(1, .customs)

    static let gateways: Gateways = {
        let all = Gateway(
            name: Samples.name("home"),
            title: "Home",
            about: "",
            origin: Party(kinds: [.customs]),
            reader: Party(kinds: Set(MemberKind.allCases)),
            relation: .same,
            modes: [.published],
            purposes: [.monitoring, .diligence]
        )
        return Gateways([all]) ?? .none
    }()

    /// A reader by what sets it apart.
    struct Column: Sendable {
        let name: String
        let reader: Reader
    }

    static func reader(
        _ number: Int,
        _ kind: MemberKind = .bank,
        in country: String = "NL",
        standing: Standing = .active,
        _ change: (inout Reader) -> Void = { _ in }
    ) -> Reader {
        var member = Samples.member(number, kind, standing: standing)
        member.jurisdiction = country
        var reader = Reader(
            principal: Samples.principal(number + 10, of: member, roles: [.reader]),
            member: member,
            pools: [pool.id: .open],
            until: nil,
            gateways: gateways
        )
        change(&reader)
        return reader
    }

    static func consent(_ rendition: Rendition, _ reader: Int, isOfUnit: Bool = false) -> [ID<Advisory>: [Consent]] {
        let consent = Consent(
            advisory: advisory,
            reader: Samples.member(reader).id,
            purpose: .monitoring,
            rendition: rendition,
            isOfUnit: isOfUnit,
            until: later
        )
        return [advisory: [consent]]
    }

    static let columns: [Column] = [
        Column(name: "originator", reader: reader(1, .customs)),
        Column(name: "its police", reader: reader(2, .police)),
        Column(name: "its FIU", reader: reader(3, .fiu)),
        Column(name: "bank", reader: reader(4)),
        Column(name: "addressed bank", reader: reader(5)),
        Column(name: "bank abroad", reader: reader(6, in: "SG")),
        Column(name: "carrier", reader: reader(7, .carrier)),
        Column(name: "suspended carrier", reader: reader(8, .carrier, standing: .suspended)),
        Column(name: "linked bank", reader: reader(9) { $0.links = mark.map { [$0] } ?? [] }),
        Column(name: "cleared bank", reader: reader(10) { $0.clearances = [compartment: .until(later)] }),
        Column(name: "vetting bank", reader: reader(11) { $0.purpose = .staffVetting }),
        Column(
            name: "consent: all",
            reader: reader(12) { reader in
                let all = [consent(.full, 12), consent(.full, 12, isOfUnit: true)]
                reader.consents = [advisory: all.flatMap { $0[advisory] ?? [] }]
            }
        ),
        Column(name: "consent: tearline", reader: reader(13) { $0.consents = consent(.tearline, 13) }),
        Column(name: "consent, abroad", reader: reader(14, in: "SG") { $0.consents = consent(.full, 14) }),
        Column(name: "holder", reader: reader(15)),
        Column(
            name: "colleague of the holder",
            reader: Reader(
                principal: Samples.principal(98, of: Samples.member(15), roles: [.reader]),
                member: Samples.member(15),
                pools: [pool.id: .open],
                until: nil,
                gateways: gateways
            )
        ),
        Column(name: "late joiner", reader: reader(16) { $0.joinings = [pool.id: Joining(cohort: 3)] }),
        Column(
            name: "late joiner, released",
            reader: reader(17) { $0.joinings = [pool.id: Joining(cohort: 3, released: [advisory])] }
        ),
        Column(name: "late holder", reader: reader(18) { $0.joinings = [pool.id: Joining(cohort: 3)] }),
        Column(
            name: "holder that left",
            reader: Reader(
                principal: Samples.principal(29, of: Samples.member(19), roles: [.reader]),
                member: Samples.member(19),
                pools: [:],
                until: nil
            )
        ),
        Column(
            name: "not a reader",
            reader: Reader(
                principal: Samples.principal(99, of: Samples.member(4), roles: [.publisher]),
                member: Samples.member(4),
                pools: [pool.id: .open],
                until: nil
            )
        ),
    ]

    /// The members that hold what has ended.
    static let holders = Set([15, 8, 18, 19].map { Samples.member($0).id })

    /// An advisory by what sets it apart, as the terms and marking of its renditions.
    struct Line: Sendable {
        let name: String
        var marking = TLP.amber
        var addressees: [STIXID] = []
        var renditions: Set<Rendition> = [.full, .tearline, .nonNominal]
        var change: @Sendable (inout Label.Terms) -> Void = { _ in }
    }

    static let lines: [Line] = [
        Line(name: "method") { $0.isNominal = false },
        Line(name: "subject"),
        Line(name: "subject, no tearline", renditions: [.full, .nonNominal]),
        Line(name: "AMBER+STRICT", marking: .amberStrict, addressees: [Samples.member(5).identity]),
        Line(name: "RED to a principal", marking: .red, addressees: [columns[4].reader.principal.identity]),
        Line(name: "GREEN", marking: .green),
        Line(name: "GREEN to an organisation", marking: .green, addressees: [Samples.member(5).identity]),
        Line(name: "CLEAR", marking: .clear), Line(name: "CLEAR, a method", marking: .clear) { $0.isNominal = false },
        Line(name: "safety of carriers") { $0.affected = try? AffectedPopulation(kinds: [.carrier]) },
        Line(name: "about a linked person") { $0.subjects = mark.map { [$0] } ?? [] },
        Line(name: "in a compartment") { $0.compartment = compartment },
        Line(name: "for diligence only") { $0.purposes = [.diligence] },
        Line(name: "weak, of a person") { $0.isWeak = true },
        Line(name: "NOEXPORT") { $0.caveats = [.noExport] },
        Line(name: "SARX") { $0.caveats = [.reportDerived] },
        Line(name: "ORCON", addressees: []) { $0.caveats = [.originatorControlled] },
        Line(name: "H2") { $0.caveats = [.noOnward] },
        Line(name: "of a victim") { $0.isProtected = true },
        Line(name: "disputed") { $0.isDisputed = true },
        Line(name: "recalled", renditions: [.stub]) { terms in
            terms.holders = holders
            terms.isOwed = true
        },
        Line(name: "recalled, that was RED to the holder", renditions: [.stub]) { terms in
            terms.holders = holders
            terms.recipients = [Samples.principal(25, of: Samples.member(15)).id]
            terms.isOwed = true
        },
        Line(name: "recalled, that was in a compartment", renditions: [.stub]) { terms in
            terms.holders = holders.union([Samples.member(10).id])
            terms.recipients = [Samples.principal(25, of: Samples.member(15)).id]
            terms.compartment = compartment
            terms.isOwed = true
        },
        Line(name: "expired", renditions: [.stub]) { $0.holders = holders },
        Line(name: "withdrawn", renditions: [.stub]) { $0.holders = holders },
    ]

    static func label(_ line: Line, _ rendition: Rendition) -> Label {
        var terms = Label.Terms(
            advisory,
            originator: customs.id,
            origin: GatewayParty(customs),
            rendition,
            of: line.renditions
        )
        terms.isNominal = true
        line.change(&terms)
        let author = Samples.principal(11, of: customs)
        return Label(
            pool: pool.id,
            marking: line.marking,
            scope: Label.Scope(line.marking, from: author, to: line.addressees),
            terms: terms,
            cohort: 2
        )
    }

    /// The renditions that a reader gets, with what goes with them, and the row that decided.
    static func cell(_ line: Line, _ column: Column) -> String {
        let order: [Rendition] = [.full, .tearline, .nonNominal, .stub]
        let decisions = order.filter { line.renditions.contains($0) }.map { rendition in
            (rendition, AccessPolicy.decide(column.reader, label(line, rendition), at: now))
        }
        let given = decisions.filter { $0.1.isPermitted }
        guard let first = given.first else {
            // The decision about the most telling rendition says why there is nothing.
            return decisions.first.map { "- (\($0.1.row.rawValue))" } ?? "-"
        }
        precondition(given.count == 1, "a reader has one view of an advisory")
        var text = "\(first.0.rawValue) (\(first.1.row.rawValue))"
        if case .permitted(_, let obligations) = first.1, !obligations.isEmpty {
            text += " " + obligations.sorted().map(\.rawValue).joined(separator: " ")
        }
        return text
    }

    static var printed: String {
        var text = ""
        for line in lines {
            text += "\n## \(line.name)\n\n"
            for column in columns { text += "- \(column.name): \(cell(line, column))\n" }
        }
        return text
    }

    @Test("is the one under review, cell by cell")
    func table() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "AccessTable.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let reviewed = try #require(text.range(of: "\n## ")).lowerBound
        let printed = Self.printed
        #expect(printed.split(separator: "\n") == text[reviewed...].split(separator: "\n"), "it is now:\n\(printed)")
    }
}

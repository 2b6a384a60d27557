import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Reports and requests")
struct ReportTests {
    private static let now = Timestamp(microseconds: 1_800_000_000_000_000)
    private let customs = Samples.member(1, .customs)
    private let forwarder = Samples.member(2, .freightForwarder)
    private let other = Samples.member(3)

    private static func content(_ severity: Severity = .serious, container: Bool = true) throws -> ReportContent {
        let subject =
            container
            ? try Subject(.container, key: "c", properties: ["containerNumber": ["CSQU3054383"]])
            : try Subject(.route, key: "r", properties: ["origin": ["CNSHA"], "destination": ["NLRTM"]])
        return try ReportContent(
            categories: [try #require(Category(rawValue: "TBM-MIS"))],
            severity: severity,
            facts: "The weight is wrong.",
            subjects: [subject]
        )
    }

    private func actor(_ member: Member, _ role: Role = .reporter) -> ActingPrincipal {
        ActingPrincipal(ID(Samples.uuid(Int(member.number) + 100)), of: member.id, roles: [role])
    }

    private func report() throws -> Report {
        try Report(ID(Samples.uuid(9)), try Self.content(), by: actor(forwarder), to: customs, at: Self.now)
    }

    @Test("go their way between the two parties, each doing what is its own")
    func histories() throws {
        let actions: [ReportAction] = [
            .accept(), .wantMore("More?"), .refuse(.tooLittle, nil), .add(try Self.content(.critical)), .say("Here."),
            .retract, .observed(try Self.content(), committed: .zero),
            .conclude(.seizure, note: nil, embargo: nil), .conclude(.declined, note: nil, embargo: nil),
        ]
        var (tried, taken) = (0, [ReportAction: Int]())
        for seed in UInt64(0)..<200 {
            var random = SplitMix64(seed: seed)
            var report = try report()
            for _ in 0..<12 {
                let action = try #require(actions.randomElement(using: &random))
                let member = try #require([customs, forwarder, other].randomElement(using: &random))
                let role = try #require([Role.officer, .reporter, .reader].randomElement(using: &random))
                tried += 1
                guard let next = try step(action, by: member, as: role, on: report) else { continue }
                taken[action, default: 0] += 1
                report = next
            }
        }
        // One of eight or so is its actor's to do, then and there; of what an authority says, nothing is a member's.
        #expect(taken.values.reduce(0, +) > tried / 12)
        #expect(Set(actions).subtracting(taken.keys) == [.conclude(.declined, note: nil, embargo: nil)])
    }

    /// What an action makes of a report, with what must hold of that; nil where it is refused.
    private func step(
        _ action: ReportAction,
        by member: Member,
        as role: Role,
        on before: Report
    ) throws -> Report? {
        let next: Report
        do throws(ReportFault) {
            next = try before.after(action, by: actor(member, role), at: Self.now)
        } catch {
            return nil
        }
        #expect(member.id != other.id && role != .reader)
        switch action {
        case .accept, .wantMore, .refuse, .proposeBadFaith: #expect(member.id == customs.id && role == .officer)
        case .secondBadFaith: Issue.record("one officer is no panel")
        case .conclude(let outcome, _, _, _):
            #expect(
                member.id == customs.id && [.accepted, .retracted].contains(before.state)
                    && outcome.speaker == .authority
            )
        case .observed(let content, let committed):
            #expect(member.id == forwarder.id && content == before.content)
            #expect(next.committed.map { $0 <= committed } ?? false)
        case .add, .retract: #expect(member.id == forwarder.id && role == .reporter)
        case .say: #expect(next.messages.count == before.messages.count + 1)
        }
        // What ended stays ended.
        if case .refused = before.state { #expect(next.state == before.state) }
        if before.state == .retracted { #expect(next.state == .retracted) }
        return next
    }

    @Test("say how much was seized, with its unit, and with a seizure alone")
    func seized() throws {
        let officer = actor(customs, .officer)
        let accepted = try report().after(.accept(), by: officer, at: Self.now)
        let seized = try Seizure(quantity: 40.5, unit: "kg", value: 1_200_000, currency: "EUR")
        let report = try accepted.after(
            .conclude(.seizure, seized: seized, note: nil, embargo: nil),
            by: officer,
            at: Self.now
        )
        let kept = try JSONDecoder().decode(Report.self, from: try JSONEncoder().encode(report))
        #expect(kept.outcomes(for: forwarder.id, at: Self.now).map(\.seized) == [seized])
        #expect(throws: ReportFault.self) {
            try accepted.after(.conclude(.arrest, seized: seized, note: nil, embargo: nil), by: officer, at: Self.now)
        }
        #expect(throws: ReportFault.self) {
            try Feedback(.usefulContext, seized: seized, note: nil, by: actor(other, .reader), of: other, at: Self.now)
        }
    }

    @Test(
        "refuse an amount that says too little",
        arguments: [
            ("{}", ""), (#"{"quantity":40}"#, "unit"), (#"{"unit":"kg"}"#, "quantity"), (#"{"value":5}"#, "currency"),
            (#"{"quantity":0,"unit":"kg"}"#, "quantity"), (#"{"value":-1,"currency":"EUR"}"#, "value"),
            (#"{"quantity":1,"unit":" "}"#, "unit"), (#"{"value":1,"currency":"eur"}"#, "currency"),
            (#"{"value":1e300,"currency":"EUR"}"#, "value"), (#"{"value":"1","currency":"EUR"}"#, "value"),
            (#"{"quantity":1,"unit":"kg","worth":1}"#, "worth"),
        ]
    )
    func amounts(text: String, field: String) throws {
        let fault = #expect(throws: ContentFault.self) {
            try JSONDecoder().decode(Seizure.self, from: Data(text.utf8))
        }
        #expect(fault?.field == field)
    }

    @Test("keep an embargoed outcome to the authority until it ends")
    func embargo() throws {
        let officer = actor(customs, .officer)
        let ends = Self.now.advanced(by: .seconds(60))
        let report = try report().after(.accept(), by: officer, at: Self.now)
            .after(.conclude(.arrest, note: "two", embargo: ends), by: officer, at: Self.now)
        #expect(report.outcomes(for: customs.id, at: Self.now).count == 1)
        #expect(report.outcomes(for: forwarder.id, at: Self.now).isEmpty)
        #expect(report.outcomes(for: forwarder.id, at: ends).map(\.outcome) == [.arrest])
        #expect(report.outcomes(for: other.id, at: ends).isEmpty)
    }

    @Test("go to an authority, from one who may report")
    func refusals() throws {
        #expect(throws: ReportFault.noAuthority) {
            try Report(ID(Samples.uuid(9)), try Self.content(), by: actor(forwarder), to: other, at: Self.now)
        }
        #expect(throws: ReportFault.missingRole(oneOf: [.reporter, .publisher])) {
            try Report(
                ID(Samples.uuid(9)),
                try Self.content(),
                by: actor(forwarder, .reader),
                to: customs,
                at: Self.now
            )
        }
        #expect(throws: ContentFault.self) {
            try ReportContent(categories: [], severity: .routine, facts: "x", subjects: [])
        }
    }

    private func request(
        _ content: ReportContent,
        to members: [Member],
        links: Set<SubjectMark> = [],
        gateways: Gateways = AccessTableTests.gateways
    ) throws -> InformationRequest {
        try InformationRequest(
            ID(Samples.uuid(8)),
            content,
            for: .diligence,
            by: actor(forwarder),
            of: forwarder,
            to: .pool(ID(Samples.uuid(7))),
            asking: members.map { ($0, $0.id == other.id ? links : []) },
            gateways: gateways,
            at: Self.now
        )
    }

    @Test(
        "are late after 8 hours, 3, 7 or 14 days",
        arguments: [(Severity.critical, 8), (.serious, 72), (.significant, 168), (.routine, 336)]
    )
    func timers(severity: Severity, hours: Int) throws {
        let request = try request(try Self.content(severity, container: false), to: [other, customs])
        let due = Self.now.advanced(by: .seconds(hours * 3_600))
        #expect(request.due == due)
        let inTime = try request.answered(.nothing, by: actor(other), at: due)
        let late = try inTime.answered(.positive("Yes."), by: actor(customs), at: due.advanced(by: .seconds(1)))
        #expect(late.answers.map(\.isLate) == [false, true])
        // The asker sees all answers, each of the others its own.
        #expect(late.answers(for: forwarder.id).count == 2 && late.answers(for: other.id).map(\.member) == [other.id])
        #expect(throws: ReportFault.answered) { try late.answered(.nothing, by: actor(other), at: due) }
        #expect(throws: ReportFault.missingRole(oneOf: [.officer, .publisher, .reporter])) {
            try late.closed(by: actor(forwarder, .auditor), at: due)
        }
        let closed = try late.closed(by: actor(forwarder), at: due)
        let fault = ReportFault.closed(at: due)
        #expect(throws: fault) { try closed.closed(by: actor(forwarder), at: due) }
        #expect(throws: fault) { try closed.answered(.nothing, by: actor(other), at: due) }
        #expect(fault.description.contains("closed it at \(due.text)"))
    }

    @Test("that name somebody go where a gateway leads, and pass by in silence whom they are about")
    func lawful() throws {
        #expect(throws: ReportFault.noGateway) { try request(try Self.content(), to: [other], gateways: .none) }
        #expect(try request(try Self.content(container: false), to: [other], gateways: .none).asked == [other.id])
        let gateway = Gateway(
            name: Samples.name("ask"),
            title: "",
            about: "",
            origin: Party(kinds: Set(MemberKind.allCases)),
            reader: Party(kinds: [.bank]),
            relation: .same,
            modes: [.request],
            purposes: [.diligence]
        )
        let banks = try #require(Gateways([gateway]))
        #expect(try request(try Self.content(), to: [other, customs], gateways: banks).asked == [other.id])
        let marks = try Self.content().subjects[0].marks
        let silent = try request(try Self.content(), to: [other], links: marks, gateways: banks)
        #expect(silent.asked.isEmpty && !silent.isSeen(by: other.id))
    }

    @Test("a confirmation that came to no more than a sighting may still corroborate, once")
    func confirmedOnce() throws {
        func confirm(
            _ finding: Corroboration.Finding,
            _ number: Int = 1,
            after said: [Feedback] = []
        ) throws -> Feedback {
            let observation = ID<Observation>(Samples.uuid(number))
            return try Feedback(confirmation: finding, of: observation, nil, by: other.id, after: said, at: Self.now)
        }
        let seen = try confirm(.sighting(nil))
        #expect(throws: ReportFault.told) { try confirm(.sighting(.nothingNew), after: [seen]) }
        #expect(try confirm(.sighting(nil), 2, after: [seen]).outcome == .sighting)
        let shown = try confirm(.corroborated, after: [seen])
        #expect(shown.outcome == .corroborated)
        for finding in [Corroboration.Finding.corroborated, .sighting(nil)] {
            #expect(throws: ReportFault.told) { try confirm(finding, after: [seen, shown]) }
        }
        #expect(try confirm(.corroborated, 2, after: [shown]).note == Corroboration.Shortfall.countedBefore.rawValue)
    }

    @Test("feedback that is sealed is seen by financial intelligence units alone")
    func sealed() throws {
        let fiu = Samples.member(5, .fiu)
        let said = try Feedback(.reported, note: nil, by: actor(other, .reader), of: other, at: Self.now)
        #expect(said.isSeen(by: other, originator: customs.id) && said.isSeen(by: fiu, originator: customs.id))
        #expect(
            !said.isSeen(by: customs, originator: customs.id) && !said.isSeen(by: forwarder, originator: customs.id)
        )
        let open = try Feedback(
            .falseMatch,
            note: "Another birth date.",
            by: actor(other, .reader),
            of: other,
            at: Self.now
        )
        #expect(open.isSeen(by: customs, originator: customs.id) && !open.isSeen(by: fiu, originator: customs.id))
        #expect(throws: ReportFault.notEntitled(.arrest)) {
            try Feedback(.arrest, note: nil, by: actor(other, .officer), of: other, at: Self.now)
        }
        #expect(throws: ReportFault.missingRole(oneOf: [.officer])) {
            try Feedback(.arrest, note: nil, by: actor(customs, .publisher), of: customs, at: Self.now)
        }
        let done = try Feedback(.arrest, note: nil, by: actor(customs, .officer), of: customs, at: Self.now)
        #expect(
            done.isSeen(by: forwarder, originator: forwarder.id) && !done.isSeen(by: other, originator: forwarder.id)
        )
    }
}

@Suite("Corroboration")
struct CorroborationTests {
    private static func content(_ properties: [String: [String]], advisory: AdvisoryReference? = nil) throws
        -> ReportContent
    {
        try ReportContent(
            categories: [try #require(Category(rawValue: "FRD-CGO"))],
            severity: .serious,
            facts: "Seen.",
            subjects: [try Subject(.person, key: "s", properties: properties)],
            advisory: advisory
        )
    }

    private static let named = ["name": ["Tamsin Verloop"], "birthDate": ["1971-02-04"]]

    private static func advisory() throws -> Advisory {
        let person = try Subject(.person, key: "s1", properties: named, standing: .suspect)
        return try AdvisorySamples.published(
            try AdvisorySamples.content(subjects: [person, AdvisorySamples.goods(), AdvisorySamples.route()])
        )
    }

    private static func finding(
        _ content: ReportContent,
        of advisory: Advisory,
        at tick: Int64 = 10,
        by group: String = "b",
        holdsFull: Bool = true,
        given: Int64? = 20
    ) -> Corroboration.Finding {
        let provenance = Provenance(of: Samples.name(group), to: advisory, from: Samples.name("a"))
        return Corroboration.finding(
            of: content,
            committed: Tick(microseconds: tick),
            to: advisory,
            firstGiven: given.map { Tick(microseconds: $0) },
            provenance: holdsFull ? provenance : nil
        )
    }

    @Test("needs another owner, another origin, an unread advisory, one of its subjects and something new of it")
    func rules() throws {
        let advisory = try Self.advisory()
        let phone = ["phone": ["+31 6 00000000"]]
        let new = try Self.content(Self.named.merging(phone) { $1 })
        #expect(Self.finding(new, of: advisory) == .corroborated)
        #expect(Self.finding(new, of: advisory, given: nil) == .corroborated)
        #expect(Self.finding(new, of: advisory, at: 20, given: 10) == .sighting(.readBefore))
        #expect(Self.finding(new, of: advisory, by: "a") == .sighting(.sameGroup))
        let copied = try Self.content(Self.named.merging(phone) { $1 }, advisory: advisory.reference)
        #expect(Self.finding(copied, of: advisory) == .sighting(.sharedOrigin))
        #expect(Self.finding(try Self.content(Self.named), of: advisory) == .sighting(.nothingNew))
        let namesake = try Self.content(["name": ["Tamsin Verloop"], "phone": ["+31 6 00000000"]])
        #expect(Self.finding(namesake, of: advisory) == .sighting(.otherSubject))
    }

    @Test("tells who does not hold the full rendition the same, whatever the advisory names")
    func oracle() throws {
        let named = try Self.advisory()
        let other = try AdvisorySamples.published(try AdvisorySamples.content(subjects: [AdvisorySamples.route()]))
        for properties in [Self.named, ["name": ["Somebody"]], Self.named.merging(["phone": ["1"]]) { $1 }] {
            for (group, given) in [("a", Int64?.none), ("b", 5), ("b", 20)] {
                for advisory in [named, other] {
                    let content = try Self.content(properties, advisory: advisory.reference)
                    let told = Self.finding(content, of: advisory, by: group, holdsFull: false, given: given)
                    #expect(told == .sighting(nil))
                }
            }
        }
    }
}

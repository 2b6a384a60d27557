import Exchange
import Node
import Store
import TestSupport
import Testing

/// Reports, requests, feedback, confirmations and recalls in random order, while members are suspended and linked, time
/// passes and the store is closed and opened again.
@Suite("Reports and requests in random histories")
struct DossierHistoryTests {
    @Test(
        "follow the pure rules, are seen by their parties alone, each what is its own to see, and are never lost",
        arguments: [0, 1, 2, 4, 6, 7] as [UInt64]
    )
    func sqlite(seed: UInt64) async throws { try await DossierHistory(.sqlite, seed: seed).run() }

    @Test("do so on PostgreSQL", arguments: UInt64(100)..<102)
    func postgres(seed: UInt64) async throws { try await DossierHistory(.postgresql, seed: seed).run() }
}

/// One history, with all that was acknowledged in it.
final class DossierHistory {
    /// What a call comes to: whether something is absent, or refused, matters; in which words does not.
    enum Verdict<Value: Hashable>: Hashable {
        case done(Value)
        case absent, refused
    }

    /// Where somebody is let say something of an advisory.
    struct Copy: Hashable {
        let advisory: Int64
        let report: STIXID
    }

    let place: StorePlace
    let clock = ManualClock()
    var database: any Database
    var node: Node
    var random: SplitMix64
    var openCount: UInt64 = 0
    var tokens: [String: String] = [:]
    /// The member of each principal.
    var members: [String: ID<Member>] = [:]
    var pool: Pool?

    // What was acknowledged.
    var reports: [Report] = []
    var requests: [InformationRequest] = []
    var advisories: [(number: Int64, id: ID<Advisory>)] = []
    var recalled: Set<Int64> = []
    var said: [Int64: [Feedback]] = [:]
    var copies: [String: Set<Copy>] = [:]
    var observations: [(member: String, id: ID<Observation>, content: ReportContent)] = []
    var decisions: [String: [Int64: [String]]] = [:]
    var acknowledged: [String: Set<Int64>] = [:]
    var suspended: Set<String> = []
    var links: [String: Set<SubjectMark>] = [:]

    static let cast: [(name: String, kind: MemberKind, roles: Set<Role>)] = [
        ("customs", .customs, [.reader, .publisher, .officer]), ("police", .police, [.reader, .officer]),
        ("unit", .fiu, [.reader, .officer, .reporter]), ("bank", .bank, [.reader, .reporter]),
        ("carrier", .carrier, [.reader, .reporter]), ("stranger", .energy, [.reader, .reporter, .officer]),
    ]
    /// All but the last are told things; lena approves for customs and may report nothing.
    static let names = cast.map(\.name) + ["lena"]
    /// Who is sent reports: the last is no authority.
    static let receivers = ["customs", "police", "unit", "bank"]
    /// Who reads what customs publish.
    static let readers = cast.map(\.name).filter { $0 != "customs" }
    static let people = ["Tamsin Verloop", "Ottoline Brack", "Ines Calloway"]

    init(_ engine: Engine, seed: UInt64) async throws {
        random = SplitMix64(seed: seed)
        place = try await StorePlace(engine)
        database = try await place.open()
        node = try await TestExchange.node(over: database, clock, seed: seed)
        openCount = seed << 8
        try await settle()
    }

    private func settle() async throws {
        let administration = node.administration
        for (name, kind, roles) in Self.cast {
            let member = Administration.NewMember(
                name: Samples.name(name),
                title: name,
                kind: kind,
                sector: "",
                jurisdiction: "NL",
                group: nil
            )
            _ = try await administration.add(member)
            try await addPrincipal(name, of: name, roles: roles)
        }
        try await addPrincipal("lena", of: "customs", roles: [.reader, .approver])
        for (name, unit) in [("customs", "desk"), ("lena", "legal")] {
            _ = try await administration.changePrincipal(name) { $0.unit = Name(unit) }
        }
        let everybody = Party(kinds: Set(MemberKind.allCases))
        let gateway = Gateway(
            name: Samples.name("all"),
            title: "",
            about: "",
            origin: everybody,
            reader: everybody,
            relation: .any,
            modes: Set(Mode.allCases),
            purposes: [.monitoring, .reporting]
        )
        try await administration.keep(try #require(Gateways([gateway])))
        let terms = PoolTerms(title: "W", reading: .everyone, writing: .authorities)
        pool = try await administration.addPool(Samples.name("warnings"), .sharing, terms)
    }

    private func addPrincipal(_ name: String, of member: String, roles: Set<Role>) async throws {
        let principal = try await node.administration.addPrincipal(Samples.name(name), of: member, roles: roles)
        members[name] = principal.member
        tokens[name] = try await node.administration.addCredential(.token, for: name, expires: nil).secret
    }

    func run() async throws {
        for _ in 0..<2 { try await publish() }
        for name in Self.readers { try await poll(name) }
        for _ in 0..<100 { try await step() }
        for name in suspended.sorted() { try await suspend(name, false) }
        try await check()
        try await reopen()
        try await check()
        #expect(
            reports.contains { $0.state != .submitted } && requests.contains { !$0.answers.isEmpty } && !said.isEmpty
        )
        await database.close()
    }

    private func step() async throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0, 1: try await report()
        case 2, 3, 4, 5: try await act()
        case 6, 7: try await ask()
        case 8, 9: try await answer()
        case 10: if advisories.count < 4 { try await publish() }
        case 11: try await poll(try pick(Self.readers))
        case 12, 13: try await say()
        case 14: try await confirm()
        case 15: try await recall()
        case 16: try await acknowledge()
        case 17:
            // One that is out comes back; customs, who advise, stay.
            let name = try suspended.min() ?? pick(Self.readers)
            try await suspend(name, !suspended.contains(name))
        case 18: try await link()
        default:
            clock.advance(by: .seconds(Int.random(in: 1...30_000, using: &random)))
            if Bool.random(using: &random) { return }
            try await reopen()
            try await check()
        }
    }

    // MARK: Steps

    func pick<Element>(_ all: [Element]) throws -> Element { try #require(all.randomElement(using: &random)) }

    /// Somebody: more often than not of those that something is between.
    private func someone(of parties: Set<ID<Member>>) throws -> String {
        let own = Self.names.filter { name in members[name].map(parties.contains) ?? false }
        return try pick(own.isEmpty || Int.random(in: 0..<3, using: &random) == 0 ? Self.names : own)
    }

    func session(_ name: String) async throws -> Session {
        try await node.authentication.session(for: .bearer(tokens[name] ?? ""), from: "test")
    }

    private func acting(_ session: Session) -> ActingPrincipal {
        let principal = session.principal
        return ActingPrincipal(principal.id, of: principal.member, roles: principal.roles, unit: principal.unit)
    }

    func isSuspended(_ session: Session) -> Bool { suspended.contains(session.member.name.text) }

    func content() throws -> ReportContent {
        let person = try pick(Self.people)
        let phone =
            Bool.random(using: &random) ? ["phone": ["+31 6 \(UInt32.random(in: 0...99, using: &random))"]] : [:]
        let properties = ["name": [person], "birthDate": ["1971-02-04"]].merging(phone) { $1 }
        return try ReportContent(
            categories: [try #require(Category(rawValue: "FRD-CGO"))],
            severity: try pick(Severity.allCases),
            facts: "Seen \(UInt32.random(in: .min ... .max, using: &random)).",
            subjects: [try Subject(.person, key: "s1", properties: properties, standing: .suspect)]
        )
    }

    func verdict<Value: Hashable>(_ body: () async throws -> Value) async throws -> Verdict<Value> {
        do {
            return .done(try await body())
        } catch AdvisoryFault.absent {
            return .absent
        } catch let fault as AdvisoryFault {
            if case .notStored = fault { throw fault }
            return .refused
        }
    }

    private func allowed<Value: Hashable>(_ body: () throws -> Value) -> Verdict<Value> {
        do { return .done(try body()) } catch { return .refused }
    }

    private func report() async throws {
        let (author, receiver, content) = (
            try await session(try pick(Self.names)), try pick(Self.receivers), try content()
        )
        let now = clock.now
        let got = try await verdict {
            try await node.reports.report(content, to: receiver, by: author)
        }
        let authority = try #require(node.live.directory.member(named: Samples.name(receiver)))
        var id = ID<Report>(Samples.uuid(1))
        if case .done(let report) = got { id = report.id }
        let isOpen = !isSuspended(author) && !suspended.contains(receiver)
        let expected =
            isOpen
            ? allowed { try Report(id, content, by: acting(author), to: authority, at: now) } : .refused
        #expect(got == expected)
        if case .done(let report) = got { reports.append(report) }
    }

    private func action() throws -> ReportAction {
        let later = clock.now.advanced(by: .seconds(20_000))
        return try pick([
            .accept(), .accept(), .wantMore("Which?"), .refuse(.tooLittle, nil), .add(try content()), .say("This one."),
            .retract, .conclude(try pick(Outcome.allCases), note: nil, embargo: try pick([nil, later])),
            .conclude(.arrest, note: "Two.", embargo: try pick([nil, later, clock.now])),
        ])
    }

    private func act() async throws {
        guard let place = reports.indices.randomElement(using: &random) else { return }
        let (action, before, now) = (try action(), reports[place], clock.now)
        let actor = try await session(try someone(of: [before.member, before.authority]))
        let got = try await verdict { try await node.reports.act(action, on: before.id, by: actor) }
        let expected: Verdict<Report> =
            isSuspended(actor)
            ? .refused
            : before.isSeen(by: actor.member.id)
                ? allowed { try before.after(action, by: acting(actor), at: now) } : .absent
        #expect(got == expected, "\(action) by \(actor.member.name)")
        guard case .done(let after) = got else { return }
        reports[place] = after
        if case .conclude(_, _, _, .some) = action {
            // Nothing that its member is shown moves.
            #expect(after.tag(for: before.member, at: now) == before.tag(for: before.member, at: now))
            #expect(try node.reports.bundle(of: after) == node.reports.bundle(of: before))
        }
    }

    private func ask() async throws {
        let (asker, content) = (try await session(try pick(Self.names)), try content())
        let isPool = Bool.random(using: &random)
        let name = isPool ? "warnings" : try pick(Self.cast.map(\.name))
        let now = clock.now
        let got = try await verdict { try await node.reports.ask(content, to: name, by: asker) }
        let directory = node.live.directory
        let members = isPool ? Self.cast.map(\.name) : [name]
        let candidates = try members.map { try #require(directory.member(named: Samples.name($0))) }
        let addressee: InformationRequest.Addressee =
            isPool ? .pool(try #require(pool).id) : .member(candidates[0].id)
        var id = ID<InformationRequest>(Samples.uuid(1))
        if case .done(let request) = got { id = request.id }
        let expected =
            isSuspended(asker)
            ? .refused
            : allowed {
                try InformationRequest(
                    id,
                    content,
                    for: .monitoring,
                    by: acting(asker),
                    of: asker.member,
                    to: addressee,
                    asking: candidates.map { ($0, links[$0.name.text] ?? []) },
                    gateways: directory.gateways,
                    at: now
                )
            }
        #expect(got == expected)
        guard case .done(let request) = got else { return }
        let marks = content.subjects[0].marks
        let linked = candidates.filter { !(links[$0.name.text] ?? []).isDisjoint(with: marks) }.map(\.id)
        #expect(request.asked.isDisjoint(with: linked + [asker.member.id]))
        requests.append(request)
    }

    private func answer() async throws {
        guard let place = requests.indices.randomElement(using: &random) else { return }
        let (before, now) = (requests[place], clock.now)
        let actor = try await session(try someone(of: before.asked.union([before.member])))
        let closes = Int.random(in: 0..<5, using: &random) == 0
        let reply = try pick([InformationRequest.Reply.nothing, .positive("Until May."), .refused(.capacity)])
        let got = try await verdict {
            closes
                ? try await node.reports.close(before.id, by: actor)
                : try await node.reports.answer(before.id, reply, by: actor)
        }
        let expected: Verdict<InformationRequest> =
            isSuspended(actor)
            ? .refused
            : !before.isSeen(by: actor.member.id)
                ? .absent
                : allowed {
                    try closes
                        ? before.closed(by: acting(actor), at: now)
                        : before.answered(reply, by: acting(actor), at: now)
                }
        #expect(got == expected, "by \(actor.member.name)")
        guard case .done(let after) = got else { return }
        requests[place] = after
        for other in before.asked where other != actor.member.id && !closes {
            #expect(after.tag(for: other, at: now) == before.tag(for: other, at: now))
        }
    }
}

import Exchange
import Node
import Store
import TestSupport
import Testing

/// Random amendments of one advisory, and readers that poll when they like: nobody keeps what no longer holds.
@Suite("Corrections")
struct CorrectionTests {
    @Test(
        "leave no reader with an object that it is shown no more, and a recall none at all",
        arguments: UInt64(0)..<24
    )
    func sqlite(seed: UInt64) async throws { try await History(.sqlite, seed: seed).run() }

    @Test("do so on PostgreSQL", arguments: UInt64(100)..<102)
    func postgres(seed: UInt64) async throws { try await History(.postgresql, seed: seed).run() }

    /// What one reader made of all that it was given, keeping of each object the latest version.
    private struct Copy {
        var after = Tick.zero
        var objects: [String: (modified: Timestamp, isRevoked: Bool)] = [:]

        var standing: Set<String> { Set(objects.filter { !$0.value.isRevoked }.keys) }

        mutating func take(_ version: PagedVersion) throws {
            let object = try STIXObject(try JSON(parsing: version.bytes).root)
            let modified = try #require(object.version).instant
            if let held = objects[version.id], held.modified >= modified { return }
            objects[version.id] = (modified, object.isRevoked)
        }
    }

    private final class History {
        private var random: SplitMix64
        private let world: AdvisoryExchange
        private let names = ["bank", "carrier", "police", "abroad"]
        private var copies: [String: Copy] = [:]
        private var hasTearline = false

        init(_ engine: Engine, seed: UInt64) async throws {
            random = SplitMix64(seed: seed)
            world = try await AdvisoryExchange(
                engine,
                readers: [("bank", .bank), ("carrier", .carrier), ("police", .police), ("abroad", .bank)]
            )
            let administration = world.node.administration
            _ = try await administration.changeMember("abroad") { $0.jurisdiction = "SG" }
            for name in ["customs", "lena", "bank"] {
                _ = try await administration.changePrincipal(name) { $0.clearances = [Samples.name("harbour"): nil] }
            }
            try await administration.link("carrier", to: [try Self.person(2)])
        }

        func run() async throws {
            let advisory = try await world.published(try content(), on: try await terms())
            for _ in 0..<16 {
                if Int.random(in: 0..<3, using: &random) == 0 { try await amend(advisory) }
                try await poll(
                    names[Int.random(in: 0..<names.count, using: &random)],
                    pages: Int.random(in: 0..<4, using: &random) == 0 ? 1 : .max
                )
            }
            let customs = try await world.session("customs")
            _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
            for name in names {
                try await poll(name, pages: .max)
                #expect(advisoryObjects(of: name).isEmpty, "\(name) keeps what was recalled")
            }
            await world.exchange.close()
        }

        private static func person(_ number: Int) throws -> Subject {
            try Subject(
                .person,
                key: "p\(number)",
                properties: ["name": ["Tamsin Verloop \(number)"], "birthDate": ["1971-02-0\(number)"]],
                standing: .suspect
            )
        }

        private func content() throws -> AdvisoryContent {
            hasTearline = hasTearline || Int.random(in: 0..<3, using: &random) == 0
            var numbers = (1...4).filter { _ in Bool.random(using: &random) }
            if numbers.isEmpty { numbers = [1] }
            let pairs = zip(numbers, numbers.dropFirst()).filter { _ in Bool.random(using: &random) }
            return try AdvisoryContent(
                title: "Seals",
                facts: "Seen.",
                categories: [try #require(Category(rawValue: "FRD-CGO"))],
                severity: .serious,
                subjects: try numbers.map { try Self.person($0) },
                relations: pairs.map { SubjectRelation("p\($0)", .family, "p\($1)") },
                tearline: hasTearline ? "A known pattern \(Int.random(in: 0..<3, using: &random))." : nil,
                action: .internalOnly
            )
        }

        private func terms() async throws -> AdvisoryTerms {
            let bank = try await world.session("bank").member.identity
            let isNarrow = Int.random(in: 0..<4, using: &random) == 0
            return try AdvisoryTerms(
                marking: isNarrow ? .amberStrict : .amber,
                addressees: isNarrow ? [bank] : [],
                caveats: Int.random(in: 0..<4, using: &random) == 0 ? [.originatorControlled] : [],
                purposes: Int.random(in: 0..<5, using: &random) == 0 ? [.diligence] : Purpose.usual,
                compartment: Int.random(in: 0..<5, using: &random) == 0 ? Samples.name("harbour") : nil
            )
        }

        private func amend(_ advisory: Advisory) async throws {
            let customs = try await world.session("customs")
            let amend = AdvisoryAction.amend(try content(), try await terms(), what: "More", why: "A seizure")
            try await world.approve(try await world.desk.act(.action(amend), on: .id(advisory.id), by: customs))
            _ = try await world.desk.act(.action(.publishAmendment), on: .id(advisory.id), by: customs)
            world.exchange.clock.advance(by: .seconds(1))
        }

        /// Some pages, or all that there are; then a reader's copy is what it would get had it begun now.
        private func poll(_ name: String, pages: Int) async throws {
            let session = try await world.session(name)
            var (more, left) = (true, pages)
            while more {
                guard left > 0 else { return }
                left -= 1
                let question = Disclosure.Question(
                    form: .objects,
                    after: copies[name]?.after ?? .zero,
                    limit: Int.random(in: 1...5, using: &random),
                    filter: ObjectFilter()
                )
                let page = try await world.node.disclosure.page(question, of: world.pool, to: session, over: .taxii)
                for version in page.stored.versions { try copies[name, default: Copy()].take(version) }
                copies[name, default: Copy()].after = page.stored.examined
                more = page.stored.more
            }
            var anew = Copy()
            for version in try await world.versions(name) { try anew.take(version) }
            #expect(copies[name, default: Copy()].standing == anew.standing, "\(name)")
        }

        private func advisoryObjects(of name: String) -> Set<String> {
            copies[name, default: Copy()].standing.filter {
                !$0.hasPrefix("extension-definition") && !$0.hasPrefix("identity--b3c6b1c4")
            }
        }
    }

    /// The objects that a reader is shown, without the definitions of our extensions.
    private func shown(_ name: String, after: Tick = .zero, in world: AdvisoryExchange) async throws -> [STIXObject] {
        try await world.versions(name, after: after).map { try STIXObject(try JSON(parsing: $0.bytes).root) }
            .filter { $0.type != "extension-definition" && !$0.id.text.hasPrefix("identity--b3c6b1c4") }
    }

    private func amend(
        _ advisory: Advisory,
        _ content: AdvisoryContent? = nil,
        on terms: AdvisoryTerms,
        in world: AdvisoryExchange
    ) async throws {
        let customs = try await world.session("customs")
        let amend = AdvisoryAction.amend(content ?? advisory.content, terms, what: "Readers", why: "A wish")
        try await world.approve(try await world.desk.act(.action(amend), on: .id(advisory.id), by: customs))
        _ = try await world.desk.act(.action(.publishAmendment), on: .id(advisory.id), by: customs)
    }

    enum Loss: CaseIterable {
        case addressees, marking, compartment, caveat, purposes, link
    }

    @Test("tell those that lost sight that their copy is withdrawn, and nothing else", arguments: Loss.allCases)
    func lost(loss: Loss) async throws {
        let world = try await AdvisoryExchange(.sqlite, readers: [("bank", .bank), ("carrier", .carrier)])
        for name in ["customs", "lena", "bank"] {
            _ = try await world.node.administration.changePrincipal(name) {
                $0.clearances = [Samples.name("harbour"): nil]
                $0.roles.insert(.reader)
            }
        }
        let advisory = try await world.published()
        let before = try await shown("carrier", in: world)
        _ = try await shown("bank", in: world)
        let bank = try await world.session("bank").member.identity
        var content: AdvisoryContent?
        let terms: AdvisoryTerms
        switch loss {
        case .addressees: terms = try AdvisoryTerms(marking: .amber, addressees: [bank])
        case .marking: terms = try AdvisoryTerms(marking: .amberStrict, addressees: [bank])
        case .compartment: terms = try AdvisoryTerms(marking: .amber, compartment: Samples.name("harbour"))
        case .caveat: terms = try AdvisoryTerms(marking: .amber, addressees: [bank], caveats: [.originatorControlled])
        case .purposes: terms = try AdvisoryTerms(marking: .amber, purposes: [.diligence])
        case .link:
            terms = advisory.terms
            let other = try AdvisoryExchange.content("Otto Linden").subjects
            try await world.node.administration.link("carrier", to: other)
            content = try AdvisoryExchange.content("Otto Linden")
        }
        let head = try await world.head
        try await amend(advisory, content, on: terms, in: world)
        let after = try await shown("carrier", after: head, in: world)
        #expect(Set(after.map(\.id)) == Set(before.map(\.id)) && after.allSatisfy(\.isRevoked))
        let text = String(decoding: after.flatMap(\.bytes), as: UTF8.self)
        #expect(text.contains("\"withdrawn\"") && text.contains("\"superseded\""))
        for word in ["Verloop", "Linden", "harbour", "AMBER", "addressees", "Readers", "marking-definition"] {
            #expect(!text.contains(word), "\(word)")
        }
        // It has nothing to say of it any more, and finds out neither what it is now nor when it ends.
        let copy = try #require(before.first { $0.type == "report" }).id
        let carrier = try await world.session("carrier")
        func expectAbsence() async {
            await expectAbsent { try await world.desk.dispute(.report(copy), "No.", by: carrier) }
            await expectAbsent { _ = try await world.desk.askConsent(to: copy, for: .monitoring, "Why", by: carrier) }
            await expectAbsent { _ = try await world.node.reports.say(.falseMatch, nil, on: copy, by: carrier) }
        }
        await expectAbsence()
        // Those that still see it have it as it is now, and no stub.
        if loss != .purposes {
            #expect(try await world.reports("bank", after: head) == ["full"])
            #expect(try await world.reports("bank") == ["full"])
        }
        // Nobody that held nothing learns of it, and who did is told no more than once.
        _ = try await world.exchange.join("late", .carrier, roles: [.reader])
        let again = try await world.head
        try await amend(advisory, content, on: terms, in: world)
        #expect(try await shown("carrier", after: again, in: world).isEmpty)
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.withdraw(.resolved)), on: .id(advisory.id), by: customs)
        await expectAbsence()
        await world.exchange.close()
    }

    private func expectAbsent(_ call: () async throws -> Void) async {
        do {
            try await call()
            Issue.record("it went through")
        } catch AdvisoryFault.absent {
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("reach a suspended member in place of the new version, and so does a recall", arguments: Engine.both)
    func suspended(engine: Engine) async throws {
        let world = try await AdvisoryExchange(engine, readers: [("bank", .bank), ("carrier", .carrier)])
        let advisory = try await world.published()
        let held = Set(try await shown("carrier", in: world).map(\.id))
        #expect(try await world.reports("bank") == ["full"])
        _ = try await world.node.administration.changeMember("carrier") { $0.standing = .suspended }
        #expect(try await shown("carrier", in: world).isEmpty)
        var head = try await world.head
        try await amend(advisory, on: advisory.terms, in: world)
        #expect(try await world.reports("bank", after: head) == ["full"])
        let corrected = try await shown("carrier", after: head, in: world)
        #expect(Set(corrected.map(\.id)) == held && corrected.allSatisfy(\.isRevoked))
        // Once it is let in again it has what holds now, as the last version.
        head = try await world.head
        _ = try await world.node.administration.changeMember("carrier") { $0.standing = .active }
        #expect(try await world.reports("carrier", after: head) == ["full"])
        #expect(try await world.reports("carrier") == ["full"])
        _ = try await world.node.administration.changeMember("carrier") { $0.standing = .suspended }
        head = try await world.head
        let customs = try await world.session("customs")
        _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
        #expect(try await world.reports("carrier", after: head) == ["stubx"])
        #expect(try await world.desk.recalls(for: try await world.session("carrier"), upTo: 10).count == 1)
        await world.exchange.close()
    }
}

import Exchange
import Node
import Store
import TestSupport
import Testing

/// Random advisories in a world whose rights change: what is served is what the policy permits, no more and no less.
@Suite("Agreement of the renditions that are served and those that are permitted")
struct AdvisoryAgreementTests {
    @Test("holds for random worlds on SQLite", arguments: UInt64(0)..<16)
    func sqlite(seed: UInt64) async throws { try await World(.sqlite, seed: seed).run() }

    @Test("holds for random worlds on PostgreSQL", arguments: UInt64(100)..<103)
    func postgres(seed: UInt64) async throws { try await World(.postgresql, seed: seed).run() }

    /// A poller that only knows `added_after`, with all that it was ever given.
    private struct Poller {
        let name: String
        let purpose: Purpose
        var after = Tick.zero
        var given: Set<Tick> = []
    }

    private final class World {
        private var random: SplitMix64
        private let world: AdvisoryExchange
        private var pollers: [Poller] = []
        private var advisories: [Advisory] = []
        private let names = ["bank", "carrier", "police", "fiu"]

        init(_ engine: Engine, seed: UInt64) async throws {
            random = SplitMix64(seed: seed)
            world = try await AdvisoryExchange(
                engine,
                readers: [("bank", .bank), ("carrier", .carrier), ("police", .police), ("fiu", .fiu)]
            )
            for name in ["customs", "lena"] {
                _ = try await world.node.administration.changePrincipal(name) {
                    $0.clearances = [Samples.name("harbour"): nil]
                }
            }
            for name in names {
                _ = try await world.node.administration.addCredential(.token, for: name, expires: nil)
                for purpose in [Purpose.monitoring, .diligence] { pollers.append(Poller(name: name, purpose: purpose)) }
            }
            let directory = world.node.live.directory
            for credential in directory.credentials.values {
                _ = try await world.node.administration.changeCredential(credential.id.text) {
                    $0.purposes = [.monitoring, .diligence]
                }
            }
        }

        func run() async throws {
            for step in 0..<60 {
                switch Int.random(in: 0..<9, using: &random) {
                case 8:
                    world.exchange.clock.advance(by: .seconds(1_800))
                    try await world.desk.elapse()
                case 0, 1: if advisories.count < 10 { try await publish() }
                case 2, 3: try await change()
                case 4: try await recall()
                default: try await poll(Int.random(in: 0..<pollers.count, using: &random))
                }
                if step.isMultiple(of: 20) { try await compare() }
            }
            try await compare()
            for poller in pollers {
                if let session = try await session(poller) { try await compareOtherWays(poller, session) }
            }
            for place in pollers.indices {
                try await poll(place)
                // What it may see now it was given at some time, whenever it came to see it.
                let permitted = try await permitted(pollers[place])
                #expect(permitted.isSubset(of: pollers[place].given), "\(pollers[place].name) missed something")
            }
            await world.exchange.close()
        }

        private func pick<Element>(_ all: [Element]) throws -> Element {
            try #require(all.randomElement(using: &random))
        }

        private func publish() async throws {
            let isPerson = Bool.random(using: &random)
            let level = try pick([TLP.green, .amber, .amberStrict, .red])
            let reader = try await world.session(try pick(names))
            // RED names principals, AMBER+STRICT organisations.
            let addressees = [TLP.red: [reader.principal.identity], .amberStrict: [reader.member.identity]][level]
            let caveats = try pick(
                [[], [], [.originatorControlled], [.noExport], [.reportDerived]] as [Set<HandlingCaveat>]
            )
            let terms = try AdvisoryTerms(
                marking: level,
                addressees: addressees ?? [],
                caveats: caveats,
                purposes: Bool.random(using: &random) ? Purpose.usual : [try pick([.monitoring, .diligence])],
                embargo: try pick([nil, nil, nil, world.exchange.clock.now.advanced(by: .seconds(3_600))]),
                compartment: Int.random(in: 0..<5, using: &random) == 0 ? Samples.name("harbour") : nil
            )
            let grade = try pick([Grade(.usually, .possible), try #require(Grade(code: "F6"))])
            let content =
                isPerson
                ? try AdvisoryExchange.content(tearline: Bool.random(using: &random) ? "Sanitised." : nil)
                : try AdvisoryContent(
                    title: "A route",
                    facts: "It is used.",
                    categories: [try #require(Category(rawValue: "TRF-TOB"))],
                    severity: .routine,
                    subjects: [
                        try Subject(.route, key: "r", properties: ["origin": ["CNSHA"], "destination": ["NLRTM"]])
                    ],
                    action: .internalOnly
                )
            let kind: AdvisoryKind = isPerson ? .subject : .route
            advisories.append(try await world.published(content, on: terms, kind: kind, graded: grade))
        }

        private func change() async throws {
            let administration = world.node.administration
            let name = try pick(names)
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let standing: Standing = Bool.random(using: &random) ? .active : .suspended
                _ = try await administration.changeMember(name) { $0.standing = standing }
            case 1:
                let country = Bool.random(using: &random) ? "NL" : "SG"
                _ = try await administration.changeMember(name) { $0.jurisdiction = country }
            case 2:
                let isCleared = Bool.random(using: &random)
                _ = try await administration.changePrincipal(name) {
                    $0.clearances = isCleared ? [Samples.name("harbour"): nil] : [:]
                }
            case 3:
                let reads = Bool.random(using: &random)
                _ = try await administration.changePrincipal(name) { $0.roles = reads ? [.reader] : [.reporter] }
            case 4 where Int.random(in: 0..<6, using: &random) == 0:
                try await administration.link(name, to: try AdvisoryExchange.content().subjects)
            default:
                guard let advisory = advisories.randomElement(using: &random) else { return }
                let until = world.exchange.clock.now.advanced(by: .seconds(86_400))
                _ = try await world.desk.consent(
                    to: .id(advisory.id),
                    reader: name,
                    for: try pick([.monitoring, .diligence]),
                    try pick([.full, .tearline]),
                    until: until,
                    by: try await world.session("lena")
                )
            }
        }

        private func recall() async throws {
            guard Int.random(in: 0..<3, using: &random) == 0, let advisory = advisories.randomElement(using: &random)
            else {
                return
            }
            advisories.removeAll { $0.id == advisory.id }
            let customs = try await world.session("customs")
            _ = try await world.desk.act(.action(.recall(.error)), on: .id(advisory.id), by: customs)
        }

        private func session(_ poller: Poller) async throws -> Session? {
            try await world.session(poller.name).acting(for: poller.purpose)
        }

        /// The versions that the policy lets a poller have now: decided one by one, by its own words.
        /// - Parameter all: not only the last of each object.
        private func permitted(_ poller: Poller, all: Bool = false) async throws -> Set<Tick> {
            guard let session = try await session(poller) else { return [] }
            let now = world.exchange.clock.now
            let rows = try await world.exchange.database.read { connection in
                try connection.rows(
                    "select v.tick, l.value from version v join label l on l.number = v.label where v.standing <> $1",
                    .integer(all ? -1 : 0)
                ) { (Tick(microseconds: $0.integer(0)), $0.text(1)) }
            }
            return Set(
                rows.filter { _, text in
                    Label(text: text).map { AccessPolicy.decide(session.reader, $0, at: now).isPermitted } ?? false
                }.map(\.0)
            )
        }

        private func poll(_ place: Int) async throws {
            var more = true
            while more {
                guard let session = try await session(pollers[place]) else { return }
                let question = Disclosure.Question(
                    form: .objects,
                    after: pollers[place].after,
                    limit: Int.random(in: 1...4, using: &random),
                    filter: ObjectFilter()
                )
                let page = try await world.node.disclosure.page(question, of: world.pool, to: session, over: .taxii)
                let released = Set(page.stored.versions.map(\.released))
                let allowed = try await permitted(pollers[place])
                #expect(released.isSubset(of: allowed), "\(pollers[place].name) was served what it may not see")
                pollers[place].given.formUnion(released)
                pollers[place].after = page.stored.versions.last?.tick ?? pollers[place].after
                more = page.stored.more
            }
        }

        /// By the id of each object that there is, and as events, everybody is served the same.
        private func compareOtherWays(_ poller: Poller, _ session: Session) async throws {
            let objects = try await world.exchange.database.read { connection in
                try connection.rows("select id from object order by number") { $0.text(0) }
            }
            var served: Set<Tick> = []
            for object in objects {
                let question = Disclosure.Question(
                    form: .objects,
                    after: .zero,
                    limit: 100,
                    filter: ObjectFilter(ids: [object])
                )
                let page = try await world.node.disclosure.page(question, of: world.pool, to: session, over: .taxii)
                served.formUnion(page.stored.versions.map(\.released))
                // An object of which nothing is shown is one that does not exist.
                let isThere = try await world.node.disclosure.holds(
                    try STIXID(parsing: object),
                    in: world.pool,
                    for: session
                )
                #expect(isThere == !page.stored.versions.isEmpty, "\(object) to \(poller.name)")
            }
            #expect(served == (try await permitted(poller)), "\(poller.name) for \(poller.purpose), by id")
            var events: [Feed.Event] = []
            while true {
                let more = try await world.node.feed.events(
                    after: events.last?.version.tick ?? .zero,
                    for: session,
                    over: .events
                )
                if more.isEmpty { break }
                events += more
            }
            let all = try await permitted(poller, all: true)
            #expect(Set(events.map(\.version.released)) == all, "\(poller.name) for \(poller.purpose), by events")
        }

        /// From the beginning, everybody is served what it may see, each version once.
        private func compare() async throws {
            for poller in pollers {
                guard let session = try await session(poller) else { continue }
                var served: [Tick] = []
                var after = Tick.zero
                var more = true
                while more {
                    let question = Disclosure.Question(form: .manifest, after: after, limit: 7, filter: ObjectFilter())
                    let page = try await world.node.disclosure.page(question, of: world.pool, to: session, over: .taxii)
                    served += page.stored.versions.map(\.released)
                    after = page.stored.examined
                    more = page.stored.more
                }
                #expect(served.count == Set(served).count)
                #expect(Set(served) == (try await permitted(poller)), "\(poller.name) for \(poller.purpose)")
            }
        }
    }
}

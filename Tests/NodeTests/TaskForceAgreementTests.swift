import Exchange
import Node
import Store
import TestSupport
import Testing

/// Members join, leave and are released to at random: by the words of the rule, not by those of the policy, each is
/// served what was released while it took part or was released to it, and misses none of it.
@Suite("Agreement of what a task force serves and who took part when")
struct TaskForceAgreementTests {
    @Test("holds for random worlds on SQLite", arguments: UInt64(0)..<12)
    func sqlite(seed: UInt64) async throws { try await World(.sqlite, seed: seed).run() }

    @Test("holds for random worlds on PostgreSQL", arguments: UInt64(100)..<102)
    func postgres(seed: UInt64) async throws { try await World(.postgresql, seed: seed).run() }

    /// A member, and its poller that only knows `added_after`.
    private struct Participant {
        let name: String
        /// How many contributions there were when it joined; nil while it takes no part.
        var since: Int?
        /// Those of before that were released to it.
        var released: Set<Int> = []
        var after = Tick.zero
        var given: Set<String> = []
    }

    private final class World {
        private var random: SplitMix64
        private let world: AdvisoryExchange
        /// What each contribution is known by: the report of an advisory, or an indicator's id.
        private var contributions: [(id: String, advisory: Advisory?)] = []
        private var participants = ["bank", "carrier", "port"].map { Participant(name: $0) }

        init(_ engine: Engine, seed: UInt64) async throws {
            random = SplitMix64(seed: seed)
            let readers: [(name: String, kind: MemberKind)] = [("bank", .bank), ("carrier", .carrier), ("port", .port)]
            world = try await AdvisoryExchange(engine, readers: readers, closing: .keep)
        }

        func run() async throws {
            for step in 0..<60 {
                let place = Int.random(in: 0..<participants.count, using: &random)
                switch Int.random(in: 0..<8, using: &random) {
                case 0: if contributions.count < 12 { try await publish() }
                case 1: try await publishObject(step)
                case 2: try await enrol(place)
                case 3, 4: try await release(to: place)
                case 5: try await dispute()
                default: try await poll(place)
                }
            }
            for place in participants.indices {
                try await poll(place)
                #expect(expected(participants[place]).isSubset(of: participants[place].given), "missed something")
                participants[place].after = .zero
                participants[place].given = []
                try await poll(place)
                #expect(expected(participants[place]) == participants[place].given)
            }
            await world.exchange.close()
        }

        private func expected(_ participant: Participant) -> Set<String> {
            guard let since = participant.since else { return [] }
            let places = contributions.indices.filter { $0 >= since || participant.released.contains($0) }
            return Set(places.map { contributions[$0].id })
        }

        private func publish() async throws {
            let before = try await world.versions("customs").filter { $0.shownID.hasPrefix("report--") }.map(\.shownID)
            let advisory = try await world.published()
            let reports = try await world.versions("customs").filter { $0.shownID.hasPrefix("report--") }.map(\.shownID)
            let id = try #require(Set(reports).subtracting(before).first)
            contributions.append((id, advisory))
        }

        private func publishObject(_ number: Int) async throws {
            let text = Samples.indicator(number)
            _ = try await world.exchange.publish([text], to: world.pool, as: world.tokens["customs"] ?? "")
            contributions.append((try Samples.object(text).id.text, nil))
        }

        private func enrol(_ place: Int) async throws {
            let isIn = participants[place].since == nil || Bool.random(using: &random)
            try await world.enrol(participants[place].name, isIn)
            if !isIn { (participants[place].since, participants[place].released) = (nil, []) }
            if isIn, participants[place].since == nil { participants[place].since = contributions.count }
        }

        private func release(to place: Int) async throws {
            guard participants[place].since != nil, !contributions.isEmpty else { return }
            let chosen = Int.random(in: 0..<contributions.count, using: &random)
            let past: TaskForceDesk.Past
            if let advisory = contributions[chosen].advisory {
                past = .advisory(.id(advisory.id))
                participants[place].released.insert(chosen)
            } else if Int.random(in: 0..<4, using: &random) == 0 {
                past = .all
                participants[place].since = 0
            } else {
                return
            }
            let customs = try await world.session("customs")
            try await world.node.forces.release(past, of: "warnings", to: participants[place].name, by: customs)
        }

        /// Whoever holds an advisory disputes it, and the originator settles that: its label changes twice.
        private func dispute() async throws {
            guard let participant = participants.first(where: { !$0.given.isEmpty && $0.since != nil }),
                let (id, advisory) = contributions.first(where: {
                    $0.advisory != nil && participant.given.contains($0.id)
                }),
                let advisory
            else { return }
            let report = AdvisoryName.report(try STIXID(parsing: id))
            do {
                try await world.desk.dispute(report, "No.", by: try await world.session(participant.name))
            } catch AdvisoryFault.absent {
                return  // It left and came again, and is shown nothing of before.
            } catch AdvisoryFault.refused(.disputed) {
                return  // It did so before, and that was settled.
            }
            _ = try await world.desk.settle(.id(advisory.id), by: try await world.session("lena"))
        }

        private func poll(_ place: Int) async throws {
            var more = true
            while more {
                let question = Disclosure.Question(
                    form: .objects,
                    after: participants[place].after,
                    limit: Int.random(in: 1...4, using: &random),
                    filter: ObjectFilter()
                )
                let session = try await world.session(participants[place].name)
                let page = try await world.node.disclosure.page(question, of: world.pool, to: session, over: .taxii)
                let ids = Set(page.stored.versions.map(\.shownID))
                let known = ids.intersection(contributions.map(\.id))
                #expect(known.isSubset(of: expected(participants[place])), "served what was before it joined")
                participants[place].given.formUnion(known)
                participants[place].after = page.stored.versions.last?.tick ?? participants[place].after
                more = page.stored.more
            }
        }
    }
}

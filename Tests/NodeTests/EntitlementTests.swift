import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Entitlements at an office")
struct EntitlementTests {
    @Test("are issued at the close, reserved, shown, redeemed once, and expire", arguments: Engine.both)
    func lives(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        #expect(await refusal { try await harbour.reserve() }.contains("no entitlement of customs"))
        try await harbour.issued()
        #expect(try await harbour.checkBooks() == ["fe:customs:issued": -2, "fe:customs:available": 2])
        let both = try await harbour.listed("berth")
        #expect(both.map(\.issued) == [30, 30] && both.map(\.expires) == [120, 120])
        #expect(try await harbour.statement().entitlements.map(\.id) == both.map(\.id).sorted())
        let reserved = try await harbour.reserve()
        try await harbour.checkBooks()
        // The first in is the first out.
        #expect(reserved.entitlement.id == both.map(\.id).min())
        #expect(reserved.entitlement.reservation?.until == 60)
        let token = try #require(reserved.token)
        let keys = try await harbour.desk.keys()
        func verify(at now: Timestamp) throws -> EntitlementToken {
            let office = Samples.name("customs")
            return try EntitlementToken(
                verifying: token,
                keys: keys,
                office: office,
                consignment: Harbour.waybill,
                at: now
            )
        }
        #expect(try verify(at: harbour.exchange.clock.now).id == reserved.entitlement.id)
        let redeemed = try await harbour.redeem(reserved.entitlement.id, token: token)
        #expect(redeemed.entitlement.state.part == .redeemed && redeemed.token == nil)
        try await harbour.checkBooks()
        let again = await refusal { try await harbour.redeem(reserved.entitlement.id, token: token) }
        #expect(again.hasPrefix("redeemed:"))
        // The schema holds what the books do.
        for change in ["set balance = -1 where account like '%:redeemed'", "set balance = null"] {
            await #expect(throws: DatabaseFault.self) {
                try await harbour.exchange.database.write { try $0.run("update entitlement_balance \(change)") }
            }
        }
        let second = try await harbour.reserve("BL-2")
        try await harbour.wait(days: 30)
        #expect(try await harbour.states().sorted() == ["available", "redeemed"])
        #expect(await refusal { try await harbour.redeem(second.entitlement.id, "BL-2") }.hasPrefix("not-reserved:"))
        // Reserved on day 119 it may be redeemed after day 120, and is void once the reservation lapses.
        try await harbour.wait(days: 59)
        _ = try await harbour.reserve("BL-3")
        try await harbour.wait(days: 10)
        #expect(try await harbour.states().sorted() == ["redeemed", "reserved"])
        try await harbour.wait(days: 20)
        let end = ["fe:customs:issued": -2, "fe:customs:redeemed": 1, "fe:customs:void": 1] as [String: Int64]
        #expect(try await harbour.checkBooks().filter { $0.value != 0 } == end)
        #expect(throws: EntitlementToken.Refusal.late) { try verify(at: harbour.exchange.clock.now) }
        await harbour.exchange.close()
    }

    @Test("expire where nobody reserves them, on every node once", arguments: Engine.both)
    func expires(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        try await harbour.issued()
        try await harbour.wait(days: 89)
        #expect(try await harbour.states() == ["available", "available"])
        harbour.exchange.clock.advance(by: .seconds(86_400))
        // Before any node has looked, they are no longer there to be reserved.
        #expect(await refusal { try await harbour.reserve() }.contains("no entitlement of customs"))
        #expect(try await harbour.listed("anchor").map(\.state) == [.expired, .expired])
        let other = try await TestExchange.node(over: harbour.exchange.database, harbour.exchange.clock, seed: 2)
        async let first: Void = other.entitlements.elapse()
        async let second: Void = harbour.desk.elapse()
        _ = try await (first, second)
        let books = try await harbour.checkBooks().filter { $0.value != 0 }
        #expect(books == ["fe:customs:issued": -2, "fe:customs:expired": 2])
        await harbour.exchange.close()
    }

    @Test("go with what they were issued for, or the next ones in their place", arguments: Engine.both)
    func withdrawn(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        let reports = try await harbour.issued()
        for report in reports {
            try await harbour.act(.conclude(.mistakenIdentity, seized: nil, note: nil, embargo: nil), on: report)
        }
        // Until the next close nothing is withdrawn, and what is used is used.
        let used = try await harbour.reserve()
        _ = try await harbour.redeem(used.entitlement.id)
        try await harbour.pass(days: 30)
        #expect(try await harbour.states() == ["redeemed", "withdrawn"])
        #expect(await refusal { try await harbour.reserve() }.contains("no entitlement of customs"))
        let statement = try await harbour.statement()
        #expect(Set(statement.takenBack.map(\.reason)) == [.error] && statement.text.contains(": withdrawn\n"))
        // What was used is made up for by the next that is issued.
        for number in ["BICU1234565", "FCIU8764237", "OOLU1234567"] {
            _ = try await harbour.accepted(number, graded: Grade(.usually, .confirmed))
        }
        try await harbour.pass(days: 30)
        let states = try await harbour.states()
        #expect(states.count > 2 && states.count { $0 == "withdrawn" } == 2)
        try await harbour.checkBooks()
        await harbour.exchange.close()
    }

    @Test("are given back by their holder, ended by their office, and seen by no other", arguments: Engine.both)
    func sides(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        try await harbour.issued()
        // What is available or reserved the office is not told, and of an other's nobody is told anything.
        let first = try await harbour.reserve()
        let id = first.entitlement.id
        for name in ["customs", "swift"] {
            #expect(try await harbour.listed(name).isEmpty)
            await #expect(throws: AdvisoryFault.self) {
                try await harbour.desk.entitlement(id, for: try await harbour.session(name))
            }
            #expect(await refusal { try await harbour.release(id, as: name) } == "absent")
        }
        for name in ["anchor", "swift"] {
            #expect(await refusal { try await harbour.redeem(id, as: name) } == "absent")
            #expect(await refusal { try await harbour.void(id, as: name) } == "absent")
        }
        #expect(await refusal { try await harbour.redeem(id, "BL-9") }.hasPrefix("other-consignment:"))
        // A sister firm may give it back.
        #expect(try await harbour.release(id, as: "berth").entitlement.state == .available)
        #expect(await refusal { try await harbour.release(id) }.hasPrefix("not-reserved:"))
        #expect(await refusal { try await harbour.redeem(id) }.hasPrefix("not-reserved:"))
        let again = try await harbour.reserve()
        #expect(again.entitlement.id == id && again.entitlement.reservations == 2)
        let ended = try await harbour.void(id)
        #expect(ended.reason == "Not selected." && ended.entitlement.state == .available)
        #expect(try await harbour.listed("customs").map(\.id) == [id])
        let seen = try await harbour.desk.entitlement(id, for: try await harbour.session("anchor"))
        #expect(seen.reason == nil)
        // Once it is reserved anew the office is told nothing of it again.
        _ = try await harbour.reserve("BL-4")
        #expect(try await harbour.listed("customs").isEmpty)
        try await harbour.checkBooks()
        await harbour.exchange.close()
    }

    @Test("are moved by who has the role, and by a token that is the right one")
    func roles() async throws {
        let harbour = try await Harbour(.sqlite)
        try await harbour.issued()
        let exchange = harbour.exchange
        let (clerk, guest) = (
            try await exchange.principal("clerk", of: "customs", roles: [.reader]),
            try await exchange.principal("guest", of: "anchor", roles: [.reader])
        )
        let held = try await harbour.reserve()
        let (id, consignment) = (held.entitlement.id, try Consignment(Harbour.waybill, parties: [], containers: []))
        let (asClerk, asGuest) = (try await exchange.session(clerk), try await exchange.session(guest))
        #expect(await refusal { try await harbour.desk.redeem(id, for: consignment, by: asClerk) } == "forbidden")
        #expect(
            await refusal { try await harbour.desk.void(id, because: try VoidReason("x"), by: asClerk) } == "forbidden"
        )
        #expect(await refusal { try await harbour.desk.release(id, by: asGuest) } == "forbidden")
        let wanting = await refusal {
            try await harbour.desk.reserve(at: Samples.name("customs"), for: consignment, .documents, by: asGuest)
        }
        #expect(wanting == "forbidden")
        let other = try #require(try await harbour.reserve("BL-7").token)
        let token = try #require(held.token)
        for (wrong, code) in [
            (other, "other-consignment"), (token + "A", "form"), ("\(token.dropLast(4))AAAA", "signature"),
        ] {
            let text = await refusal { try await harbour.redeem(id, token: wrong) }
            #expect(text.hasPrefix("token: \(code)") || code == "form" && text.hasPrefix("token: "), "\(text)")
        }
        // After the key is changed what was signed with the old one still counts, and is signed with the new one.
        exchange.clock.advance(by: .seconds(1))
        _ = try await exchange.node.administration.rotateOwnKey(from: nil)
        exchange.clock.advance(by: .seconds(1))
        let anew = try await harbour.desk.entitlement(id, for: try await harbour.session("anchor"))
        #expect(anew.token?.prefix(80) != token.prefix(80))
        #expect(try await harbour.redeem(id, token: token).entitlement.state.part == .redeemed)
        await exchange.close()
    }

    @Test(
        "are issued once, whatever commit of a close fails, and whoever closes beside",
        arguments: Engine.both,
        FaultyDatabase.Fault.allCases
    )
    func closes(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        let harbour = try await Harbour(engine)
        for number in ["MSKU0383250", "TGHU7599330", "CSQU3054383"] {
            _ = try await harbour.accepted(number, graded: Grade(.usually, .confirmed))
        }
        harbour.exchange.clock.advance(by: .seconds(30 * 86_400))
        for write in 1...6 {
            let faulty = FaultyDatabase(harbour.exchange.database, failing: fault, write: write)
            let node = try? await TestExchange.node(over: faulty, harbour.exchange.clock, seed: UInt64(write))
            async let beside: Void? = try? harbour.exchange.node.ledgers.elapse()
            try? await node?.ledgers.elapse()
            _ = await beside
            try await harbour.checkBooks()
        }
        try await harbour.exchange.node.live.follow()
        try await harbour.pass(days: 0)
        #expect(try await harbour.states() == ["available", "available"])
        try await harbour.pass(days: 30)
        #expect(try await harbour.checkBooks() == ["fe:customs:issued": -2, "fe:customs:available": 2])
        await harbour.exchange.close()
    }

    @Test(
        "move once where a commit fails and the call is made again",
        arguments: Engine.both,
        FaultyDatabase.Fault.allCases
    )
    func steps(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        let harbour = try await Harbour(engine)
        try await harbour.issued()
        var node = try await harbour.faulty(fault)
        await #expect(throws: AdvisoryFault.self) { try await harbour.reserve(key: "k", on: node) }
        try await harbour.checkBooks()
        let reserved = try await harbour.reserve(key: "k", on: node)
        #expect(try await harbour.reserve(key: "k").entitlement == reserved.entitlement)
        #expect(try await harbour.states().sorted() == ["available", "reserved"])
        await #expect(throws: AdvisoryFault.self) {
            try await harbour.reserve("BL-5", key: "k", on: try await harbour.faulty(fault))
        }
        node = try await harbour.faulty(fault)
        let id = reserved.entitlement.id
        await #expect(throws: AdvisoryFault.self) { try await harbour.redeem(id, key: "r", on: node) }
        #expect(try await harbour.redeem(id, key: "r", on: node).entitlement.state.part == .redeemed)
        harbour.exchange.clock.advance(by: .seconds(90 * 86_400))
        node = try await harbour.faulty(fault)
        await #expect(throws: WriteFault.self) { try await node.entitlements.elapse() }
        try await node.entitlements.elapse()
        #expect(try await harbour.states().sorted() == ["expired", "redeemed"])
        try await harbour.checkBooks()
        await harbour.exchange.close()
    }

    @Test("are reserved by one of those who want the last", arguments: Engine.both)
    func last(engine: Engine) async throws {
        let harbour = try await Harbour(engine)
        try await harbour.issued()
        _ = try await harbour.reserve()
        let other = try await TestExchange.node(over: harbour.exchange.database, harbour.exchange.clock, seed: 2)
        let given = try await withThrowingTaskGroup(of: Bool.self) { group in
            for (place, node) in [harbour.exchange.node, other, other, harbour.exchange.node].enumerated() {
                group.addTask {
                    do {
                        _ = try await harbour.reserve("BL-\(place)", as: place > 1 ? "berth" : "anchor", on: node)
                        return true
                    } catch AdvisoryFault.notNow {
                        return false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(given == 1)
        try await harbour.checkBooks()
        await harbour.exchange.close()
    }
}

import Exchange
import Foundation
import Node
import Store
import TestSupport
import Testing

@Suite("Acceptance")
struct AcceptanceTests {
    @Test("stores an object once, whoever brings it again, and keeps its date", arguments: Engine.both)
    func duplicates(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let (ann, bob) = (try await exchange.join("ann"), try await exchange.join("bob"))
        let pool = try await exchange.pool("open", .open)
        let first = try await exchange.publish([Samples.indicator(1)], to: pool, as: ann)
        #expect(first.successCount == 1 && first.failureCount == 0)
        let before = try await exchange.all(pool, as: bob)
        exchange.clock.advance(by: .seconds(5))
        for token in [ann, bob] {
            let again = try await exchange.publish([Samples.indicator(1)], to: pool, as: token)
            #expect(again.successCount == 1 && again.failureCount == 0)
        }
        let after = try await exchange.all(pool, as: bob, filter: ObjectFilter(versions: VersionFilter(all: true)))
        #expect(after.map(\.tick) == before.map(\.tick))
        await exchange.close()
    }

    @Test("lets nobody but its owner add a version to an object, revoke or delete it", arguments: Engine.both)
    func ownership(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let (ann, bob) = (try await exchange.join("ann"), try await exchange.join("bob"))
        let pool = try await exchange.pool("open", .open)
        let second = try await exchange.pool("second", .open)
        _ = try await exchange.publish([Samples.indicator(1)], to: pool, as: ann)
        let later = Samples.indicator(1, modified: "2026-02-01T00:00:00.000Z")
        let revoked = Samples.indicator(1, modified: "2026-03-01T00:00:00.000Z", ",\"revoked\":true")
        for stolen in [later, revoked] {
            for place in [pool, second] {
                let report = try await exchange.publish([stolen], to: place, as: bob)
                #expect(report.failureCount == 1)
                #expect(report.failures?.first?.message?.contains("belongs to the member") == true)
            }
        }
        let id = try STIXID(parsing: "indicator--\(Samples.uuid(1).uuidString.lowercased())")
        let session = try await exchange.session(bob)
        let permitted = exchange.node.disclosure.permitted(in: pool, for: session)
        await #expect(throws: AcceptanceFault.self) {
            try await exchange.node.acceptance.delete(id, nil, from: pool, by: session, seeing: permitted)
        }
        let own = try await exchange.publish([later, revoked], to: pool, as: ann)
        #expect(own.successCount == 2)
        let final = try await exchange.publish(
            [Samples.indicator(1, modified: "2026-04-01T00:00:00.000Z")],
            to: pool,
            as: ann
        )
        #expect(final.failures?.first?.message?.contains("revoked for good") == true)
        #expect(try await exchange.all(pool, as: bob).count == 1)
        await exchange.close()
    }

    @Test("refuses a version that is held with other content, and a created that moved")
    func history() async throws {
        let exchange = try await TestExchange()
        let ann = try await exchange.join("ann")
        let pool = try await exchange.pool("open", .open)
        let report = try await exchange.publish(
            [Samples.indicator(1), Samples.indicator(1, ",\"name\":\"other\""), Samples.indicator(2)],
            to: pool,
            as: ann
        )
        #expect(report.successCount == 2 && report.failureCount == 1)
        #expect(report.failures?.first?.message?.hasPrefix("modified:") == true)
        let moved = Samples.indicator(1, modified: "2026-05-01T00:00:00.000Z")
            .replacing("\"created\":\"2026-01-01", with: "\"created\":\"2026-01-02")
        #expect(
            try await exchange.publish([moved], to: pool, as: ann).failures?.first?.message?.hasPrefix("created:")
                == true
        )
        await exchange.close()
    }

    @Test("refuses an author, a marking or an addressee that may not be")
    func refusals() async throws {
        let exchange = try await TestExchange()
        let (ann, _) = (try await exchange.join("ann"), try await exchange.join("bob"))
        var terms = PoolTerms.open
        terms.ceiling = .amber
        let pool = try await exchange.pool("open", terms)
        let bob = try #require(exchange.node.live.directory.member(named: try TestExchange.name("bob")))
        let nobody = STIXID(type: "identity", uuid: Samples.uuid(99))
        let report = try await exchange.publish(
            [
                Samples.indicator(1, ",\"created_by_ref\":\"\(bob.identity.text)\""),
                Samples.indicator(2, marking: .red),
                Samples.indicator(3, addressees: [nobody]),
                Samples.indicator(4, addressees: [bob.identity]),
            ],
            to: pool,
            as: ann
        )
        let reasons = report.failures?.compactMap { $0.message?.prefix { $0 != ":" } }
        #expect(reasons == ["created_by_ref", "object_marking_refs", "addressees"])
        #expect(report.successCount == 1)
        await exchange.close()
    }

    @Test("puts aside what needs a second person, and releases it on that person's word", arguments: Engine.both)
    func secondPerson(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let ann = try await exchange.join("ann", roles: [.reader, .reporter, .approver])
        let eve = try await exchange.principal("eve", of: "ann", roles: [.reader, .approver])
        let bob = try await exchange.join("bob", roles: [.reader, .approver])
        var terms = PoolTerms.open
        terms.release = .secondPerson
        let pool = try await exchange.pool("slow", terms)
        let report = try await exchange.publish([Samples.indicator(1), "{}", Samples.indicator(2)], to: pool, as: ann)
        #expect(report.status == .pending && report.pendingCount == 2 && report.failureCount == 1)
        #expect(try await exchange.all(pool, as: bob).isEmpty)
        let acceptance = exchange.node.acceptance
        let id = try #require(ID<StatusReport>(parsing: report.id))
        for token in [ann, bob] {
            let session = try await exchange.session(token)
            await #expect(throws: AcceptanceFault.self) {
                try await acceptance.settle(id, .approve, by: session)
            }
        }
        let second = try await exchange.session(eve)
        #expect(try await exchange.node.statuses.waiting(for: second, upTo: 10).map(\.id) == [report.id])
        let settled = try await acceptance.settle(id, .approve, by: second)
        #expect(settled.status == .complete && settled.successCount == 2 && settled.failureCount == 1)
        #expect(settled.totalCount == 3 && settled.pendingCount == 0)
        #expect(try await exchange.all(pool, as: bob).count == 2)
        await #expect(throws: AcceptanceFault.self) { try await acceptance.settle(id, .approve, by: second) }
        let refused = try await exchange.publish([Samples.indicator(3)], to: pool, as: ann)
        let ended = try await acceptance.settle(
            try #require(ID(parsing: refused.id)),
            .refuse(reason: "no"),
            by: second
        )
        #expect(ended.failureCount == 1 && ended.status == .complete)
        #expect(try await exchange.all(pool, as: bob).count == 2)
        await exchange.close()
    }

    @Test(
        "stores an envelope once when it is sent again after a commit that failed",
        arguments: Engine.both,
        FaultyDatabase.Fault.allCases
    )
    func repeated(engine: Engine, fault: FaultyDatabase.Fault) async throws {
        let exchange = try await TestExchange(engine)
        let ann = try await exchange.join("ann")
        let pool = try await exchange.pool("open", .open)
        // Opening a node writes twice: its migrations and its identity. The third write is the envelope's.
        let faulty = FaultyDatabase(exchange.database, failing: fault, write: 3)
        let node = try await TestExchange.node(over: faulty, exchange.clock, seed: 2)
        let session = try await node.authentication.session(for: .bearer(ann), from: "test")
        let envelope = try Samples.envelope([Samples.indicator(1), Samples.indicator(2)])
        await #expect(throws: AcceptanceFault.self) {
            try await node.acceptance.accept(envelope, to: pool, from: session)
        }
        let again = try await node.acceptance.accept(envelope, to: pool, from: session)
        #expect(again.successCount == 2)
        try await node.live.follow()
        let question = Disclosure.Question(
            form: .objects,
            after: .zero,
            limit: 10,
            filter: ObjectFilter(versions: VersionFilter(all: true))
        )
        let page = try await node.disclosure.page(question, of: pool, to: session, over: .taxii)
        #expect(page.stored.versions.count == 2)
        await exchange.close()
    }

    @Test("goes by what is true when it is written, however long ago the request began", arguments: Engine.both)
    func changesMeanwhile(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let ann = try await exchange.join("ann")
        _ = try await exchange.join("bob", .customs)
        let pool = try await exchange.pool("open", .open)
        let administration = exchange.node.administration
        let session = try await exchange.session(ann)
        func accepted(_ number: Int, _ marking: TLP? = nil) async throws -> StatusReport {
            let envelope = try Samples.envelope([Samples.indicator(number, marking: marking)])
            return try await exchange.node.acceptance.accept(envelope, to: pool, from: session)
        }
        func refusal(_ number: Int) async throws -> String {
            do {
                return "status \(try await accepted(number).status)"
            } catch let fault as AcceptanceFault {
                return "\(fault)"
            }
        }
        #expect(try await accepted(1).successCount == 1)
        _ = try await administration.changePool("open") { $0.ceiling = .green }
        #expect(try await accepted(2, .red).failureCount == 1)
        _ = try await administration.changePool("open") { $0.release = .secondPerson }
        #expect(try await accepted(3).status == .pending)
        _ = try await administration.changePool("open") { ($0.release, $0.writing) = (.direct, .authorities) }
        #expect(try await refusal(4).hasPrefix("forbidden"))
        _ = try await administration.changePool("open") { $0.reading = .authorities }
        #expect(try await refusal(5).hasPrefix("absent"))
        _ = try await administration.changePool("open") { ($0.reading, $0.writing) = (.everyone, .everyone) }
        _ = try await administration.changeMember("ann") { $0.standing = .suspended }
        #expect(try await refusal(6).hasPrefix("forbidden"))
        _ = try await administration.changeMember("ann") { $0.standing = .active }
        #expect(try await exchange.all(pool, as: ann).count == 1)
        await exchange.close()
    }

    @Test("on one node goes by what another has just changed")
    func changesElsewhere() async throws {
        let exchange = try await TestExchange(.postgresql)
        let ann = try await exchange.join("ann")
        let pool = try await exchange.pool("open", .open)
        // Nothing tells this node of what the first commits: it follows only when it is asked.
        let other = try await TestExchange.node(over: exchange.database, exchange.clock, seed: 5)
        let session = try await other.authentication.session(for: .bearer(ann), from: "test")
        let second = try await exchange.pool("second", .open)
        _ = try await exchange.publish([Samples.indicator(1)], to: second, as: ann)
        // It reads what it does not know of yet: a version in a pool that is new.
        let envelope = try Samples.envelope([Samples.indicator(1)])
        #expect(try await other.acceptance.accept(envelope, to: pool, from: session).successCount == 1)
        _ = try await exchange.node.administration.changeMember("ann") { $0.standing = .suspended }
        await #expect(throws: AcceptanceFault.self) {
            try await other.acceptance.accept(try Samples.envelope([Samples.indicator(2)]), to: pool, from: session)
        }
        await exchange.close()
    }

    @Test("settles what waits however deep it is")
    func deep() async throws {
        let exchange = try await TestExchange()
        let ann = try await exchange.join("ann")
        let eve = try await exchange.principal("eve", of: "ann", roles: [.approver])
        var terms = PoolTerms.open
        terms.release = .secondPerson
        let pool = try await exchange.pool("slow", terms)
        let limits = Envelope.Limits(objectDepthMax: 300)
        let node = try await TestExchange.node(over: exchange.database, exchange.clock, envelope: limits, seed: 3)
        let nested = String(repeating: "[", count: 250) + "1" + String(repeating: "]", count: 250)
        let text = Samples.indicator(1, ",\"x_deep\":\(nested)")
        let envelope = try Envelope(Array("{\"objects\":[\(text)]}".utf8), limits: limits)
        let author = try await node.authentication.session(for: .bearer(ann), from: "test")
        let report = try await node.acceptance.accept(envelope, to: pool, from: author)
        #expect(report.pendingCount == 1)
        let second = try await node.authentication.session(for: .bearer(eve), from: "test")
        let settled = try await node.acceptance.settle(try #require(ID(parsing: report.id)), .approve, by: second)
        #expect(settled.successCount == 1)
        await exchange.close()
    }

    @Test("forgets a status two days after it was complete, and never one that waits", arguments: Engine.both)
    func forgetting(engine: Engine) async throws {
        let exchange = try await TestExchange(engine)
        let ann = try await exchange.join("ann")
        var terms = PoolTerms.open
        let pool = try await exchange.pool("open", terms)
        terms.release = .secondPerson
        let slow = try await exchange.pool("slow", terms)
        let waiting = try await exchange.publish([Samples.indicator(0)], to: slow, as: ann)
        // More than one transaction forgets.
        var complete: [StatusReport] = []
        for _ in 0..<1_100 { complete.append(try await exchange.publish([Samples.indicator(1)], to: pool, as: ann)) }
        let session = try await exchange.session(ann)
        func kept(_ reports: [StatusReport]) async throws -> Int {
            var count = 0
            for report in reports {
                guard let id = ID<StatusReport>(parsing: report.id) else { continue }
                if try await exchange.node.statuses.status(id, for: session) != nil { count += 1 }
            }
            return count
        }
        exchange.clock.advance(by: Statuses.kept)
        try await exchange.node.statuses.forgetOld(at: exchange.clock.now)
        exchange.clock.advance(by: .seconds(-1))
        #expect(try await kept([waiting]) == 1)
        exchange.clock.advance(by: .seconds(2))
        try await exchange.node.statuses.forgetOld(at: exchange.clock.now)
        #expect(try await kept(complete) == 0)
        #expect(try await kept([waiting]) == 1)
        await exchange.close()
    }
}

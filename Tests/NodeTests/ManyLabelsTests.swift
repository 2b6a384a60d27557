import Exchange
import Node
import Store
import TestSupport
import Testing

/// Each rendition of an advisory has a label of its own, so a reader sees thousands.
@Suite("A pool of many labels")
struct ManyLabelsTests {
    /// A bank that sees as many labels as asked for, four objects of each.
    private struct World {
        let exchange: TestExchange
        let counter: InterposedDatabase
        let pool: Pool
        let bank: String

        init(_ engine: Engine, labels: Int) async throws {
            var counter: InterposedDatabase?
            exchange = try await TestExchange(engine) { database in
                let made = InterposedDatabase(database)
                counter = made
                return made
            }
            self.counter = try #require(counter)
            let customs = try await exchange.join("customs", .customs)
            bank = try await exchange.join("bank")
            var others: [STIXID] = []
            for number in 0..<(labels.bitWidth - labels.leadingZeroBitCount) {
                others.append(try await exchange.session(exchange.join("other-\(number)")).member.identity)
            }
            pool = try await exchange.pool("open", .open)
            let reader = try await exchange.session(bank).member.identity
            for label in 1...labels {
                let addressees = [reader] + others.indices.filter { label >> $0 & 1 == 1 }.map { others[$0] }
                let objects = (4 * label..<4 * label + 4).map {
                    Samples.indicator($0, marking: .amberStrict, addressees: addressees)
                }
                _ = try await exchange.publish(objects, to: pool, as: customs)
            }
        }

        /// A page that memory does not give, and how many statements it took.
        func page(after tick: Tick) async throws -> (page: StoredPage, statements: Int) {
            let filter = ObjectFilter(versions: VersionFilter(first: true))
            let question = Disclosure.Question(form: .manifest, after: tick, limit: 20, filter: filter)
            let session = try await exchange.session(bank)
            let before = counter.statementCount
            let page = try await exchange.node.disclosure.page(question, of: pool, to: session, over: .taxii)
            return (page.stored, counter.statementCount - before)
        }
    }

    @Test("costs a page what is on it, wherever it begins", arguments: Engine.both)
    func pages(engine: Engine) async throws {
        let (few, many) = (try await World(engine, labels: 40), try await World(engine, labels: 200))
        var after = (few: Tick.zero, many: Tick.zero)
        for _ in 0..<3 {
            let (one, other) = (try await few.page(after: after.few), try await many.page(after: after.many))
            #expect(one.page.versions.count == 20 && other.page.versions.count == 20)
            #expect(one.statements > 0 && other.statements <= one.statements + 2)
            after = (one.page.examined, other.page.examined)
        }
        #expect(try await many.exchange.all(many.pool, as: many.bank, limit: 7).count == 800)
        await few.exchange.close()
        await many.exchange.close()
    }
}

import Exchange
import Node
import Store
import TestSupport
import Testing

/// What a holder and its office do in a harbour, and the books of it.
extension Harbour {
    static let waybill = "180-12345675"

    var desk: EntitlementDesk { exchange.node.entitlements }

    /// Two vouchers of customs for the owner of anchor and berth, at the close of the first epoch, on day 30.
    /// - Returns: the reports that they are for.
    @discardableResult
    func issued() async throws -> [ID<Report>] {
        var reports: [ID<Report>] = []
        for number in ["MSKU0383250", "TGHU7599330", "CSQU3054383"] {
            reports.append(try await accepted(number, graded: Grade(.usually, .confirmed)))
        }
        try await pass(days: 30)
        return reports
    }

    /// Lets days go by, and time have its way with entitlements.
    func wait(days: Int) async throws {
        exchange.clock.advance(by: .seconds(days * 86_400))
        while try await desk.isAnythingDue() { try await desk.elapse() }
    }

    func reserve(
        _ number: String = waybill,
        _ parties: [String] = [],
        _ containers: [String] = [],
        as name: String = "anchor",
        key: String? = nil,
        on node: Node? = nil
    ) async throws -> HeldEntitlement {
        let node = node ?? exchange.node
        let session = try await session(name)
        return try await node.entitlements.reserve(
            at: Samples.name("customs"),
            for: try Consignment(number, parties: parties, containers: containers),
            .priority,
            by: session,
            as: key.map { node.call($0, by: session, asked: []) }
        )
    }

    func redeem(
        _ id: ID<Entitlement>,
        _ number: String = waybill,
        _ parties: [String] = [],
        token: String? = nil,
        as name: String = "customs",
        key: String? = nil,
        on node: Node? = nil
    ) async throws -> HeldEntitlement {
        let node = node ?? exchange.node
        let session = try await session(name)
        return try await node.entitlements.redeem(
            id,
            for: try Consignment(number, parties: parties, containers: []),
            token: token,
            by: session,
            as: key.map { node.call($0, by: session, asked: []) }
        )
    }

    func release(_ id: ID<Entitlement>, as name: String = "anchor") async throws -> HeldEntitlement {
        try await desk.release(id, by: try await session(name))
    }

    func void(_ id: ID<Entitlement>, as name: String = "customs") async throws -> HeldEntitlement {
        try await desk.void(id, because: try VoidReason("Not selected."), by: try await session(name))
    }

    /// A node whose first write after its start fails.
    func faulty(_ fault: FaultyDatabase.Fault) async throws -> Node { try await exchange.faulty(fault) }

    func listed(_ name: String) async throws -> [Entitlement] {
        let held = try await desk.entitlements(for: try await session(name), before: .max, upTo: 100)
        return held.map(\.held.entitlement)
    }

    /// The states of all vouchers, in order, as they are stored.
    func states() async throws -> [String] {
        try await exchange.database.read { connection in
            try connection.rows("select state from entitlement order by number") { $0.text(0) }
        }
    }

    /// Holds that the books of vouchers balance at each entry, that nothing falls below zero, and that the states of
    /// the vouchers are what the books have.
    /// - Returns: what each account has.
    @discardableResult
    func checkBooks() async throws -> [String: Int64] {
        let (entries, balances, states) = try await exchange.database.read { connection in
            (
                try connection.rows(
                    "select key, cause, debit, credit, amount, day from entitlement_entry order by number",
                    make: Self.entry
                ),
                try connection.rows("select account, balance from entitlement_balance") { ($0.text(0), $0.integer(1)) },
                try connection.rows("select office, state, count(*) from entitlement group by office, state") {
                    ("fe:\($0.text(0)):\($0.text(1))", $0.integer(2))
                }
            )
        }
        var book = LedgerBook<VoucherAccount>(.standard)
        for entry in entries {
            #expect(try book.post(entry), "\(entry.key)")
            #expect(book.sum == 0)
        }
        let posted = Dictionary(uniqueKeysWithValues: book.balances.map { ($0.key.text, $0.value.posted) })
        #expect(posted == Dictionary(uniqueKeysWithValues: balances))
        let counted = posted.filter { !$0.key.hasSuffix(":issued") && $0.value != 0 }
        #expect(counted == Dictionary(uniqueKeysWithValues: states))
        return posted
    }

    private static func entry(_ row: any SQLRow) throws -> LedgerEntry<VoucherAccount> {
        func account(_ text: String) throws -> VoucherAccount {
            let parts = text.split(separator: ":").map(String.init)
            return VoucherAccount(Samples.name(parts[1]), try #require(VoucherAccount.Part(rawValue: parts[2])))
        }
        return LedgerEntry(
            EntryKey(row.text(0)),
            try #require(EntryCause(rawValue: row.text(1))),
            item: nil,
            debit: try account(row.text(2)),
            credit: try account(row.text(3)),
            Amount(row.integer(4)),
            day: Int(row.integer(5))
        )
    }
}

/// The text of what is refused; fails where nothing is.
func refusal(_ body: () async throws -> HeldEntitlement) async -> String {
    do {
        let held = try await body()
        Issue.record("not refused: \(held.entitlement)")
        return ""
    } catch AdvisoryFault.notNow(let text) {
        return text
    } catch AdvisoryFault.absent {
        return "absent"
    } catch AdvisoryFault.forbidden {
        return "forbidden"
    } catch AdvisoryFault.invalid(let field, let rule) {
        return "\(field): \(rule)"
    } catch {
        return "\(error)"
    }
}

import Exchange
import Node
import Store
import TestSupport
import Testing

/// What becomes of vouchers, as simply as it can be said: written apart from the code that it is compared with.
private struct SimpleVouchers {
    struct Voucher: Equatable {
        var state = "available"
        var consignment = ""
        var until = 0
    }

    /// Issued on day 30, for 90 days, in the order in which they are taken.
    var vouchers: [(id: ID<Entitlement>, voucher: Voucher)]
    var day = 30

    /// Lets a day come.
    mutating func pass(to day: Int) {
        self.day = day
        for place in vouchers.indices {
            if vouchers[place].voucher.state == "reserved", vouchers[place].voucher.until <= day { end(place) }
            if vouchers[place].voucher.state == "available", day >= 120 { vouchers[place].voucher.state = "expired" }
        }
    }

    mutating func reserve(_ consignment: String) -> Bool {
        guard let place = vouchers.firstIndex(where: { $0.voucher.state == "available" }) else { return false }
        vouchers[place].voucher = Voucher(state: "reserved", consignment: consignment, until: day + 30)
        return true
    }

    mutating func redeem(_ place: Int, _ consignment: String) -> Bool {
        let voucher = vouchers[place].voucher
        guard voucher.state == "reserved", voucher.consignment == consignment else { return false }
        vouchers[place].voucher.state = "redeemed"
        return true
    }

    mutating func giveBack(_ place: Int) -> Bool {
        guard vouchers[place].voucher.state == "reserved" else { return false }
        end(place)
        return true
    }

    private mutating func end(_ place: Int) {
        // A reservation that lapsed before the last day came back and then expired.
        let voucher = vouchers[place].voucher
        let end = min(day, voucher.until)
        vouchers[place].voucher = Voucher(state: end < 120 ? "available" : "void")
    }

    var states: [String] { vouchers.map(\.voucher.state) }
}

@Suite("Histories of entitlements")
struct EntitlementHistoryTests {
    private enum Step: CaseIterable {
        case reserve, redeem, release, void, wait
    }

    @Test(
        "are what a simple model says, whatever commits fail on the way",
        arguments: Engine.both,
        UInt64(1)...6
    )
    func history(engine: Engine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let harbour = try await Harbour(engine)
        try await harbour.issued()
        let issued = try await harbour.listed("anchor").map(\.id).sorted()
        var model = SimpleVouchers(vouchers: issued.map { ($0, SimpleVouchers.Voucher()) })
        for number in 0..<40 {
            let place = Int.random(in: issued.indices, using: &random)
            let consignment = "BL-\(Int.random(in: 1...2, using: &random))"
            let step = try #require(Step.allCases.randomElement(using: &random))
            if step == .wait {
                let days = Int.random(in: 1...12, using: &random)
                try await harbour.wait(days: days)
                model.pass(to: model.day + days)
            } else {
                let expected =
                    switch step {
                    case .reserve: model.reserve(consignment)
                    case .redeem: model.redeem(place, consignment)
                    case .release, .void, .wait: model.giveBack(place)
                    }
                let key = "\(number)"
                if Bool.random(using: &random) {
                    // It may be done or not; made again with the same key it is done once.
                    let fault = Bool.random(using: &random) ? FaultyDatabase.Fault.beforeCommit : .afterCommit
                    let node = try await harbour.faulty(fault)
                    await #expect(throws: AdvisoryFault.self, "refused, or told that nothing is durable") {
                        guard try await take(step, issued[place], consignment, key, in: harbour, on: node) else {
                            throw AdvisoryFault.absent
                        }
                    }
                    try await harbour.checkBooks()
                }
                let node = harbour.exchange.node
                let isDone = try await take(step, issued[place], consignment, key, in: harbour, on: node)
                #expect(isDone == expected, "step \(number): \(step) of \(place)")
            }
            let states = try await harbour.listed("anchor").sorted { $0.id < $1.id }.map(\.state.part.rawValue)
            #expect(states == model.states, "step \(number): \(step) of \(place), day \(model.day)")
            try await harbour.checkBooks()
        }
        await harbour.exchange.close()
    }

    /// Does one thing by a key.
    /// - Returns: whether it was done, and not refused.
    private func take(
        _ step: Step,
        _ id: ID<Entitlement>,
        _ consignment: String,
        _ key: String,
        in harbour: Harbour,
        on node: Node
    ) async throws -> Bool {
        let desk = node.entitlements
        do {
            switch step {
            case .reserve: _ = try await harbour.reserve(consignment, key: key, on: node)
            case .redeem: _ = try await harbour.redeem(id, consignment, key: key, on: node)
            case .release:
                let session = try await harbour.session("berth")
                _ = try await desk.release(id, by: session, as: node.call(key, by: session, asked: []))
            case .void:
                let session = try await harbour.session("customs")
                let reason = try VoidReason("Not selected.")
                _ = try await desk.void(id, because: reason, by: session, as: node.call(key, by: session, asked: []))
            case .wait: break
            }
            return true
        } catch AdvisoryFault.notNow {
            return false
        }
    }

    @Test("begin with no more than ten a quarter, and with none for one matter that is told over and over")
    func farming() async throws {
        let harbour = try await Harbour(.sqlite)
        let best = Grade(.usually, .confirmed)
        func firm(_ place: Int) -> String { place.isMultiple(of: 2) ? "anchor" : "berth" }
        // One matter, from either firm of the owner.
        for place in 0..<30 { _ = try await harbour.accepted(from: firm(place), graded: best) }
        try await harbour.pass(days: 31)
        #expect(try await harbour.states().isEmpty)
        for place in 0..<24 {
            _ = try await harbour.accepted(Self.container(100_000 + place), from: firm(place), graded: best)
        }
        try await harbour.pass(days: 30)
        #expect(try await harbour.states().count == 10)
        for place in 24..<30 {
            _ = try await harbour.accepted(Self.container(100_000 + place), graded: best)
        }
        try await harbour.pass(days: 30)
        #expect(try await harbour.states().count == 10)
        try await harbour.checkBooks()
        await harbour.exchange.close()
    }

    /// A container number with its check digit (ISO 6346).
    private static func container(_ serial: Int) -> String {
        let owner: [Character: Int] = ["M": 24, "S": 30, "K": 21, "U": 32]
        let text = "MSKU\(serial)"
        let sum = text.enumerated().reduce(0) { sum, place in
            sum + (owner[place.element] ?? place.element.wholeNumberValue ?? 0) << place.offset
        }
        return "\(text)\(sum % 11 % 10)"
    }
}

import Exchange
import Foundation
import TestSupport
import Testing

@Suite("Reciprocity: entitlements")
struct EntitlementTests {
    private static let terms = ReciprocityTerms.standard
    private static let office = LedgerSamples.name("customs")
    private static let holder = LedgerSamples.name("forwarder")
    private static let mark = SubjectMark(text: String(repeating: "0a", count: 16))

    private func issued(_ count: Int = 2) -> ([Entitlement], LedgerEntry<VoucherAccount>) {
        let issue = VoucherIssue(Self.office, epoch: 1, day: 30, count: count)
        let ids = (0..<UInt64(count)).map { LedgerSamples.id($0) as ID<Entitlement> }
        let (entitlements, entry) = Entitlement.issued(issue, to: Self.holder, ids: ids, Self.terms)
        return (entitlements, entry)
    }

    private func consignment(_ number: String, _ marks: Set<SubjectMark>) -> Consignment {
        guard let consignment = Consignment(number, marks: marks) else { preconditionFailure("\(number) is no number") }
        return consignment
    }

    private func reserve(
        _ entitlement: Entitlement,
        _ number: String = "180-12345675",
        marks: Set<SubjectMark> = [],
        by group: Name = holder,
        on day: Int,
        reported: Set<SubjectMark> = [],
        known: Set<SubjectMark> = []
    ) throws(EntitlementRefusal) -> (Entitlement, [LedgerEntry<VoucherAccount>]) {
        try entitlement.reserved(
            for: consignment(number, marks),
            .priority,
            by: group,
            on: day,
            reported: reported,
            known: known,
            Self.terms
        )
    }

    private func redeem(
        _ entitlement: Entitlement,
        _ number: String = "180-12345675",
        at office: Name = office,
        on day: Int
    ) throws(EntitlementRefusal) -> (Entitlement, [LedgerEntry<VoucherAccount>]) {
        try entitlement.redeemed(
            for: consignment(number, []),
            by: office,
            on: day,
            reported: [],
            subjects: []
        )
    }

    @Test("the worked example: one is redeemed, one is refused on the reporter's own consignee and expires on day 120")
    func example() throws {
        let (both, _) = issued()
        let first = try #require(Entitlement.next(of: both, at: Self.office, on: 75))
        #expect(first.id == both[0].id)
        let reserved = try reserve(first, on: 75).0
        #expect(try redeem(reserved, on: 75).0.state.part == .redeemed)
        let mark = try #require(Self.mark)
        #expect(throws: EntitlementRefusal.ownReport) { try reserve(both[1], marks: [mark], on: 76, reported: [mark]) }
        #expect(throws: EntitlementRefusal.subject) { try reserve(both[1], marks: [mark], on: 76, known: [mark]) }
        #expect(Consignment("", marks: []) == nil)
        #expect(Consignment("a b", marks: []) == nil)
        #expect(Consignment(String(repeating: "1", count: 71), marks: []) == nil)
        #expect(both[1].lapsed(by: 119).0.state == .available)
        #expect(both[1].lapsed(by: 120).0.state == .expired)
    }

    @Test("each reason for a refusal has its code")
    func refusals() throws {
        let (both, _) = issued()
        let other = LedgerSamples.name("other")
        let reserved = try reserve(both[0], on: 40).0
        let redeemed = try redeem(reserved, on: 41).0
        #expect(throws: EntitlementRefusal.otherHolder) { try reserve(both[0], by: other, on: 40) }
        #expect(throws: EntitlementRefusal.otherOffice) { try redeem(reserved, at: other, on: 40) }
        #expect(throws: EntitlementRefusal.otherConsignment) { try redeem(reserved, "other", on: 40) }
        #expect(throws: EntitlementRefusal.notReserved) { try redeem(both[0], on: 40) }
        #expect(throws: EntitlementRefusal.reserved) { try reserve(reserved, on: 40) }
        #expect(throws: EntitlementRefusal.redeemed) { try reserve(redeemed, on: 42) }
        #expect(throws: EntitlementRefusal.redeemed) { try redeemed.voided(on: 42) }
        #expect(throws: EntitlementRefusal.expired) { try reserve(both[1], on: 120) }
        // Returned while its days last, void when they are over: by the office, or by itself.
        #expect(try reserved.voided(on: 41).0.state == .available)
        let late = try reserve(both[1], on: 119).0
        #expect(try late.voided(on: 125).0.state == .void)
        #expect(late.lapsed(by: 149).0.state == .void)
        #expect(try redeem(late, on: 148).0.state.part == .redeemed)
        #expect(throws: EntitlementRefusal.void) { try redeem(late, on: 149) }
    }

    @Test("I6: each is in one state, whatever is tried, and the books say so", arguments: UInt64(0)..<200)
    func states(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var book = LedgerBook<VoucherAccount>(Self.terms)
        var (all, entry) = issued(Int.random(in: 1...6, using: &random))
        try book.post(entry)
        for day in 30...170 {
            let place = Int.random(in: 0..<all.count, using: &random)
            let number = "consignment-\(Int.random(in: 0...2, using: &random))"
            let tried: (Entitlement, [LedgerEntry<VoucherAccount>])?
            switch Int.random(in: 0..<6, using: &random) {
            case 0: tried = try? reserve(all[place], number, on: day)
            case 1: tried = try? redeem(all[place], number, on: day)
            case 2: tried = try? all[place].voided(on: day)
            case 3: tried = all[place].lapsed(by: day)
            default: tried = nil
            }
            guard let (next, entries) = tried else { continue }
            all[place] = next
            for entry in entries + entries { try book.post(entry) }
            for part in VoucherAccount.Part.allCases where part != .issued {
                let count = all.filter { $0.state.part == part }.count
                #expect(book[VoucherAccount(Self.office, part)].posted == Int64(count), "\(part) on day \(day)")
            }
            #expect(book.sum == 0)
        }
    }

    @Test("an officer verifies a token off line, and every byte of it counts")
    func token() throws {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 7, count: 32)))
        let exchange = KeyHolder.exchange(LedgerSamples.id(1))
        let start = LedgerSamples.start
        let publicKey = FederationKey(key.publicKey, of: exchange, named: "exchange", from: start)
        let ring = KeyRing([try #require(publicKey)])
        let days = PoolDays(start: start)
        let now = days.start(of: 75).advanced(by: .seconds(60))
        let reserved = try reserve(issued().0[0], on: 75).0
        let token = try #require(EntitlementToken(reserved, at: now, days))
        let line = token.signed(by: key)
        func verify(
            _ line: String,
            _ ring: KeyRing,
            office: Name = Self.office,
            _ number: String = "180-12345675",
            day: Int = 76
        ) throws(EntitlementToken.Refusal) -> EntitlementToken {
            try EntitlementToken(
                verifying: line,
                keys: ring,
                office: office,
                consignment: number,
                at: days.start(of: day)
            )
        }
        #expect(try verify(line, ring) == token)
        #expect(throws: EntitlementToken.Refusal.otherOffice) { try verify(line, ring, office: Self.holder) }
        #expect(throws: EntitlementToken.Refusal.otherConsignment) { try verify(line, ring, "other") }
        #expect(throws: EntitlementToken.Refusal.early) { try verify(line, ring, day: 75) }
        #expect(throws: EntitlementToken.Refusal.late) { try verify(line, ring, day: 105) }
        #expect(throws: EntitlementToken.Refusal.notSigned(.unknownKey)) { try verify(line, KeyRing()) }
        var revoked = ring
        revoked.revoke(key.key, from: start)
        #expect(throws: EntitlementToken.Refusal.notSigned(.keyNotInForce)) { try verify(line, revoked) }
        for place in line.indices {
            var other = line
            let new: Character = line[place] == "A" ? "B" : "A"
            other.replaceSubrange(place...place, with: String(new))
            #expect(throws: EntitlementToken.Refusal.self) { try verify(other, ring) }
        }
        #expect(EntitlementToken(issued().0[0], at: now, days) == nil)
        #expect(line.utf8.count < 600, "it fits a QR code")
    }

    /// Where entitlements may be named at all: what keeps them, what holders and offices ask for, what wires that up.
    private static let places = [
        "Exchange/Ledger/", "Exchange/Journal/Tick.swift", "Node/Ledger/", "Node/Node.swift", "Node/Housekeeping.swift",
        "Server/REST/EntitlementService.swift", "Server/REST/RESTService.swift", "Server/REST/openapi.json",
        "Store/EntitlementRows.swift", "Store/JournalRows.swift", "Store/Migrations/M0022.sql",
        "Store/Migrations/M0035.sql", "caveat/Ledger/", "caveat/Main.swift",
        "caveat/Report/ReportArguments.swift",
    ]

    @Test("I16: nothing else can name an entitlement, neither by its type nor by its table")
    func selection() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
        var folders: Set<String> = []
        for file in FileManager.default.enumerator(atPath: sources.path)?.allObjects ?? [] {
            guard let file = file as? String, [".swift", ".sql", ".json"].contains(where: file.hasSuffix) else {
                continue
            }
            guard !Self.places.contains(where: { file.hasPrefix($0) }) else { continue }
            folders.insert(file.split(separator: "/").dropLast().joined(separator: "/"))
            let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8).lowercased()
            #expect(!text.contains("entitlement") && !text.contains("voucher"), "\(file)")
        }
        // What selects, screens and decides on access was among them.
        let deciding: Set = [
            "Exchange/Access", "Exchange/Reports", "Exchange/Advisories", "Node/Disclosure", "Screening",
        ]
        #expect(deciding.isSubset(of: folders))
    }
}

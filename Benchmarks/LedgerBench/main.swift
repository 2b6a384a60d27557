import Exchange
import Foundation
import Logging
import Node
import Store
import StoreSQLite
import TransportCurl

/// What a ledger is measured with: a fresh exchange with one inbox, whose clock stands where it is told.
struct Books {
    static let day: Int64 = 86_400
    static let start = Timestamp(microseconds: 1_800_000_000_000_000)

    let database: SQLiteDatabase
    let node: Node
    let commits: GroupCommit
    let now: Timestamp

    init(_ folder: String, days: Int64) async throws {
        let now = Self.start.advanced(by: .seconds(days * Self.day))
        self.now = now
        database = try SQLiteDatabase(path: "\(folder)/ledger.db", readers: 2)
        let transport = Transport(limits: .init(hostConnectionsMax: 1, connectionsMax: 1))
        node = try await Node(
            database,
            settings: Node.Settings(),
            surroundings: Surroundings(
                clock: { now },
                randomBytes: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } },
                carrier: transport,
                mail: transport,
                files: transport
            ),
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        )
        commits = GroupCommit(database, clock: { now }) { _ in }
    }

    /// The inbox, with its ledger; it is made where there is none.
    func ledger() async throws -> LedgerRow {
        let name = try name("inbox")
        let pool: Pool
        if let known = node.administration.directory.pool(named: name) {
            pool = known
        } else {
            let terms = PoolTerms(title: "Inbox", reading: .enrolled, writing: .everyone)
            pool = try await node.administration.addPool(name, .inbox, terms)
        }
        return try await commits.write { try $0.ledger(of: pool) }
    }
}

struct NoName: Error {}

func name(_ text: String) throws -> Name {
    guard let name = Name(text) else { throw NoName() }
    return name
}

func group(_ number: Int) throws -> Name { try name("group-\(String(1_000_000 + number).dropFirst())") }

func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    let took = (ContinuousClock.now - start).components
    return Double(took.seconds) + Double(took.attoseconds) / 1e18
}

/// Posts the entries of so many groups' closes, two each, a hundred groups a transaction.
func post(_ folder: String, groups count: Int) async throws {
    let books = try await Books(folder, days: 31)
    let ledger = try await books.ledger()
    let epoch = Epoch(first: .standard)
    var batches: [[(group: Name, entries: [LedgerEntry<CreditAccount>])]] = []
    for first in stride(from: 0, to: count, by: 100) {
        batches.append(
            try (first..<min(first + 100, count)).map { number in
                let owner = try group(number)
                let entries = (0..<2).map { place in
                    LedgerEntry<CreditAccount>(
                        EntryKey("cr/\(owner)/close/\(place)"),
                        .close,
                        item: nil,
                        debit: .issuance,
                        credit: .earned(owner),
                        Amount(Int64(1_000 + number % 5_000)),
                        day: 30
                    )
                }
                return (owner, entries)
            }
        )
    }
    let took = try await seconds {
        for batch in batches {
            try await books.commits.write { transaction in
                for (owner, entries) in batch { try transaction.post(entries, of: owner, at: epoch, in: ledger) }
            }
        }
    }
    print(#"{"rows":\#(2 * count),"group":200,"seconds":\#(took)}"#)
    await books.database.close()
}

/// Enters so many claims for so many groups in the first epoch of an inbox.
func fill(_ folder: String, groups count: Int, lots: Int) async throws {
    let books = try await Books(folder, days: 0)
    let ledger = try await books.ledger()
    let office = try name("customs")
    let events: [EarningEvent] = [.accepted, .seizure, .investigation]
    let each = lots / count
    for first in stride(from: 0, to: count, by: 50) {
        try await books.commits.write { transaction in
            for number in first..<min(first + 50, count) {
                let owner = try group(number)
                for lot in 0..<each {
                    let item = UUID(UInt64(number), UInt64(lot), version: 8)
                    let claim = Claim(
                        Claim.Key(item: ID(item), event: events[lot % 3], group: owner),
                        cluster: ID(UUID(UInt64(number), UInt64(lot / 2), version: 8)),
                        window: 0,
                        from: .authority(office),
                        office: office,
                        Quality(credibility: 500 + lot % 500, relevance: 300, novelty: 1_000, timeliness: 900),
                        day: lot % 30,
                        shows: lot % 30
                    )
                    try transaction.enter(.claim(claim), from: "\(lot)", in: ledger)
                }
            }
        }
    }
    print(#"{"groups":\#(count),"lots":\#(each * count)}"#)
    await books.database.close()
}

/// Closes the epoch that `fill` filled.
func close(_ folder: String) async throws {
    let books = try await Books(folder, days: 31)
    let took = try await seconds { try await books.node.ledgers.elapse() }
    let (entries, groups) = try await books.database.read { connection in
        (
            try connection.first("select count(*) from ledger_entry") { $0.integer(0) } ?? 0,
            try connection.first("select count(*) from ledger_standing") { $0.integer(0) } ?? 0
        )
    }
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
    let peak = status.first { $0.hasPrefix("VmHWM:") }?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    print(#"{"seconds":\#(took),"entries":\#(entries),"groups":\#(groups),"mebibytes":\#(peak / 1_024)}"#)
    await books.database.close()
}

/// Looks tiers up among so many groups and three ledgers.
func look(groups count: Int) throws {
    let names = try (0..<count).map(group)
    let days = PoolDays(start: Books.start)
    let ledgers = (0..<3).map { place in
        TierTable.Ledger(
            days: days,
            closes: 6,
            .standard,
            tiers: Dictionary(
                uniqueKeysWithValues: names.enumerated().filter { $0.offset % 3 != place }.map {
                    ($0.element, Tier.allCases[$0.offset % 4])
                }
            )
        )
    }
    let table = TierTable(ledgers)
    var sum = 0
    let start = ContinuousClock.now
    for round in 0..<1_000_000 {
        sum += table.tier(of: names[round * 7_919 % count], joined: Books.start).rawValue
    }
    let took = (ContinuousClock.now - start).components
    let nanoseconds = (Double(took.seconds) * 1e9 + Double(took.attoseconds) / 1e9) / 1_000_000
    print(#"{"groups":\#(count),"nanoseconds":\#(nanoseconds),"sum":\#(sum)}"#)
}

let words = CommandLine.arguments
switch (words.dropFirst().first, words.count) {
case ("post", 4): try await post(words[2], groups: Int(words[3]) ?? 0)
case ("fill", 5): try await fill(words[2], groups: Int(words[3]) ?? 1, lots: Int(words[4]) ?? 1)
case ("close", 3): try await close(words[2])
case ("look", 3): try look(groups: Int(words[2]) ?? 1)
default:
    let usage = "usage: LedgerBench post FOLDER GROUPS | fill FOLDER GROUPS LOTS | close FOLDER | look GROUPS\n"
    FileHandle.standardError.write(Data(usage.utf8))
    exit(64)
}

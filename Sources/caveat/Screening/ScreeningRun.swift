import Crypto
import Exchange
import Foundation

/// A file on its way through a screening, batch by batch.
///
/// Where there is to be a report, each answer is kept beside it as it comes, so that a run that was cut off goes on.
struct ScreeningRun {
    /// How many are asked about at once.
    private static let batchMax = 100

    private let file: ScreeningFile
    private let path: String
    private let report: String?
    private let isJSON: Bool
    private let calls: ScreeningCalls

    init(_ file: ScreeningFile, path: String, report: String?, isJSON: Bool, _ calls: ScreeningCalls) {
        self.file = file
        self.path = path
        self.report = report
        self.isJSON = isJSON
        self.calls = calls
    }

    func screen() async throws {
        var kept = try report.map { try KeptAnswers(beside: $0, of: fingerprint) }
        var answers = kept?.answers ?? [:]
        var refusals: [Int: String] = [:]
        var officials: Set<Int> = []
        var quota: ScreeningQuota?
        if !answers.isEmpty { Output.note("\(answers.count) of \(file.rows.count) rows were screened before") }
        let open = file.rows.enumerated().filter { answers[$0.offset] == nil }
        for start in stride(from: 0, to: open.count, by: Self.batchMax) {
            Output.progress("\(start) of \(open.count) screened")
            let batch = open[start..<min(start + Self.batchMax, open.count)]
            let answer = try await ask(batch, &refusals)
            quota = answer.map(ScreeningQuota.init) ?? quota
            let isOfficial = answer != nil && quota?.isOfficial == true
            for (place, row) in batch where refusals[place] == nil {
                guard let results = answer?["responses"]?["\(place)"]?["results"] else {
                    throw CommandFault.answer(to: "/v1/match", rule: "has no response for line \(row.line)")
                }
                answers[place] = results
                // What official lists alone were asked of is asked again.
                if isOfficial { officials.insert(place) } else { try kept?.keep(results, of: place) }
            }
            // Without a report they are printed as they come.
            if report == nil { try show(batch.map { ($0.element, answers[$0.offset]) }) }
            for (place, row) in batch {
                if let refusal = refusals[place] { Output.note("\(path), line \(row.line): \(refusal)") }
            }
        }
        Output.progress("")
        let asked = file.rows.enumerated().map {
            ScreenedRow(
                $0.element,
                answers[$0.offset],
                refusal: refusals[$0.offset],
                isOfficial: officials.contains($0.offset)
            )
        }
        let rows = asked + file.passedOver.map { ScreenedRow(passedOver: $0.key, because: $0.why) }
        if let report {
            try write(rows, to: report)
            if officials.isEmpty { kept?.remove() }
        }
        let matches = rows.count { $0.hits.contains(where: \.isMatch) }
        let maybes = rows.count(where: \.isDoubtful)
        let count = asked.count - refusals.count
        Output.note("\(count) screened: \(matches) with a match, \(maybes) to be looked at")
        if let left = quota?.left, officials.isEmpty { Output.note(left) }
        if !officials.isEmpty, let quota {
            throw CommandFault.failed(
                "\(officials.count) of \(count) were asked of official lists alone: \(quota.text). Screen the file again then"
            )
        }
        let refused = refusals.count + file.passedOver.count
        guard refused == 0 else {
            let those = refused == 1 ? "1 row was" : "\(refused) rows were"
            throw CommandFault.failed("\(those) not screened: correct what is named above, and screen those again")
        }
    }

    private func write(_ rows: [ScreenedRow], to report: String) throws(CommandFault) {
        guard let form = ScreeningReport.Form(path: report) else { return }
        let isWritten = FileManager.default.createFile(
            atPath: report,
            contents: Data(ScreeningReport(rows, of: path, at: Date.now).bytes(form)),
            // Who was asked about stands in it.
            attributes: [.posixPermissions: 0o600]
        )
        guard isWritten else {
            throw .file(path: report, rule: "cannot be written; check the folder and the disk")
        }
        Output.note("the report is in \(report)")
    }

    /// Asks about a batch; a row that the exchange refuses costs no other.
    /// - Returns: nil where it refuses all.
    private func ask(
        _ batch: ArraySlice<(offset: Int, element: ScreeningFile.Row)>,
        _ refusals: inout [Int: String]
    ) async throws -> JSON.Value? {
        var left = Dictionary(uniqueKeysWithValues: batch.map { ("\($0.offset)", $0.element.query) })
        while !left.isEmpty {
            do {
                return try await calls.ask(left)
            } catch CommandFault.refused(let refusal) where refusal.status == 422 {
                let parts = refusal.field?.split(separator: ".") ?? []
                guard parts.count > 1, parts[0] == "queries", let place = Int(parts[1]),
                    left.removeValue(forKey: "\(place)") != nil
                else { throw CommandFault.refused(refusal) }
                let rule = refusal.detail?.split(separator: ":", maxSplits: 1).last.map(String.init) ?? "is refused"
                refusals[place] = "\(parts.dropFirst(2).joined(separator: ".")):\(rule)".printable
            }
        }
        return nil
    }

    private func show(_ answers: [(row: ScreeningFile.Row, results: JSON.Value?)]) throws(CommandFault) {
        for (row, results) in answers {
            if isJSON, let results {
                try Output.line(
                    #"{"key":"# + row.key.quoted + #","results":"# + String(decoding: results.compact(), as: UTF8.self)
                        + "}"
                )
                continue
            }
            let hits = ScreenedRow(row, results).hits
            guard !hits.isEmpty else { continue }
            try Output.line("\(row.key.printable): \(row.query.title.printable)")
            for hit in hits { try Output.line("  \(hit.text.replacing("\n", with: "\n  "))") }
        }
    }

    /// Differs for each file and way of asking: answers to another question are not taken for this one's.
    private var fingerprint: String {
        let rows = file.rows.map { "\($0.key)\n\($0.query.schema)\n\($0.query.properties.sorted { $0.key < $1.key })" }
        let text = "\(calls.connection.fingerprint)\n\(calls.parameters)\n" + rows.joined(separator: "\n")
        return SHA256.hash(data: Data(text.utf8)).hexadecimal
    }
}

extension String {
    /// As a text of JSON.
    var quoted: String {
        // A text always has a JSON form.
        String(decoding: (try? JSONEncoder().encode(self)) ?? Data("\"\"".utf8), as: UTF8.self)
    }
}

/// One row with what came of it.
struct ScreenedRow {
    let row: ScreeningFile.Row
    let hits: [ScreeningHitText]
    let results: JSON.Value?
    /// Why it was not asked about; nil where it was.
    let refusal: String?
    /// Whether official lists alone were asked.
    let isOfficial: Bool

    init(_ row: ScreeningFile.Row, _ results: JSON.Value?, refusal: String? = nil, isOfficial: Bool = false) {
        self.row = row
        self.isOfficial = isOfficial
        self.results = results
        self.refusal = refusal
        hits = (results?.elements ?? []).map(ScreeningHitText.init)
    }

    /// One that could not be read.
    init(passedOver key: String, because why: String) {
        let query = ScreeningQuery(schema: "", properties: [:])
        self.init(ScreeningFile.Row(line: 0, key: key, isNamed: false, query: query), nil, refusal: why)
    }

    /// What was looked at.
    var scope: String { isOfficial ? "official-lists" : "all" }

    /// Whether there is nothing else than what somebody cleared.
    var isCleared: Bool { !hits.isEmpty && hits.allSatisfy { !$0.isMatch && $0.cleared != nil } }

    /// Whether there is no match, and something that nobody cleared.
    var isDoubtful: Bool { !hits.contains(where: \.isMatch) && hits.contains { $0.cleared == nil } }
}

/// Answers beside a report that is not finished: a line says what they are answers to, then each has one.
private struct KeptAnswers {
    /// How long an answer may go into a report after the run was cut off.
    private static let keptSeconds = 3_600.0

    private let path: String
    private let file: FileHandle
    private(set) var answers: [Int: JSON.Value] = [:]

    init(beside report: String, of fingerprint: String) throws(CommandFault) {
        path = report + ".part"
        let lines = (FileManager.default.contents(atPath: path) ?? Data()).split(separator: UInt8(ascii: "\n"))
        let changed = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        // Meanwhile others may have become known, or no longer: what is older is asked again.
        let isFresh = changed.map { $0.timeIntervalSinceNow > -Self.keptSeconds } ?? false
        if isFresh, lines.first.map({ String(decoding: $0, as: UTF8.self) }) == fingerprint {
            for line in lines.dropFirst() {
                // A line that was cut off is one that is still to be answered.
                guard let kept = try? JSON(parsing: Array(line)).root, let place = kept["row"]?.integer else {
                    continue
                }
                answers[Int(place)] = kept["results"]
            }
        } else {
            let isMade = FileManager.default.createFile(
                atPath: path,
                contents: Data("\(fingerprint)\n".utf8),
                attributes: [.posixPermissions: 0o600]
            )
            guard isMade else { throw .file(path: path, rule: "cannot be written; check the folder and the disk") }
        }
        guard let file = FileHandle(forUpdatingAtPath: path) else {
            throw .file(path: path, rule: "cannot be written; check that you may")
        }
        self.file = file
        do {
            // What follows a line that was cut off begins on a line of its own.
            if try file.seekToEnd() > 0 { try file.write(contentsOf: Data("\n".utf8)) }
        } catch {
            throw .file(path: path, rule: "could not be written (\(error.localizedDescription))")
        }
    }

    mutating func keep(_ results: JSON.Value, of place: Int) throws(CommandFault) {
        let line = #"{"row":\#(place),"results":"# + String(decoding: results.compact(), as: UTF8.self) + "}\n"
        do {
            try file.write(contentsOf: Data(line.utf8))
        } catch {
            throw .file(path: path, rule: "could not be written (\(error.localizedDescription))")
        }
    }

    func remove() {
        // Left behind, it is of no harm: it goes with the same question alone.
        try? FileManager.default.removeItem(atPath: path)
    }
}

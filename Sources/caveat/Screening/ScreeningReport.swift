import Exchange
import Foundation

/// What came of a file, for a spreadsheet, for a program, or for a reviewer's browser.
struct ScreeningReport {
    /// The forms, by the ending of a file's name.
    enum Form: String {
        case csv, json, html

        init?(path: String) { self.init(rawValue: URL(filePath: path).pathExtension.lowercased()) }
    }

    private let rows: [ScreenedRow]
    private let source: String
    private let time: String

    init(_ rows: [ScreenedRow], of path: String, at time: Date) {
        self.rows = rows
        source = URL(filePath: path).lastPathComponent
        self.time = Timestamp(microseconds: Int64(time.timeIntervalSince1970 * 1_000_000)).text
    }

    func bytes(_ form: Form) -> [UInt8] {
        switch form {
        case .csv: Array(csv.utf8)
        case .json: Array(json.utf8)
        case .html: Array(page.utf8)
        }
    }

    private static let headings = [
        "key", "name", "score", "verdict", "known_as", "schema", "pool", "origin", "id", "reason", "scope",
    ]

    private var csv: String {
        let lines = rows.flatMap { row -> [[String]] in
            let name = row.row.query.title
            if let refusal = row.refusal {
                return [[row.row.key, name, "", "refused"] + Array(repeating: "", count: 5) + [refusal, ""]]
            }
            guard !row.hits.isEmpty else {
                return [[row.row.key, name, "", "none"] + Array(repeating: "", count: 6) + [row.scope]]
            }
            return row.hits.map { hit in
                [
                    row.row.key, name, hit.score, hit.verdict, hit.caption,
                    hit.hit["schema"]?.string ?? "", hit.pool, hit.origin, hit.hit["id"]?.string ?? "", hit.reason,
                    row.scope,
                ]
            }
        }
        return ([Self.headings] + lines).map { $0.map(Self.cell).joined(separator: ",") + "\r\n" }.joined()
    }

    /// A cell that no spreadsheet takes for a formula.
    private static func cell(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        // By code points: what reads it knows of no letter that is put together of several.
        guard safe.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return safe }
        return "\"\(Self.replaced(safe) { $0 == "\"" ? "\"\"" : nil })\""
    }

    private var json: String {
        let all = rows.map { row in
            let query = (try? row.row.query.json()).map { String(decoding: $0, as: UTF8.self) } ?? "{}"  // Plain texts.
            if let refusal = row.refusal {
                return #"{"key":\#(row.row.key.quoted),"query":\#(query),"refused":\#(refusal.quoted)}"#
            }
            let results = row.results.map { String(decoding: $0.compact(), as: UTF8.self) } ?? "[]"
            return #"{"key":\#(row.row.key.quoted),"query":\#(query),"results":\#(results),"scope":"\#(row.scope)"}"#
        }
        return #"{"file":\#(source.quoted),"screened":"\#(time)","rows":["# + "\n" + all.joined(separator: ",\n")
            + "\n]}\n"
    }

    /// A text with others in the place of some of its code points.
    private static func replaced(_ text: String, _ other: (Unicode.Scalar) -> String?) -> String {
        var made = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let other = other(scalar) { made.append(contentsOf: other.unicodeScalars) } else { made.append(scalar) }
        }
        return String(made)
    }

    // MARK: A page

    private var page: String {
        let matched = Self.ranked(rows.filter { $0.hits.contains(where: \.isMatch) })
        let doubtful = Self.ranked(rows.filter(\.isDoubtful))
        let refused = rows.filter { $0.refusal != nil }
        let cleared = rows.filter(\.isCleared)
        let others = rows.count - matched.count - doubtful.count - refused.count - cleared.count
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Screening of \(Self.escaped(source))</title>
            <style>\(Self.style)</style></head><body>
            <h1>Screening of \(Self.escaped(source))</h1>
            <p>\(Self.escaped(time)) · \(rows.count - refused.count) screened · <b>\(matched.count)</b> with a match · \
            <b>\(doubtful.count)</b> to be looked at · \(cleared.count) cleared · \(others) without a hit</p>
            \(Self.note(rows.count(where: \.isOfficial)))\(Self.section(refused: refused))
            \(Self.section("Matches", matched))
            \(Self.section("To be looked at", doubtful))
            \(Self.section("Cleared before", cleared))
            </body></html>

            """
    }

    /// Those to be protected first, then by their likest.
    private static func ranked(_ rows: [ScreenedRow]) -> [ScreenedRow] {
        func rank(_ row: ScreenedRow) -> (Int, Double) {
            (
                row.hits.contains(where: \.isProtected) ? 1 : 0,
                row.hits.compactMap { $0.hit["score"]?.double }.max() ?? 0
            )
        }
        return rows.enumerated().sorted { one, two in
            let (first, second) = (rank(one.element), rank(two.element))
            return first == second ? one.offset < two.offset : second < first
        }.map(\.element)
    }

    /// What whoever reads the page must know first.
    private static func note(_ officials: Int) -> String {
        guard officials > 0 else { return "" }
        return """
            <p><strong>\(officials) were asked of official lists alone, since the quota was used up: no advisory was \
            looked at for them. Screen them again.</strong></p>

            """
    }

    private static func section(refused rows: [ScreenedRow]) -> String {
        guard !rows.isEmpty else { return "" }
        let items = rows.map { row in
            "<li>\(escaped(row.row.key)), line \(row.row.line): \(escaped(row.refusal ?? ""))</li>"
        }
        return "<h2>Not screened</h2>\n<ul>\(items.joined())</ul>"
    }

    private static func section(_ title: String, _ rows: [ScreenedRow]) -> String {
        guard !rows.isEmpty else { return "" }
        let articles = rows.map { row in
            let properties = row.row.query.properties.sorted { $0.key < $1.key }.map { name, values in
                "<span>\(escaped(name)) <b>\(escaped(values.joined(separator: ", ")))</b></span>"
            }
            let hits = row.hits.map { hit in
                """
                <tr class="\(hit.verdict)"><td class="score">\(hit.score)</td>\
                <td><b>\(escaped(hit.caption))</b><br><small>\(escaped(hit.standing.map { "\($0) · " } ?? ""))\(escaped(hit.hit["schema"]?.string ?? "")) · \
                \(escaped(hit.pool)) · \(escaped(hit.origin))</small></td><td>\(escaped(hit.reason))</td></tr>
                """
            }
            return """
                <article><h3>\(escaped(row.row.key))</h3><p class="asked">\(properties.joined())</p>
                <table><thead><tr><th>Score</th><th>Known as</th><th>Why</th></tr></thead>
                <tbody>\(hits.joined(separator: "\n"))</tbody></table></article>
                """
        }
        return "<h2>\(title)</h2>\n" + articles.joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        replaced(text.printable) { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            default: nil
            }
        }
    }

    private static let style = """
        :root{color-scheme:light dark;--line:#8884;--hit:#c0392b;--maybe:#b9770e}
        body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.5rem}h3{font-size:1rem;margin:0}
        article{border:1px solid var(--line);border-radius:8px;padding:1rem;margin:1rem 0;break-inside:avoid}
        .asked span{display:inline-block;margin-right:1rem;color:#777}.asked b{color:CanvasText;font-weight:600}
        table{width:100%;border-collapse:collapse}th{text-align:left;font-weight:500;color:#777}
        td,th{padding:.4rem .6rem;border-top:1px solid var(--line);vertical-align:top}
        td:first-child{border-left:4px solid}
        .score{font-variant-numeric:tabular-nums;font-weight:600}.match td:first-child{border-left-color:var(--hit)}
        .maybe td:first-child,.protect td:first-child{border-left-color:var(--maybe)}small{color:#777}
        """
}

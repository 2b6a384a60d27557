/// The forms in which a statement goes out: each is made of the same value, and two that are equal have equal bytes.
extension GroupStatement {
    /// For machines: RFC 8785, amounts of credit in milli-credits.
    public var json: [UInt8] {
        let sums = { (sums: [StatementSum]) in
            CanonicalText.object(sums.map { ($0.name, "\($0.amount)") })
        }
        let text = CanonicalText.object([
            (
                "clawed_back",
                CanonicalText.list(
                    takenBack.map { taken in
                        CanonicalText.object([
                            ("amount", "\(taken.amount.count)"), ("item", CanonicalText.string(taken.item.text)),
                        ])
                    }
                )
            ),
            ("closing", Self.json(closing)), ("counterparts", sums(counterparts)), ("decayed", "\(decayed.count)"),
            ("entitlements", CanonicalText.list(entitlements.map(Self.json))),
            ("epochs", CanonicalText.list(["\(period.first)", "\(period.last.number)"])), ("events", sums(events)),
            ("feedback_owed", CanonicalText.list(owed.map(json))), ("fined", "\(fined.count)"),
            ("group", CanonicalText.string(group.text)), ("lines", CanonicalText.list(lines.map(Self.json))),
            ("not_itemised", "\(notItemised.count)"), ("opening", Self.json(opening)),
            ("pool", CanonicalText.string(pool.text)), ("posted", "\(posted.count)"),
            ("reliability", "\(reliability)"), ("requests", sums(requests)), ("share", "\(share)"),
            (
                "standing",
                CanonicalText.object([
                    ("counted", "\(standing.counted.count)"), ("penalties", "\(standing.penalties.count)"),
                    ("remaining", "\(standing.remaining.count)"), ("total", "\(standing.total.count)"),
                ])
            ),
            ("tier", CanonicalText.string(tier.code)),
        ])
        return Array(text.utf8)
    }

    /// For spreadsheets: one row an item and event, then the totals.
    public var csv: String {
        let totals: [(String, Amount<MilliCredit>)] = [
            ("opening", opening.earned), ("not-itemised", notItemised), ("posted", posted), ("decayed", -decayed),
            ("clawed-back", -takenBack.reduce(.zero) { $0 + $1.amount }), ("closing", closing.earned),
            ("penalty", -closing.penalty), ("standing", standing.total),
        ]
        let blank = [String](repeating: "", count: StatementLine.columns.count - 3)
        let rows = totals.map { ["\(period.last.number)", $0] + blank + [$1.text] }
        return ([StatementLine.columns] + lines.map(\.cells) + rows)
            .map { $0.joined(separator: ",") + "\r\n" }.joined()
    }

    /// For people.
    public var text: String {
        var rows = [
            "Statement of \(group) in \(pool), epochs \(period.first) to \(period.last.number)", "",
            Self.row("opening", opening.earned), Self.row("posted", posted), Self.row("decayed", -decayed),
            Self.row("clawed back", -takenBack.reduce(.zero) { $0 + $1.amount }), Self.row("closing", closing.earned),
        ]
        if closing.penalty != .zero { rows.append(Self.row("penalty", -closing.penalty)) }
        rows.append(Self.row("standing", standing.total))
        if standing.counted != standing.remaining {
            rows.append("  of \(standing.remaining.text): no more than a share counts of one counterpart")
        }
        rows.append("  r \(Amount<MilliCredit>(Int64(share)).text), rho \(reliability), tier \(tier.code)")
        rows += [""] + Self.table([StatementLine.columns] + lines.map(\.cells))
        if notItemised != .zero { rows.append(Self.row("not itemised", notItemised)) }
        for line in lines {
            guard let reason = line.reason else { continue }
            rows.append("  \(line.lot.claim.key.item): R, \(reason.relevance); U, \(reason.novelty)")
        }
        rows += Self.section("By event", events.map { Self.row($0.name, Amount($0.amount)) })
        rows += Self.section("By counterpart", counterparts.map { Self.row($0.name, Amount($0.amount)) })
        rows += Self.section("Clawed back", takenBack.map { Self.row($0.item.text, $0.amount) })
        rows += Self.section("Feedback owed to you", owed.map { "  \($0.item) by \($0.authority): \(word(of: $0))" })
        rows += Self.section(
            "Entitlements",
            entitlements.map { "  \($0.id) at \($0.office): \($0.state.part.rawValue), expires on day \($0.expires)" }
        )
        rows += Self.section("Request lines", requests.map { "  \($0.name): \($0.amount)" })
        return rows.joined(separator: "\n") + "\n"
    }

    // MARK: Parts

    private func word(of obligation: OwedFeedback) -> String {
        switch obligation.state(on: period.last.closes) {
        case .owed(let due): "due on day \(due)"
        case .overdue(let since): "overdue since day \(since)"
        case .discharged(let day, _): "said on day \(day)"
        }
    }

    private func json(_ obligation: OwedFeedback) -> String {
        CanonicalText.object([
            ("authority", CanonicalText.string(obligation.authority.text)), ("due", "\(obligation.due)"),
            ("item", CanonicalText.string(obligation.item.text)),
            ("state", CanonicalText.string(obligation.state(on: period.last.closes).part.rawValue)),
        ])
    }

    private static func json(_ balance: Balance) -> String {
        CanonicalText.object([("earned", "\(balance.earned.count)"), ("penalty", "\(balance.penalty.count)")])
    }

    private static func json(_ entitlement: Entitlement) -> String {
        CanonicalText.object([
            ("expires", "\(entitlement.expires)"), ("id", CanonicalText.string(entitlement.id.text)),
            ("office", CanonicalText.string(entitlement.office.text)),
            ("state", CanonicalText.string(entitlement.state.part.rawValue)),
        ])
    }

    private static func json(_ line: StatementLine) -> String {
        let quality = line.lot.claim.quality
        return CanonicalText.object(
            [
                ("C", "\(quality.credibility)"), ("Q", "\(line.score)"), ("R", "\(quality.relevance)"),
                ("T", "\(quality.timeliness)"), ("U", "\(quality.novelty)"), ("base", "\(line.base.count)"),
                ("epoch", "\(line.lot.epoch)"), ("event", CanonicalText.string(line.lot.claim.key.event.rawValue)),
                ("from", CanonicalText.string(line.counterpart)),
                ("item", CanonicalText.string(line.lot.claim.key.item.text)), ("posted", "\(line.lot.amount.count)"),
                ("relevance", line.reason.map { CanonicalText.string($0.relevance) }),
                ("rho", "\(line.lot.reliability)"),
                ("novelty", line.reason.map { CanonicalText.string($0.novelty) }), ("worth", "\(line.lot.worth.count)"),
            ].sorted { $0.0 < $1.0 }
        )
    }

    private static func section(_ title: String, _ rows: [String]) -> [String] {
        rows.isEmpty ? [] : ["", title] + rows
    }

    private static func row(_ name: String, _ amount: Amount<MilliCredit>) -> String {
        "  " + name + String(repeating: " ", count: max(1, 40 - name.count - amount.text.count)) + amount.text
    }

    private static func table(_ rows: [[String]]) -> [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }.map { row in String(row.reversed().drop { $0 == " " }.reversed()) }
    }
}

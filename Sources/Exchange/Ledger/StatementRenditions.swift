/// The forms in which a statement goes out: each is made of the same value, and two that are equal have equal bytes.
extension GroupStatement {
    /// For machines: RFC 8785, amounts of credit in milli-credits.
    ///
    /// It is what others are shown, signed: so it tells of this ledger alone, and of what other authorities owe, or who
    /// asked whom, only the other forms do.
    public var json: [UInt8] { json(signature: nil) }

    /// The same with the exchange's signature in it: a compact JWS whose payload is all the rest (RFC 7515, F).
    public func signed(by signatory: some Signatory) -> [UInt8] {
        json(signature: CompactJWS(json, type: SignedStatement.type, by: signatory).detached)
    }

    private func json(signature: String?) -> [UInt8] {
        let sums = { (sums: [StatementSum]) in
            CanonicalText.object(sums.map { ($0.name, "\($0.amount)") })
        }
        let text = CanonicalText.object([
            (
                "clawed_back",
                CanonicalText.list(
                    takenBack.map { taken in
                        CanonicalText.object([
                            ("amount", "\(taken.amount.count)"), ("date", date(taken.day)),
                            ("item", CanonicalText.string(taken.item.text)),
                            ("reason", CanonicalText.string(taken.reason.rawValue)),
                        ])
                    }
                )
            ),
            ("closing", Self.json(closing)), ("counterparts", sums(counterparts)), ("decayed", "\(decayed.count)"),
            ("entitlements", CanonicalText.list(entitlements.map(json))),
            ("epoch_dates", CanonicalText.list([date(period.first.opens), date(period.last.closes)])),
            ("epochs", CanonicalText.list(["\(period.first.number)", "\(period.last.number)"])),
            ("events", sums(events)),
            ("feedback_owed", CanonicalText.list(owed.filter { $0.authority == authority }.map(json))),
            ("fined", "\(fined.count)"),
            (
                "fines",
                CanonicalText.list(
                    fines.map { fine in
                        CanonicalText.object([
                            ("amount", "\(fine.amount.count)"), ("date", date(fine.day)),
                            ("item", CanonicalText.string(fine.item.text)),
                        ])
                    }
                )
            ),
            ("group", CanonicalText.string(group.text)), ("lines", CanonicalText.list(lines.map(json))),
            ("not_itemised", "\(notItemised.count)"), ("opening", Self.json(opening)),
            ("overdue_authorities", CanonicalText.list(overdue.filter { $0.authority == authority }.map(json))),
            ("pool", CanonicalText.string(pool.text)), ("posted", "\(posted.count)"),
            ("reliability", "\(reliability)"), ("requests", sums(authority == nil ? requests : [])),
            ("share", "\(share)"),
            ("sightings", CanonicalText.list(sightings.map(json))),
            ("signature", signature.map { CanonicalText.string($0) }),
            (
                "standing",
                CanonicalText.object([
                    ("counted", "\(standing.counted.count)"), ("penalties", "\(standing.penalties.count)"),
                    ("remaining", "\(standing.remaining.count)"), ("total", "\(standing.total.count)"),
                ])
            ),
            ("terms", CanonicalText.list(terms.map(json))), ("tier", CanonicalText.string(tier.code)),
        ])
        return Array(text.utf8)
    }

    /// For spreadsheets: one row an item and event, with why R and U are what they are; what was taken back, fines,
    /// sightings, words that are owed, entitlements and lines of requests; then the totals.
    public var csv: String {
        let lines = lines.map { line in
            line.cells(period.days) + [line.reason.map { "R, \($0.relevance); U, \($0.novelty)" } ?? ""]
        }
        let rows = [StatementLine.columns + ["why"]] + lines + eventRows + standingRows + totalRows
        return rows.map { $0.map(Self.cell).joined(separator: ",") + "\r\n" }.joined()
    }

    /// What came of items, each in the epoch of its day.
    private var eventRows: [[String]] {
        let taken = takenBack.map { taken in
            row(of: taken.day, "clawed-back-\(taken.reason.rawValue)", taken.item.text, posted: (-taken.amount).text)
        }
        let fined = fines.map { row(of: $0.day, "fined-bad-faith", $0.item.text, posted: (-$0.amount).text) }
        let seen = sightings.map { row(of: $0.day, "sighting-\($0.refusal.rawValue)", $0.item.text) }
        return taken + fined + seen
    }

    /// What stands at the last close.
    ///
    /// What is owed has the day on which it is, or was, due, and an entitlement the day on which it expires.
    private var standingRows: [[String]] {
        let debts = owed.map { debt in
            row(of: debt.due, "feedback-\(state(of: debt).part.rawValue)", debt.item.text, debt.authority.text)
        }
        let vouchers = entitlements.map { held in
            row(of: held.expires, "entitlement-\(held.state.part.rawValue)", held.id.text, held.office.text)
        }
        let units = requests.map { row(of: period.last.closes, "request-units", "", $0.name, posted: "\($0.amount)") }
        return debts + vouchers + units
    }

    private var totalRows: [[String]] {
        let totals: [(String, Amount<MilliCredit>)] = [
            ("not-itemised", notItemised), ("posted", posted), ("decayed", -decayed),
            ("clawed-back", -takenBack.reduce(.zero) { $0 + $1.amount }), ("fined", -fined),
            ("closing", closing.earned), ("penalty", -closing.penalty), ("standing", standing.total),
        ]
        let shares = [("r", Amount<MilliCredit>(Int64(share)).text), ("rho", "\(reliability)"), ("tier", tier.code)]
        return [row(of: period.first.opens, "opening", posted: opening.earned.text)]
            + (totals.map { ($0, $1.text) } + shares).map { row(of: period.last.closes, $0, posted: $1) }
    }

    /// A row without the parts of an item's quality; of a day that is no epoch's of the period the epochs are all.
    private func row(
        of day: Int,
        _ event: String,
        _ item: String = "",
        _ from: String = "",
        posted: String = ""
    ) -> [String] {
        let (first, last) = (period.first, period.last)
        let all = first.number == last.number ? "\(last.number)" : "\(first.number) to \(last.number)"
        let isWithin = (first.opens..<last.closes).contains(day)
        let epoch = isWithin ? "\(last.number - (last.closes - 1 - day) / (last.closes - last.opens))" : all
        let parts = [String](repeating: "", count: StatementLine.columns.count - 6)
        return [epoch, period.days.date(of: day), event, item, from] + parts + [posted, ""]
    }

    private static func cell(_ text: String) -> String {
        text.contains(",") || text.contains("\"") ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }

    /// For people.
    public var text: String {
        var rows = [
            "Statement of \(group) in \(pool), epochs \(period.first.number) to \(period.last.number): "
                + "\(period.days.date(of: period.first.opens)) to \(period.days.date(of: period.last.closes))", "",
            Self.row("opening", opening.earned), Self.row("posted", posted), Self.row("decayed", -decayed),
            Self.row("clawed back", -takenBack.reduce(.zero) { $0 + $1.amount }), Self.row("closing", closing.earned),
        ]
        if fined != .zero { rows.append(Self.row("fined", -fined)) }
        if closing.penalty != .zero { rows.append(Self.row("penalty", -closing.penalty)) }
        rows.append(Self.row("standing", standing.total))
        if standing.counted != standing.remaining {
            rows.append(
                "  of \(standing.remaining.text): no more than a share counts of one counterpart, "
                    + "nor of feedback"
            )
        }
        rows.append("  r \(Amount<MilliCredit>(Int64(share)).text), rho \(reliability), tier \(tier.code)")
        if !lines.isEmpty { rows += [""] + Self.table([StatementLine.columns] + lines.map { $0.cells(period.days) }) }
        if notItemised != .zero { rows.append(Self.row("not itemised", notItemised)) }
        var told: Set<ID<LedgerItem>> = []
        for line in lines {
            guard let reason = line.reason, told.insert(line.lot.claim.key.item).inserted else { continue }
            rows.append("  \(line.lot.claim.key.item): R, \(reason.relevance); U, \(reason.novelty)")
        }
        rows += Self.section("By event", events.map { Self.row($0.name, Amount($0.amount)) })
        rows += Self.section("By counterpart", counterparts.map { Self.row($0.name, Amount($0.amount)) })
        rows += Self.section(
            "Clawed back",
            takenBack.map { Self.row("\($0.item) \(named($0.day)): \($0.reason.rawValue)", $0.amount) }
        )
        rows += Self.section("Fined", fines.map { Self.row("\($0.item) \(named($0.day)): bad-faith", $0.amount) })
        rows += Self.section(
            "Sightings that corroborated nothing",
            sightings.map { "  \($0.item) found on \(named($0.day)): \($0.refusal.rawValue)" }
        )
        rows += Self.section(
            "Feedback owed to you",
            owed.map { "  \($0.item) by \($0.authority), submitted on \(named($0.submitted)): \(word(of: $0))" }
        )
        rows += Self.section(
            "Overdue authorities",
            overdue.map { "  \($0.authority): \($0.count), the oldest since \(named($0.since))" }
        )
        rows += Self.section(
            "Entitlements",
            entitlements.map { held in
                let isOpen = [.available, .reserved].contains(held.state.part)
                return "  \(held.id) at \(held.office): \(held.state.part.rawValue)"
                    + (isOpen ? ", expires on \(named(held.expires))" : "")
            }
        )
        rows += Self.section("Request lines", requests.map { "  \($0.name): \($0.amount)" })
        if terms.contains(where: { $0.version > 0 }) { rows += Self.section("Terms", terms.map(row)) }
        return rows.joined(separator: "\n") + "\n"
    }

    // MARK: Parts

    private func state(of obligation: OwedFeedback) -> OwedFeedback.State { obligation.state(on: period.last.closes) }

    private func word(of obligation: OwedFeedback) -> String {
        switch state(of: obligation) {
        case .owed(let due): "due on \(named(due))"
        case .overdue(let since): "overdue since \(named(since))"
        case .discharged(let day, _): "said on \(named(day))"
        }
    }

    /// A day by its number and its date.
    private func named(_ day: Int) -> String { "day \(day) (\(period.days.date(of: day)))" }

    private func date(_ day: Int) -> String { CanonicalText.string(period.days.date(of: day)) }

    private func json(_ sighting: Sighting) -> String {
        CanonicalText.object([
            ("date", date(sighting.day)), ("item", CanonicalText.string(sighting.item.text)),
            ("reason", CanonicalText.string(sighting.refusal.rawValue)),
        ])
    }

    private func json(_ obligation: OwedFeedback) -> String {
        CanonicalText.object([
            ("authority", CanonicalText.string(obligation.authority.text)), ("due", "\(obligation.due)"),
            ("due_date", date(obligation.due)), ("item", CanonicalText.string(obligation.item.text)),
            ("state", CanonicalText.string(state(of: obligation).part.rawValue)),
            ("submitted", "\(obligation.submitted)"), ("submitted_date", date(obligation.submitted)),
        ])
    }

    private func json(_ overdue: OverdueAuthority) -> String {
        CanonicalText.object([
            ("authority", CanonicalText.string(overdue.authority.text)), ("count", "\(overdue.count)"),
            ("since", "\(overdue.since)"), ("since_date", date(overdue.since)),
        ])
    }

    private static func json(_ balance: Balance) -> String {
        CanonicalText.object([("earned", "\(balance.earned.count)"), ("penalty", "\(balance.penalty.count)")])
    }

    private func json(_ entitlement: Entitlement) -> String {
        CanonicalText.object([
            ("expires", "\(entitlement.expires)"), ("expires_date", date(entitlement.expires)),
            ("id", CanonicalText.string(entitlement.id.text)),
            ("office", CanonicalText.string(entitlement.office.text)),
            ("state", CanonicalText.string(entitlement.state.part.rawValue)),
        ])
    }

    private func json(_ line: StatementLine) -> String {
        let quality = line.lot.claim.quality
        return CanonicalText.object(
            [
                ("C", "\(quality.credibility)"), ("Q", "\(line.score)"), ("R", "\(quality.relevance)"),
                ("T", "\(quality.timeliness)"), ("U", "\(quality.novelty)"), ("base", "\(line.base.count)"),
                ("date", date(line.lot.day)), ("epoch", "\(line.lot.epoch)"),
                ("event", CanonicalText.string(line.lot.claim.key.event.rawValue)),
                ("from", CanonicalText.string(line.counterpart)),
                ("item", CanonicalText.string(line.lot.claim.key.item.text)), ("posted", "\(line.lot.amount.count)"),
                ("kind", CanonicalText.string(line.kind.rawValue)),
                ("relevance", line.reason.map { CanonicalText.string($0.relevance) }),
                ("rho", "\(line.lot.reliability)"),
                ("novelty", line.reason.map { CanonicalText.string($0.novelty) }), ("worth", "\(line.lot.worth.count)"),
            ].sorted { $0.0 < $1.0 }
        )
    }

    private func opening(of stage: TermsHistory.Stage) -> Int {
        period.last.opens + (stage.epoch - period.last.number) * (period.last.closes - period.last.opens)
    }

    private func json(_ stage: TermsHistory.Stage) -> String {
        let figures = stage.terms.changes.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        return CanonicalText.object([
            ("date", date(opening(of: stage))), ("epoch", "\(stage.epoch)"), ("figures", CanonicalText.object(figures)),
            ("version", "\(stage.version)"),
        ])
    }

    private func row(_ stage: TermsHistory.Stage) -> String {
        "  version \(stage.version) from epoch \(stage.epoch) (\(period.days.date(of: opening(of: stage)))) on: "
            + stage.terms.told
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

import Exchange
import Node
import Store
import TestSupport
import Testing

// What is done with advisories, and what everybody must see of all of it.

extension DossierHistory {
    // MARK: Advisories

    func publish() async throws {
        let (author, approver) = (try await session("customs"), try await session("lena"))
        let desk = node.advisories
        let content = try AdvisoryExchange.content(try pick(Self.people))
        let terms = try AdvisoryTerms(marking: .amber)
        let drafted = try await desk.draft(.subject, content, on: terms, in: "warnings", by: author)
        let name = AdvisoryName.id(drafted.id)
        let graded = try await desk.act(.action(.grade(Grade(.usually, .possible))), on: name, by: author)
        let digest = try #require(graded.pending).digest
        _ = try await desk.act(.action(.approve(digest: digest)), on: name, by: approver)
        _ = try await desk.act(.publish, on: name, by: author)
        let number = try await database.read { try AdvisoryRows.advisory(drafted.id, $0)?.number }
        advisories.append((try #require(number), drafted.id))
    }

    func poll(_ name: String) async throws {
        let question = Disclosure.Question(
            form: .objects,
            after: .zero,
            limit: 1_000,
            filter: ObjectFilter(versions: VersionFilter(all: true))
        )
        let pool = try #require(pool)
        let session = try await session(name)
        let page = try await node.disclosure.page(question, of: pool, to: session, over: .taxii).stored
        let given = Set(page.versions.map(\.shownID).filter { $0.hasPrefix("report--") })
        for (number, _) in advisories {
            let objects = try await database.read { try AdvisoryRows.renditions(of: number, $0).map(\.object) }
            for report in given.intersection(objects) {
                copies[name, default: []].insert(Copy(advisory: number, report: try STIXID(parsing: report)))
            }
        }
    }

    /// Somebody, and a copy that somebody has: it is the same one now and then.
    private func copy() throws -> (name: String, copy: Copy, isHeld: Bool)? {
        let all = copies.values.reduce(into: Set()) { $0.formUnion($1) }.sorted { $0.report < $1.report }
        guard let copy = all.randomElement(using: &random) else { return nil }
        let name = try pick(Self.readers)
        return (name, copy, copies[name]?.contains(copy) ?? false)
    }

    func say() async throws {
        guard let (name, copy, isHeld) = try copy() else { return }
        let speaker = try await session(name)
        let outcome = try pick(Outcome.allCases + [.reported, .falseMatch, .usefulContext, .reviewing])
        let got = try await verdict { try await node.reports.say(outcome, nil, on: copy.report, by: speaker) }
        keep(got, of: copy, isHeld, isSuspended(speaker))
        if case .done = got { #expect(outcome.speaker != .exchange) }
    }

    func confirm() async throws {
        guard let (name, copy, isHeld) = try copy() else { return }
        let speaker = try await session(name)
        guard let seen = observations.randomElement(using: &random), Bool.random(using: &random) else {
            let content = try content()
            let digest = Observation.digest(of: content.facts, salt: Self.salt)
            let got = try await verdict { try await node.reports.observe(digest, by: speaker).id }
            if case .done(let id) = got { observations.append((name, id, content)) }
            return
        }
        let got = try await verdict {
            try await node.reports.confirm(
                copy.report,
                with: seen.id,
                seen.content.facts,
                seen.content,
                salt: Self.salt,
                by: speaker
            )
        }
        keep(got, of: copy, isHeld, isSuspended(speaker))
        if case .done = got { #expect(seen.member == name) }
    }

    private static let salt = [UInt8](repeating: 7, count: Observation.saltBytesMin)

    private func keep(_ got: Verdict<Feedback>, of copy: Copy, _ isHeld: Bool, _ isSuspended: Bool) {
        if isSuspended { #expect(got == .refused) } else if !isHeld { #expect(got == .absent) }
        if case .done(let feedback) = got { said[copy.advisory, default: []].append(feedback) }
    }

    func recall() async throws {
        guard let (number, id) = advisories.randomElement(using: &random), Bool.random(using: &random) else { return }
        let customs = try await session("customs")
        let got = try await verdict {
            try await node.advisories.act(.action(.recall(.mistakenIdentity)), on: .id(id), by: customs).state
        }
        let isFirst = recalled.insert(number).inserted
        #expect(got == (isFirst ? .done(.recalled(.mistakenIdentity)) : .refused))
    }

    func acknowledge() async throws {
        guard let (name, copy, isHeld) = try copy() else { return }
        let reader = try await session(name)
        if Bool.random(using: &random) {
            let got = try await verdict {
                try await node.advisories.acknowledge(copy.report, nil, by: reader)
                return true
            }
            let isOwed = isHeld && recalled.contains(copy.advisory)
            #expect(got == (isOwed ? .done(true) : .absent))
            if isOwed { acknowledged[name, default: []].insert(copy.advisory) }
        } else {
            let decision = "\(UInt32.random(in: .min ... .max, using: &random))"
            let got = try await verdict {
                try await node.advisories.rely(on: copy.report, for: decision, by: reader) != nil
            }
            #expect(got == (isHeld ? .done(recalled.contains(copy.advisory)) : .absent))
            if isHeld { decisions[name, default: [:]][copy.advisory, default: []].append(decision) }
        }
    }

    // MARK: Checks

    /// Everybody sees what is its own to see, as it was acknowledged, and nothing else is there for it.
    func check() async throws {
        for name in Self.names {
            let session = try await session(name)
            try await checkReports(of: session)
            try await checkRequests(of: session)
            try await checkFeedback(name, session)
            if Self.readers.contains(name) { try await checkRecalls(name, session) }
        }
        for said in said.values {
            let told = said.map { [$0.member.text, $0.outcome.rawValue, $0.observation?.text ?? ""] }
            #expect(Set(told).count == told.count, "one said the same twice")
            let corroborations = said.filter { $0.outcome == .corroborated }.map(\.member)
            #expect(Set(corroborations).count == corroborations.count, "one corroborated twice")
        }
    }

    private func checkReports(of session: Session) async throws {
        let (reader, isOut, now) = (session.member.id, isSuspended(session), clock.now)
        for report in reports {
            let isParty = reader == report.member || reader == report.authority
            let got = try await verdict { try await node.reports.report(report.id, for: session) }
            #expect(got == (isOut ? .refused : isParty ? .done(report) : .absent))
            let seen = report.outcomes.filter { entry in
                reader == report.authority || isParty && (entry.embargo.map { now >= $0 } ?? true)
            }
            #expect(report.outcomes(for: reader, at: now) == seen)
        }
        let listed = try await verdict {
            try await node.reports.dossiers(Report.self, for: session, before: .max, upTo: 1_000).map(\.content)
        }
        let own = reports.reversed().filter { reader == $0.member || reader == $0.authority }
        #expect(listed == (isOut ? .refused : .done(own)))
    }

    private func checkRequests(of session: Session) async throws {
        let (reader, isOut) = (session.member.id, isSuspended(session))
        for request in requests {
            let isParty = reader == request.member || request.asked.contains(reader)
            let got = try await verdict { try await node.reports.request(request.id, for: session) }
            #expect(got == (isOut ? .refused : isParty ? .done(request) : .absent))
            let seen = request.answers.filter { reader == request.member || reader == $0.member }
            #expect(request.answers(for: reader) == seen)
        }
        let listed = try await verdict {
            try await node.reports.dossiers(InformationRequest.self, for: session, before: .max, upTo: 1_000)
                .map(\.content)
        }
        let own = requests.reversed().filter { reader == $0.member || $0.asked.contains(reader) }
        #expect(listed == (isOut ? .refused : .done(own)))
    }

    private func checkFeedback(_ name: String, _ session: Session) async throws {
        let member = session.member
        for (number, id) in advisories {
            let all = said[number] ?? []
            let held = (copies[name] ?? []).filter { $0.advisory == number }.map { AdvisoryName.report($0.report) }
            let others = copies.values.joined().filter { $0.advisory == number }.map { AdvisoryName.report($0.report) }
            let isOriginator = member.kind == .customs
            let seen = all.filter { feedback in
                if feedback.member == member.id { return true }
                return feedback.outcome == .reported ? member.kind == .fiu : isOriginator
            }
            for name in Set(others + [.id(id)]) {
                let got = try await verdict {
                    try await node.reports.feedback(on: name, for: session, upTo: 1_000).map(\.said)
                }
                if isSuspended(session) {
                    #expect(got == .refused)
                } else if isOriginator || held.contains(name) {
                    #expect(got == .done(seen))
                } else if case .report = name {
                    #expect(got == .absent)
                } else {
                    #expect(got == .absent || !held.isEmpty && got == .done(seen))
                }
            }
        }
    }

    private func checkRecalls(_ name: String, _ session: Session) async throws {
        let held = copies[name] ?? []
        for copy in held {
            let noted = try await node.advisories.reliances(on: copy.report, for: session, after: 0, upTo: 1_000)
            #expect(noted.map(\.decision) == decisions[name]?[copy.advisory] ?? [])
        }
        let owed = try await node.advisories.recalls(for: session, upTo: 1_000)
        #expect(owed.count == recalled.intersection(held.map(\.advisory)).count)
        #expect(owed.count { $0.owed.acknowledged != nil } == acknowledged[name]?.count ?? 0)
    }

    // MARK: Circumstances

    func suspend(_ name: String, _ isOut: Bool) async throws {
        let standing: Standing = isOut ? .suspended : .active
        _ = try await node.administration.changeMember(name) { $0.standing = standing }
        if isOut { suspended.insert(name) } else { suspended.remove(name) }
    }

    func link() async throws {
        let name = try pick(["bank", "carrier", "stranger"])
        let subjects = try content().subjects
        try await node.administration.link(name, to: subjects)
        for subject in subjects { links[name, default: []].formUnion(subject.marks) }
    }

    func reopen() async throws {
        await database.close()
        database = try await place.open()
        openCount += 1
        node = try await TestExchange.node(over: database, clock, seed: openCount)
    }
}

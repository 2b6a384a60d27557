public import Exchange
import Store

/// What a screening is answered from, by the quota of the caller's group.
extension ScreeningDesk {
    /// What is done once the quota is used up, which official lists never count against.
    public enum BeyondQuota: String, CaseIterable, Sendable {
        /// The call is refused, so that nobody takes an answer from some for one from all.
        case refuse
        /// It is answered from official lists alone, and says so.
        case official
    }

    /// What was looked at.
    public enum Scope: Hashable, Sendable {
        /// All that the caller asked of.
        /// - Parameter since: how far back advisories were told of; nil where as far as there are any.
        case all(since: Timestamp?)
        /// Official lists alone, since the quota is used up.
        case officialLists(Allowance)
    }

    /// What one call may be answered from.
    struct Leave {
        /// The question, of official lists alone where no more is left.
        var question: Question
        /// Whether it is counted: here what hits the members' own exposure says that it is exempt.
        var timing: Timing
        /// How far back it is told of what may be put off; nil for as far as there is anything.
        var since: Timestamp?
        /// What was left where that was too little.
        var short: Allowance?

        func scope(_ left: Allowance?) -> Scope {
            if let short { return .officialLists(short) }
            return .all(since: left == nil ? nil : since)
        }
    }

    /// What a call about so many may be answered from.
    /// - Throws: `AdvisoryFault.overQuota` where that is nothing.
    func leave(to count: Int, _ question: Question, _ session: Session) async throws -> Leave {
        let (now, timing) = (surroundings.clock(), self.timing(question, session))
        var leave = Leave(question: question, timing: timing)
        guard case .discretionary(let taking) = timing else { return leave }
        let held = try await quotas.allowance(.screenings, taking, for: session, at: now)
        guard held.less(count) == nil else {
            leave.since = quotas.history(of: taking, for: session, at: now)
            return leave
        }
        switch question.beyondQuota {
        case .refuse: throw AdvisoryFault.overQuota(held, asked: count)
        case .official:
            leave.question.isOfficial = true
            leave.timing = .exempt(Exempt(.officialList))
            leave.short = held
            return leave
        }
    }

    /// Whether a call is counted, by the pools that it is answered from.
    private func timing(_ question: Question, _ session: Session) -> Timing {
        let now = surroundings.clock()
        let asked = live.directory.pools.values.filter { question.asks($0, at: now) && $0.isRead(by: session.member) }
        return Timing(screening: asked.map(\.kind), by: session.member.kind)
    }

    /// What a reader's watch lists are compared with: as far back as its tier has it, and uncounted, like all that is
    /// pushed.
    func watched(by session: Session) -> ScreeningSight {
        let question = Question()
        var leave = Leave(question: question, timing: timing(question, session))
        if case .discretionary(let taking) = leave.timing {
            leave.since = quotas.history(of: taking, for: session, at: surroundings.clock())
        }
        return sight(leave, session)
    }

    /// What is left once a call is answered.
    enum Left {
        /// It was not counted.
        case uncounted
        case counted(Allowance)
        /// Somebody took it meanwhile.
        case gone
    }

    /// What is left once a call is answered, as the transaction sees it that answers it.
    func left(after count: Int, _ leave: Leave, _ session: Session, _ transaction: Transaction) throws -> Left {
        guard case .discretionary(let taking) = leave.timing else { return .uncounted }
        do {
            let group = session.member.group
            return .counted(try quotas.left(after: count, of: .screenings, taking, by: group, in: transaction))
        } catch AdvisoryFault.overQuota {
            return .gone
        }
    }
}

extension ScreeningDesk.Question {
    /// Whether a pool is looked at, where the caller reads it.
    func asks(_ pool: Pool, at now: Timestamp) -> Bool {
        !pool.hasEnded(at: now) && pools?.contains(pool.name) != false && !without.contains(pool.name)
            && (!isOfficial || pool.kind == .officialList)
    }
}

/// What may follow what.
extension Advisory {
    /// Characters, as code points, of the value that a grade was converted from.
    static let gradeOriginalCharactersMax = 64

    /// The advisory after one action of its originator; what time alone changed until `now` comes first.
    /// - Parameter reviewDays: how long one that names a person may stand without review, by its pool's terms.
    /// - Throws: `LifecycleRefusal`; then the advisory stays as it is.
    public func after(
        _ action: AdvisoryAction,
        by actor: ActingPrincipal,
        at now: Timestamp,
        reviewDays: Int = Self.reviewDaysUsual
    ) throws(LifecycleRefusal) -> Advisory {
        guard actor.member == member else { throw .notOriginator }
        guard !actor.roles.isDisjoint(with: action.roles) else {
            throw .missingRole(oneOf: action.roles.sorted())
        }
        var next = elapsed(at: now)
        let attribution = actor.attribution(at: now)
        switch action {
        case .edit(let content, let terms):
            try next.check(content, terms, at: now)
            try next.change(action) { $0.edit(content, on: terms, by: attribution) }
        case .grade(let grade):
            try Self.check(grade)
            try next.change(action) { $0.grade(grade, by: attribution) }
        case .confirmGrade:
            try next.change(action) { version throws(LifecycleRefusal) in try version.confirm(by: attribution) }
        case .approve(let digest):
            try next.change(action) { version throws(LifecycleRefusal) in
                guard version.progress != .draft else { throw .notGraded }
                try version.approve(digest, by: attribution)
            }
        case .publish(let reference): try next.publish(reference, now, reviewDays)
        case .amend(let content, let terms, let what, let why):
            try next.check(content, terms, at: now)
            try next.amend(content, terms, try Self.note(what, why), attribution)
        case .publishAmendment: try next.publishAmendment(now, reviewDays)
        case .review(let until): try next.review(until, now, reviewDays)
        case .withdraw(let reason): try next.withdraw(reason, now)
        case .recall(let reason): try next.recall(reason, now)
        case .ratify(let digest): try next.ratify(digest, attribution)
        case .erase(let reason): try next.erase(reason, attribution)
        }
        return next
    }

    /// The advisory after somebody disputes it, which the exchange's dispute handling says, not its originator.
    public func disputed(at now: Timestamp) throws(LifecycleRefusal) -> Advisory {
        var next = elapsed(at: now)
        if case .restricted = next.stage { return next }
        guard case .published(let release) = next.stage else { throw .wrongState(next.state, action: "dispute") }
        next.stage = .restricted(release, since: now)
        return next
    }

    /// The advisory after its pool ended before it was out.
    public func expired(at now: Timestamp) -> Advisory {
        guard let release, !state.isFinal else { return self }
        var next = self
        next.stage = .expired(release, at: now)
        return next
    }

    /// The advisory after the dispute was settled in its favour, by an approver of the originator who did not write it.
    public func settled(by actor: ActingPrincipal, at now: Timestamp) throws(LifecycleRefusal) -> Advisory {
        guard actor.member == member else { throw .notOriginator }
        guard actor.roles.contains(.approver) else { throw .missingRole(oneOf: [.approver]) }
        var next = elapsed(at: now)
        guard !next.version.isOwn(actor.principal) else { throw .ownWork }
        guard case .restricted(let release, _) = next.stage else {
            throw .notDisputed(next.state)
        }
        next.stage = .published(release)
        return next
    }

    // MARK: Steps

    /// Changes the version that is being drafted.
    private mutating func change(
        _ action: AdvisoryAction,
        _ change: (inout AdvisoryVersion) throws(LifecycleRefusal) -> Void
    ) throws(LifecycleRefusal) {
        switch stage {
        case .pending: try change(&version)
        case .published(let release), .restricted(let release, _):
            guard var amendment else { throw noAmendment(action, release) }
            try change(&amendment)
            self.amendment = amendment
        case .discarded, .expired, .withdrawn, .recalled: throw .wrongState(state, action: action.name)
        }
    }

    /// What readers see changes by an amendment alone.
    private func noAmendment(_ action: AdvisoryAction, _ release: AdvisoryRelease) -> LifecycleRefusal {
        release.isRatified ? .noAmendment(state, action: action.name) : .notRatified(state, action: action.name)
    }

    private mutating func publish(
        _ reference: AdvisoryReference,
        _ now: Timestamp,
        _ reviewDays: Int
    ) throws(LifecycleRefusal) {
        guard case .pending = stage else { throw .wrongState(state, action: "publish") }
        let approval = try version.soundApproval()
        guard approval != nil || kind == .safety else { throw .notApproved }
        var release = AdvisoryRelease(
            reference: reference,
            first: now,
            last: now,
            review: nil,
            isRatified: approval != nil
        )
        release.review = try Self.review(terms.review, content, now, reviewDays, cap: release.cap)
        if let approval { approvals.append(approval) }
        stage = .published(release)
    }

    private mutating func amend(
        _ content: AdvisoryContent,
        _ terms: AdvisoryTerms,
        _ note: ChangeNote,
        _ author: Attribution
    ) throws(LifecycleRefusal) {
        try needStanding("amend")
        guard content.tearline != nil || version.content.tearline == nil else { throw .tearlineMissing }
        amendment = AdvisoryVersion(version.number + 1, content, on: terms, by: author, change: note)
    }

    private mutating func publishAmendment(_ now: Timestamp, _ reviewDays: Int) throws(LifecycleRefusal) {
        let release = try needStanding(AdvisoryAction.publishAmendment.name)
        guard let amendment else { throw noAmendment(AdvisoryAction.publishAmendment, release) }
        if let hold = amendment.hold { throw .waiting(until: hold.until) }
        guard try amendment.soundApproval() != nil else { throw .notApproved }
        guard amendment.content.tearline != nil || version.content.tearline == nil else { throw .tearlineMissing }
        let out = max(now, amendment.terms.embargo ?? now)
        let review = try Self.review(amendment.terms.review, amendment.content, out, reviewDays, cap: release.cap)
        // What is out stays as it is until then: it is what may be disputed, ratified and recalled.
        let isOut = version.terms.embargo.map { $0 <= now } ?? true
        guard isOut, out > now else { return placeAmendment(until: review, at: now) }
        self.amendment?.hold(Hold(until: out, review: review))
    }

    /// Puts the approved amendment in the published version's place.
    mutating func placeAmendment(until review: Timestamp?, at now: Timestamp) {
        guard var release, var amendment, let approval = amendment.approval else {
            preconditionFailure("an amendment that is published stands approved beside what is out")
        }
        amendment.hold(nil)
        release.review = review
        release.last = now
        release.isRatified = true
        let kept = Set(amendment.content.parts)
        retired += version.content.parts.filter { !kept.contains($0) }
            .map { RetiredPart(part: $0, number: amendment.number, told: nil) }
        approvals.append(approval)
        if let change = amendment.change { changes.append(change) }
        version = amendment
        self.amendment = nil
        replace(release)
    }

    private mutating func review(
        _ until: Timestamp?,
        _ now: Timestamp,
        _ reviewDays: Int
    ) throws(LifecycleRefusal) {
        var release = try needStanding("review")
        release.review = try Self.review(until, content, now, reviewDays, cap: release.cap)
        replace(release)
    }

    private mutating func withdraw(_ reason: WithdrawalReason, _ now: Timestamp) throws(LifecycleRefusal) {
        switch stage {
        case .pending: stage = .discarded(reason, at: now)
        case .published(let release), .restricted(let release, _): stage = .withdrawn(reason, release, at: now)
        case .discarded, .expired, .withdrawn, .recalled: throw .wrongState(state, action: "withdraw")
        }
        amendment = nil
    }

    private mutating func recall(_ reason: RecallReason, _ now: Timestamp) throws(LifecycleRefusal) {
        guard reason != .unratified else { throw .reservedReason }
        switch stage {
        case .published(let release), .restricted(let release, _), .expired(let release, _),
            .withdrawn(_, let release, _):
            stage = .recalled(reason, release, at: now)
        case .pending, .discarded, .recalled: throw .wrongState(state, action: "recall")
        }
        amendment = nil
    }

    private mutating func ratify(_ digest: [UInt8], _ attribution: Attribution) throws(LifecycleRefusal) {
        var release = try needStanding("ratify")
        guard !release.isRatified else { throw .nothingToRatify }
        try version.approve(digest, by: attribution)
        if let approval = version.approval { approvals.append(approval) }
        release.isRatified = true
        replace(release)
    }

    // MARK: Rules

    /// Refuses content and terms that are not of its kind; an embargo or a review date that has passed since it had it
    /// may stay.
    private func check(
        _ content: AdvisoryContent,
        _ terms: AdvisoryTerms,
        at now: Timestamp
    ) throws(LifecycleRefusal) {
        try Self.check(content, terms, as: kind)
        let known = [version, amendment].map { $0?.terms.embargo }
        if !known.contains(terms.embargo) { try Self.check(embargo: terms.embargo, at: now) }
        if ![version, amendment].map({ $0?.terms.review }).contains(terms.review) {
            try Self.check(review: terms, content, at: now)
        }
    }

    @discardableResult
    private func needStanding(_ action: String) throws(LifecycleRefusal) -> AdvisoryRelease {
        switch stage {
        case .published(let release), .restricted(let release, _): release
        case .pending, .discarded, .expired, .withdrawn, .recalled: throw .wrongState(state, action: action)
        }
    }

    private mutating func replace(_ release: AdvisoryRelease) {
        switch stage {
        case .published: stage = .published(release)
        case .restricted(_, let since): stage = .restricted(release, since: since)
        case .pending, .discarded, .expired, .withdrawn, .recalled:
            preconditionFailure("only what stands has a release to replace")
        }
    }

    /// The review date that follows from what was wished: after now, never beyond the cap, and for one that names a
    /// person never beyond the pool's time.
    static func review(
        _ wished: Timestamp?,
        _ content: AdvisoryContent,
        _ now: Timestamp,
        _ reviewDays: Int,
        cap: Timestamp
    ) throws(LifecycleRefusal) -> Timestamp? {
        let usual = now.advanced(by: .seconds(reviewDays * 86_400))
        guard let wished else { return content.namesPerson ? min(usual, cap) : nil }
        let latest = content.namesPerson ? min(usual, cap) : cap
        guard wished > now else { throw .reviewPast }
        guard wished <= latest else { throw .reviewLate(latest: latest) }
        return wished
    }

    private static func note(_ what: String, _ why: String) throws(LifecycleRefusal) -> ChangeNote {
        do throws(ContentFault) {
            try ContentRule.text(what, "what", charactersMax: ChangeNote.textCharactersMax)
            try ContentRule.text(why, "why", charactersMax: ChangeNote.textCharactersMax)
        } catch {
            throw .content(error)
        }
        return ChangeNote(what: what, why: why)
    }

    private static func check(_ grade: Grade) throws(LifecycleRefusal) {
        guard let original = grade.original else { return }
        do throws(ContentFault) {
            try ContentRule.text(original, "grade.original", charactersMax: gradeOriginalCharactersMax)
        } catch {
            throw .content(error)
        }
    }
}

extension AdvisoryVersion {
    /// Its approval, checked again to be for exactly this and by a second person; nil while there is none.
    fileprivate func soundApproval() throws(LifecycleRefusal) -> Approval? {
        guard let approval else { return nil }
        guard approval.digest == digest, approval.number == number else { throw .changedSince }
        guard !isOwn(approval.by.principal) else { throw .ownWork }
        return approval
    }

    fileprivate mutating func confirm(by attribution: Attribution) throws(LifecycleRefusal) {
        guard let grading else { throw .notGraded }
        guard !isOwn(attribution.principal), grading.by.principal != attribution.principal else { throw .ownWork }
        confirmGrade(by: attribution)
    }

    fileprivate mutating func approve(_ seen: [UInt8], by attribution: Attribution) throws(LifecycleRefusal) {
        guard !isOwn(attribution.principal) else { throw .ownWork }
        if needsOtherUnit {
            let units = writers.map(\.unit)
            guard let unit = attribution.unit, !units.contains(nil), !units.contains(unit) else { throw .sameUnit }
        }
        if let approval { throw .approved(by: approval.by.principal) }
        guard seen == digest else { throw .changedSince }
        approve(by: attribution)
    }
}

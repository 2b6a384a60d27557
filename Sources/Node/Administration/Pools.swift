public import Exchange
import Store

/// Pools, their terms, and who is enrolled in them.
extension Administration {
    /// Adds a pool.
    public func addPool(
        _ name: Name,
        _ kind: PoolKind,
        _ terms: PoolTerms
    ) async throws(AdministrationFault) -> Pool {
        let id = ID<Pool>(surroundings.uuid())
        return try await write { transaction, directory in
            guard directory.pool(named: name) == nil else {
                throw AdministrationFault.taken(field: "name", rule: "a pool is called \(name) already")
            }
            try Self.check(terms, of: kind)
            try Self.checkEnd(terms.ends, field: "ends", "leave it out for none", at: transaction.now)
            let pool = Pool(
                id: id,
                number: transaction.nextTick().microseconds,
                name: name,
                kind: kind,
                terms: terms
            )
            try transaction.add(pool)
            guard let force = terms.force, let lead = directory.members[force.lead] else { return pool }
            return try Self.enrol(lead, in: pool, Enrolment(reads: true, writes: true), transaction)
        }
    }

    /// Changes the terms of the pool called `name`.
    public func changePool(
        _ name: String,
        _ change: @escaping @Sendable (inout PoolTerms) throws(AdministrationFault) -> Void
    ) async throws(AdministrationFault) -> Pool {
        try await write { transaction, directory in
            var pool = try Self.pool(name, directory)
            let before = pool.terms
            try change(&pool.terms)
            try Self.check(pool.terms, of: pool.kind)
            try Self.checkForce(of: pool, since: before, at: transaction.now)
            if pool.terms.ends != before.ends {
                try Self.checkEnd(pool.terms.ends, field: "ends", "to close it now, suspend it", at: transaction.now)
            }
            try transaction.change(pool)
            return pool
        }
    }

    private static func check(_ terms: PoolTerms, of kind: PoolKind) throws(AdministrationFault) {
        switch kind {
        case .sharing:
            guard terms.force != nil else { return }
            guard terms.ends != nil else { throw .invalid(field: "ends", rule: "is needed: a task force has an end") }
            for (field, audience) in [("reading", terms.reading), ("writing", terms.writing)] {
                guard audience != .enrolled else { continue }
                throw .invalid(field: field, rule: "must be enrolled: a task force is for those who joined it")
            }
        case .officialList, .inbox:
            guard terms.force == nil else {
                throw .invalid(field: "lead", rule: "an \(kind.rawValue) is no task force; leave it out")
            }
            guard terms.release == .secondPerson else { return }
            throw .invalid(field: "second_person", rule: "an \(kind.rawValue) is taken over as it is; leave it out")
        }
    }

    /// A pool is a task force from its beginning, its lead takes part, and its end is final.
    private static func checkForce(
        of pool: Pool,
        since before: PoolTerms,
        at now: Timestamp
    ) throws(AdministrationFault) {
        guard let force = pool.terms.force else { return }
        guard before.force != nil else {
            throw .invalid(field: "lead", rule: "a pool is a task force from its beginning; add another with a lead")
        }
        guard pool.enrolled[force.lead]?.reads == true else {
            throw .invalid(field: "lead", rule: "must read the pool; enrol it first")
        }
        if let end = before.ends, end <= now {
            throw .invalid(field: "ends", rule: "the task force has ended, which is final; add another")
        }
    }

    /// Gives a member rights in a pool beside what its terms give to all; nil takes them away.
    public func enrol(
        _ member: String,
        in pool: String,
        _ enrolment: Enrolment?
    ) async throws(AdministrationFault) -> Pool {
        try await write { transaction, directory in
            let pool = try Self.pool(pool, directory)
            let member = try Self.member(member, directory)
            if let force = pool.terms.force, force.lead == member.id, enrolment?.reads != true {
                throw AdministrationFault.invalid(
                    field: "member",
                    rule: "leads the task force; name another lead first"
                )
            }
            if pool.kind == .inbox, enrolment?.reads == true { try Self.checkOwner(member, of: pool) }
            return try Self.enrol(member, in: pool, enrolment, transaction)
        }
    }

    /// An inbox is one authority's.
    private static func checkOwner(_ member: Member, of pool: Pool) throws(AdministrationFault) {
        guard member.kind.isAuthority else {
            throw .invalid(field: "reads", rule: "is for an authority: it is to it that members report here")
        }
        guard pool.owner == nil || pool.owner == member.id else {
            throw .invalid(field: "reads", rule: "is for one member, and another has it; end its enrolment first")
        }
    }

    /// Who joins a task force raises its cohort; who is in it stays what it is, and who leaves it stays known.
    private static func enrol(
        _ member: Member,
        in pool: Pool,
        _ enrolment: Enrolment?,
        _ transaction: Transaction
    ) throws -> Pool {
        var (pool, enrolment) = (pool, enrolment)
        if pool.terms.force != nil {
            let held = pool.enrolled[member.id]
            let isNew = enrolment != nil && held?.takesPart != true
            if isNew { pool.cohort += 1 }
            if enrolment == nil, held != nil { enrolment = Enrolment(reads: false, writes: false) }
            enrolment?.joining = isNew ? Joining(cohort: pool.cohort) : held?.joining ?? Joining()
        }
        try transaction.enrol(member, in: pool, enrolment)
        pool.enrolled[member.id] = enrolment
        return pool
    }
}

import Exchange
import Store

extension LiveState {
    /// Everybody, and the caller, as a transaction sees them, where the caller may act at all.
    /// - Parameter evenSuspended: whether a member may that is suspended: to take back, to acknowledge, to settle what
    ///   is its own.
    func acting(
        _ session: Session,
        evenSuspended: Bool = false,
        in transaction: Transaction
    ) throws -> (Directory, Reader) {
        guard let (directory, reader) = try present(session, in: transaction) else { throw AdvisoryFault.ended }
        try reader.checkBusiness(evenSuspended: evenSuspended)
        return (directory, reader)
    }
}

extension GroupCommit {
    /// Writes what a caller does, as it is when that is written.
    func write<Output: Sendable>(
        by session: Session,
        _ live: LiveState,
        _ body: @escaping @Sendable (Transaction, Directory, Reader) throws -> Output
    ) async throws(AdvisoryFault) -> Output {
        do {
            return try await write { transaction in
                let (directory, reader) = try live.acting(session, in: transaction)
                return try body(transaction, directory, reader)
            }
        } catch {
            throw AdvisoryFault(error)
        }
    }
}

extension Reader {
    /// Refuses who has no part in what members tell one another, before anything is looked up.
    /// - Parameter evenSuspended: whether this is for a suspended member, too.
    func checkBusiness(evenSuspended: Bool) throws(AdvisoryFault) {
        guard AccessPolicy.isBusiness(of: principal) else {
            throw .forbidden("this is the members' business: the role operator alone has no part in it")
        }
        guard evenSuspended || member.standing == .active else {
            throw .forbidden(
                "\(member.name) is suspended: until it is resumed it may take back what it said, and acknowledge recalls"
            )
        }
    }

    /// Refuses who does not read for a member, before anything is looked up.
    func checkReads() throws(AdvisoryFault) {
        try checkBusiness(evenSuspended: false)
        guard principal.roles.contains(.reader) else {
            throw .forbidden("the role reader is needed: whoever reads nothing is told of nobody")
        }
    }
}

extension AdvisoryDesk.Step {
    /// Whether it only takes back what was said: a suspended member may do that.
    var takesBack: Bool {
        switch self {
        case .action(.withdraw), .action(.recall), .action(.erase): true
        case .action, .publish: false
        }
    }
}

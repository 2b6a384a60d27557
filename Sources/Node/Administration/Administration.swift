public import Exchange
import Foundation
public import Store

/// Why an administrative change was not made.
///
/// Nothing was changed.
public enum AdministrationFault: Error, Sendable {
    /// A value breaks a rule; the text says which and how to mend it.
    case invalid(field: String, rule: String)
    /// Nothing has that name.
    case absent(String)
    /// Something already has that name or secret.
    case taken(field: String, rule: String)
    case notStored(WriteFault)
}

/// What an operator does to the directory.
///
/// The caller has made sure that it is one.
public final class Administration: Sendable {
    let live: LiveState
    let commits: GroupCommit
    let surroundings: Surroundings
    let authentication: Authentication
    let own: OwnKey

    /// Puts it together from its parts.
    public init(
        _ live: LiveState,
        _ commits: GroupCommit,
        _ surroundings: Surroundings,
        _ authentication: Authentication,
        _ own: OwnKey
    ) {
        self.live = live
        self.commits = commits
        self.surroundings = surroundings
        self.authentication = authentication
        self.own = own
    }

    /// Everybody and everything, as it is now.
    public var directory: Directory { live.directory }

    // MARK: Members

    /// What a new member is made of.
    public struct NewMember: Sendable {
        /// Its unique name.
        public var name: Name
        /// What people call it.
        public var title: String
        /// What kind it is.
        public var kind: MemberKind
        /// Its trade.
        public var sector: String
        /// ISO 3166-1 alpha-2.
        public var jurisdiction: String
        /// Its ownership group; nil when it stands alone.
        public var group: Name?
        /// How large it is.
        public var size: SizeClass

        /// Puts it together from its parts.
        public init(
            name: Name,
            title: String,
            kind: MemberKind,
            sector: String,
            jurisdiction: String,
            group: Name?,
            size: SizeClass = .medium
        ) {
            self.name = name
            self.title = title
            self.kind = kind
            self.sector = sector
            self.jurisdiction = jurisdiction
            self.group = group
            self.size = size
        }
    }

    /// Adds a member.
    public func add(_ new: NewMember) async throws(AdministrationFault) -> Member {
        let id = ID<Member>(surroundings.uuid())
        return try await write { transaction, directory in
            guard directory.member(named: new.name) == nil else {
                throw AdministrationFault.taken(field: "name", rule: "a member is called \(new.name) already")
            }
            guard new.group != nil || directory.groups[new.name] == nil else {
                throw AdministrationFault.taken(
                    field: "group",
                    rule: "\(new.name) is an ownership group of others already, whose accounts are one; name the group "
                        + "that it is of (--group), which may be this one"
                )
            }
            let member = Member(
                id: id,
                number: transaction.nextTick().microseconds,
                name: new.name,
                title: new.title,
                kind: new.kind,
                sector: new.sector,
                jurisdiction: new.jurisdiction,
                group: new.group ?? new.name,
                size: new.size,
                standing: .active
            )
            try transaction.add(member)
            return member
        }
    }

    /// Changes the member called `name`, and what it was is what `change` gets.
    ///
    /// An end of a fact that is new to it must lie ahead.
    public func changeMember(
        _ name: String,
        _ change: @escaping @Sendable (inout Member) throws(AdministrationFault) -> Void
    ) async throws(AdministrationFault) -> Member {
        try await write { transaction, directory in
            var member = try Self.member(name, directory)
            let before = member.facts
            try change(&member)
            try Self.checkEnds(member.facts, instead: before, field: "facts", at: transaction.now)
            try transaction.change(member)
            // What its new owner declared is hidden from it, too.
            try Self.noteConflicts(since: directory, in: transaction)
            return member
        }
    }

    // MARK: Principals

    /// Adds a principal to a member.
    /// - Parameter clearances: compartments, each with its end, which must lie ahead; nil where it has none.
    public func addPrincipal(
        _ name: Name,
        of member: String,
        roles: Set<Role>,
        unit: Name? = nil,
        clearances: [Name: Timestamp?] = [:]
    ) async throws(AdministrationFault) -> Principal {
        let id = ID<Principal>(surroundings.uuid())
        return try await write { transaction, directory in
            guard directory.principal(named: name) == nil else {
                throw AdministrationFault.taken(field: "name", rule: "a principal is called \(name) already")
            }
            let member = try Self.member(member, directory)
            try Self.checkEnds(clearances, field: "clearances", at: transaction.now)
            let principal = Principal(
                id: id,
                number: transaction.nextTick().microseconds,
                name: name,
                member: member.id,
                roles: roles,
                standing: .active,
                unit: unit,
                clearances: clearances
            )
            try transaction.add(principal, of: member)
            return principal
        }
    }

    /// Changes the principal called `name`.
    ///
    /// An end of a clearance that is new to it must lie ahead.
    public func changePrincipal(
        _ name: String,
        _ change: @escaping @Sendable (inout Principal) throws(AdministrationFault) -> Void
    ) async throws(AdministrationFault) -> Principal {
        try await write { transaction, directory in
            var principal = try Self.principal(name, directory)
            let before = principal.clearances
            try change(&principal)
            try Self.checkEnds(principal.clearances, instead: before, field: "clearances", at: transaction.now)
            try transaction.change(principal)
            return principal
        }
    }

    // MARK: Credentials

    /// What a new credential proves a principal by.
    public enum NewProof: Sendable {
        case token, password
        case certificate(fingerprint: [UInt8])
        case uri(String)
    }

    /// Makes a credential.
    ///
    /// A token or password is given out here, once, and nowhere kept.
    /// - Parameter purposes: what it may be used for; the first is what a request that names none is for.
    public func addCredential(
        _ new: NewProof,
        for principal: String,
        expires: Timestamp?,
        purposes: [Purpose] = [.monitoring]
    ) async throws(AdministrationFault) -> (credential: Credential, secret: String?) {
        try Self.check(purposes)
        let id = ID<Credential>(surroundings.uuid())
        let (secret, proof) = try await proof(new)
        let credential = try await write { transaction, directory in
            let principal = try Self.principal(principal, directory)
            try Self.checkEnd(expires, field: "expires", "leave it out for none", at: transaction.now)
            if let other = directory.credentials.values.first(where: { $0.proof == proof }) {
                let holder = directory.principals[other.principal]?.name.text ?? "nobody"
                throw AdministrationFault.taken(
                    field: proof.isURI ? "uri" : "certificate",
                    rule: "is that of credential \(other.id) of \(holder)"
                        + (other.isRevoked ? ", and what was revoked never counts again; use another" : "")
                )
            }
            let credential = Credential(
                id: id,
                number: transaction.nextTick().microseconds,
                principal: principal.id,
                proof: proof,
                expires: expires,
                isRevoked: false,
                purposes: purposes
            )
            try transaction.add(credential, of: principal)
            return credential
        }
        return (credential, secret)
    }

    private func proof(_ new: NewProof) async throws(AdministrationFault) -> (String?, Proof) {
        switch new {
        case .token: return authentication.newToken()
        case .password:
            guard let made = await authentication.newPassword() else {
                throw .invalid(field: "type", rule: "a password could not be made; use a token")
            }
            return made
        case .certificate(let fingerprint): return (nil, .certificate(fingerprint: fingerprint))
        case .uri(let uri): return (nil, .uri(uri))
        }
    }

    /// Changes a credential.
    ///
    /// Revocation is for good and acts at once.
    public func changeCredential(
        _ id: String,
        _ change: @escaping @Sendable (inout Credential) throws(AdministrationFault) -> Void
    ) async throws(AdministrationFault) -> Credential {
        try await write { transaction, directory in
            guard var credential = ID<Credential>(parsing: id).flatMap({ directory.credentials[$0] }) else {
                throw AdministrationFault.absent("no credential has the id \(id)")
            }
            let before = credential.expires
            try change(&credential)
            try Self.check(credential.purposes)
            if credential.expires != before {
                let fix = "to end it now, revoke it"
                try Self.checkEnd(credential.expires, field: "expires", fix, at: transaction.now)
            }
            try transaction.change(credential)
            return credential
        }
    }

    // MARK: Parts

    /// Runs `body` with the directory as the transaction itself sees it.
    func write<Output: Sendable>(
        _ body: @escaping @Sendable (Transaction, Directory) throws -> Output
    ) async throws(AdministrationFault) -> Output {
        do {
            return try await commits.write { transaction in
                try Gains.give(in: transaction) {
                    try body(transaction, try DirectoryRows.directory(transaction.connection))
                }
            }
        } catch let fault as AdministrationFault {
            throw fault
        } catch let fault as WriteFault {
            throw .notStored(fault)
        } catch {
            throw .notStored(.notCommitted(.statement(String(describing: error))))
        }
    }

    static func member(_ name: String, _ directory: Directory) throws(AdministrationFault) -> Member {
        guard let member = Name(name).flatMap({ directory.member(named: $0) }) else {
            throw .absent("no member is called \(name)")
        }
        return member
    }

    private static func principal(_ name: String, _ directory: Directory) throws(AdministrationFault) -> Principal {
        guard let principal = Name(name).flatMap({ directory.principal(named: $0) }) else {
            throw .absent("no principal is called \(name)")
        }
        return principal
    }

    static func pool(_ name: String, _ directory: Directory) throws(AdministrationFault) -> Pool {
        guard let pool = Name(name).flatMap({ directory.pool(named: $0) }) else {
            throw .absent("no pool is called \(name)")
        }
        return pool
    }
}

extension Proof {
    fileprivate var isURI: Bool {
        switch self {
        case .uri: true
        case .token, .password, .certificate: false
        }
    }
}

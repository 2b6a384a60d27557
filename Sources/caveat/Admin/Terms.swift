import ArgumentParser

/// A closed set of values that an option takes and a request carries.
protocol Term: RawRepresentable<String>, CaseIterable, ExpressibleByArgument, Encodable, Sendable {}

/// What a member is.
enum MemberKind: String, Term {
    case customs, police, fiu, regulator, bank
    case freightForwarder = "freight-forwarder"
    case carrier, port, energy, ngo, exchange
}

/// What a principal may do for its member.
enum Role: String, Term {
    case reader, reporter, publisher, approver, officer, auditor, `operator`
}

/// How a principal proves who it is.
enum CredentialType: String, Term {
    case token, password, certificate
}

/// What a pool is for.
enum PoolKind: String, Term {
    case sharing
    case officialList = "official-list"
}

/// Who reads a pool.
enum Reading: String, Term {
    case everyone, authorities, enrolled
}

/// Who writes to a pool.
enum Writing: String, Term {
    case everyone, authorities, enrolled, nobody
}

/// A TLP 2.0 level as it is typed.
enum MarkingCode: String, Term {
    case clear, green, amber
    case amberStrict = "amber+strict"
    case red
}

public import Exchange
import Store

/// What the access decision rests on beside members, principals, credentials and pools.
extension Administration {
    // MARK: Links

    /// Declares who or what a member is or is linked to: no advisory about one of them exists for its ownership group.
    ///
    /// Marks of them are kept, not what they are; there is no way back, since what was declared stays true.
    public func link(_ member: String, to subjects: [Subject]) async throws(AdministrationFault) {
        for (place, subject) in subjects.enumerated() where subject.linkMarks.isEmpty {
            throw .invalid(
                field: "subjects[\(place)]",
                rule:
                    "has nothing to be known by; give an identifier, a number, an organisation's name, or a person's name and birthDate"
            )
        }
        try await write { transaction, directory in
            let member = try Self.member(member, directory)
            try transaction.link(member, to: subjects.reduce(into: []) { $0.formUnion($1.linkMarks) })
            try Self.noteConflicts(since: directory, in: transaction)
        }
    }

    // MARK: Gateways

    /// Keeps these legal gateways in the place of those the exchange has, unless they are the same.
    public func keep(_ gateways: Gateways) async throws(AdministrationFault) {
        let begun = gateways.begun(at: surroundings.clock())
        guard begun != directory.gateways else { return }
        try await write { transaction, directory in
            // Another node may have done it meanwhile.
            if begun != directory.gateways { try transaction.replace(gateways: begun) }
        }
    }

    /// Lets the gateways begin whose day has come: readers are given what was released before it.
    public func beginGateways() async throws(AdministrationFault) {
        try await keep(directory.gateways)
    }
}

import Foundation

/// The label's canonical text: what the store keeps it as, and what makes two labels one.
///
/// `pool|marking`, and for a narrowed readership `|originator|author or -|addressee,addressee…`.
extension Label {
    /// The canonical text.
    public var text: String {
        guard let scope else { return "\(pool.text)|\(marking.code)" }
        let addressees = scope.addressees.map { $0.uuid.text }.joined(separator: ",")
        return "\(pool.text)|\(marking.code)|\(scope.originator.text)|\(scope.author?.text ?? "-")|\(addressees)"
    }

    /// Reads the canonical text; nil when it is anything else.
    public init?(text: String) {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 || parts.count == 5,
            let pool = ID<Pool>(parsing: parts[0]), let marking = TLP(code: parts[1])
        else { return nil }
        guard parts.count == 5 else {
            self.init(pool: pool, marking: marking, scope: nil)
            return
        }
        guard let originator = ID<Member>(parsing: parts[2]) else { return nil }
        let author = ID<Principal>(parsing: parts[3])
        guard author != nil || parts[3] == "-" else { return nil }
        let addressees = parts[4].split(separator: ",").map { UUID(utf8: $0.utf8) }
        guard addressees.allSatisfy({ $0 != nil }) else { return nil }
        self.init(
            pool: pool,
            marking: marking,
            scope: Scope(
                originator: originator,
                author: author,
                addressees: addressees.compactMap { $0 }.map { STIXID(type: "identity", uuid: $0) }
            )
        )
    }
}

import Exchange

// What holds of the ends and purposes that an operator sets.

extension Administration {
    /// Refuses an end that has passed.
    ///
    /// An end given by mistake would take away at once what it was to grant for a while.
    /// - Parameter fix: what to do for an end that is no mistake.
    static func checkEnd(
        _ end: Timestamp?,
        field: String,
        _ fix: String,
        at now: Timestamp
    ) throws(AdministrationFault) {
        guard let end, end <= now else { return }
        throw .invalid(field: field, rule: "must lie in the future, and \(end.text) does not; \(fix)")
    }

    /// Refuses ends that have passed, but for those that stood there before: time alone did that.
    static func checkEnds<Key: Hashable & Comparable & CustomStringConvertible>(
        _ ends: [Key: Timestamp?],
        instead before: [Key: Timestamp?] = [:],
        field: String,
        at now: Timestamp
    ) throws(AdministrationFault) {
        for (key, end) in ends.sorted(by: { $0.key < $1.key }) where before[key] != .some(end) {
            guard let end, end <= now else { continue }
            throw .invalid(
                field: field,
                rule: "the end of \(key) must lie in the future, and \(end.text) does not; to end it now, take it away"
            )
        }
    }

    static func check(_ purposes: [Purpose]) throws(AdministrationFault) {
        guard purposes.isEmpty || Set(purposes).count < purposes.count else { return }
        let codes = Purpose.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid(field: "purposes", rule: "must list at least one of \(codes), each once, the default first")
    }
}

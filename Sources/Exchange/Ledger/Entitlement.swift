/// A voucher of one customs office for one group: it speeds what happens after selection, and never exempts from it.
///
/// A value with pure transitions, each with the entry to be posted beside it. Code that selects consignments has no way
/// to read one.
public struct Entitlement: Hashable, Sendable {
    /// What it is used for.
    public enum Kind: String, CaseIterable, Sendable, Codable {
        /// A check of documents comes first.
        case documents = "DOC"
        /// To the front of the queue, after selection.
        case priority = "PRI"
        /// Examination at the holder's own premises.
        case ownPremises = "OFF"
        /// A window in which amendments cost no penalty.
        case amendment = "AMD"
    }

    /// For what it is set aside.
    public struct Reservation: Hashable, Sendable, Codable {
        /// The consignment's number, as its papers have it.
        public let consignment: String
        /// What for.
        public let kind: Kind
        /// The first day on which it lapses by itself.
        public let until: Int
        /// What its holder said that is in the papers, by marks: the office's check counts it, too.
        public let marks: Set<SubjectMark>

        /// Puts it together from its parts, as the store has them.
        public init(consignment: String, kind: Kind, until: Int, marks: Set<SubjectMark> = []) {
            self.consignment = consignment
            self.kind = kind
            self.until = until
            self.marks = marks
        }
    }

    /// Where it stands: in one state at a time.
    public enum State: Hashable, Sendable {
        case available
        case reserved(Reservation)
        case redeemed(Reservation, on: Int)
        /// Nobody used it in its 90 days.
        case expired
        /// It was reserved when its days ended, and then not redeemed.
        case void
        /// What its holder was issued one for was taken back.
        case withdrawn

        /// The account that it stands in.
        public var part: VoucherAccount.Part {
            switch self {
            case .available: .available
            case .reserved: .reserved
            case .redeemed: .redeemed
            case .expired: .expired
            case .void: .void
            case .withdrawn: .withdrawn
            }
        }
    }

    /// Its id.
    public let id: ID<Entitlement>
    /// Which office takes it.
    public let office: Name
    /// Whose it is; nobody can pass it on.
    public let group: Name
    /// The day of the close at which it was issued.
    public let issued: Int
    /// The first day on which it can no longer be reserved.
    public let expires: Int
    /// Where it stands.
    public private(set) var state: State
    /// How often it was reserved.
    public private(set) var reservations: Int

    /// Puts it together from its parts, as the store has them.
    public init(
        _ id: ID<Entitlement>,
        of office: Name,
        for group: Name,
        issued: Int,
        expires: Int,
        _ state: State = .available,
        reservations: Int = 0
    ) {
        self.id = id
        self.office = office
        self.group = group
        self.issued = issued
        self.expires = expires
        self.state = state
        self.reservations = reservations
    }

    /// The vouchers of one issue, with the entry that issues them.
    /// - Parameter ids: as many as the issue has vouchers.
    public static func issued(
        _ issue: VoucherIssue,
        to group: Name,
        ids: [ID<Entitlement>],
        _ terms: ReciprocityTerms
    ) -> (entitlements: [Entitlement], entry: LedgerEntry<VoucherAccount>) {
        precondition(ids.count == issue.count, "each voucher has an id")
        let expires = issue.day + terms[.voucherDays]
        let entry = LedgerEntry(
            EntryKey("fe/\(group)/\(issue.office)/\(issue.epoch)"),
            .issued,
            item: nil,
            debit: VoucherAccount(issue.office, .issued),
            credit: VoucherAccount(issue.office, .available),
            Amount(Int64(issue.count)),
            day: issue.day
        )
        return (
            ids.map { Entitlement($0, of: issue.office, for: group, issued: issue.day, expires: expires) }, entry
        )
    }

    /// The day on which time alone changes it next; nil for one that nothing changes any more.
    public var due: Int? {
        switch state {
        case .available: expires
        case .reserved(let reservation): reservation.until
        case .redeemed, .expired, .void, .withdrawn: nil
        }
    }

    /// What it is or was used for; nil where it is for nothing.
    public var reservation: Reservation? {
        switch state {
        case .reserved(let reservation), .redeemed(let reservation, _): reservation
        case .available, .expired, .void, .withdrawn: nil
        }
    }

    /// The one to be reserved next: the first in is the first out.
    public static func next(of entitlements: [Entitlement], at office: Name, on day: Int) -> Entitlement? {
        entitlements.map { $0.lapsed(by: day).0 }
            .filter { $0.office == office && $0.state == .available }
            .min { ($0.issued, $0.id) < ($1.issued, $1.id) }
    }

    // MARK: Transitions

    /// What time made of it by a day: a reservation lapses, and what nobody reserved expires.
    public func lapsed(by day: Int) -> (Entitlement, [LedgerEntry<VoucherAccount>]) {
        var next = self
        var entries: [LedgerEntry<VoucherAccount>] = []
        if case .reserved(let reservation) = state, reservation.until <= day {
            entries.append(next.end(reservation.until))
        }
        if next.state == .available, expires <= day { entries.append(next.move(.expired, .expired, expires)) }
        return (next, entries)
    }

    /// Sets it aside for a consignment.
    /// - Parameters:
    ///   - consignment: its number and the marks of whoever and whatever is in its papers.
    ///   - reported: the marks of the subjects of the group's own reports.
    ///   - known: the marks of the subjects that the group may read of: of others a refusal would tell.
    ///   - isFrozen: whether the group was found in bad faith at the office, so short a while ago.
    /// - Throws: `EntitlementRefusal`; then it stays as it is.
    public func reserved(
        for consignment: Consignment,
        _ kind: Kind,
        by group: Name,
        on day: Int,
        reported: Set<SubjectMark>,
        known: Set<SubjectMark>,
        isFrozen: Bool = false,
        _ terms: ReciprocityTerms
    ) throws(EntitlementRefusal) -> (Entitlement, [LedgerEntry<VoucherAccount>]) {
        guard group == self.group else { throw .otherHolder }
        guard !isFrozen else { throw .frozen }
        var (next, entries) = lapsed(by: day)
        try next.check(.available)
        try consignment.check(reported: reported, subjects: known)
        next.reservations += 1
        let reservation = Reservation(
            consignment: consignment.number,
            kind: kind,
            until: day + terms[.reservationDays],
            marks: consignment.marks
        )
        entries.append(next.move(.reserved(reservation), .reserved, day))
        return (next, entries)
    }

    /// Redeems it for the consignment that it is reserved for.
    /// - Parameters:
    ///   - reported: the marks of the subjects of the holder's own reports.
    ///   - subjects: the marks of all subjects that the office knows of.
    ///   - isFrozen: whether the group was found in bad faith at the office, so short a while ago.
    /// - Throws: `EntitlementRefusal`; then it stays as it is.
    public func redeemed(
        for consignment: Consignment,
        by office: Name,
        on day: Int,
        reported: Set<SubjectMark>,
        subjects: Set<SubjectMark>,
        isFrozen: Bool = false
    ) throws(EntitlementRefusal) -> (Entitlement, [LedgerEntry<VoucherAccount>]) {
        guard office == self.office else { throw .otherOffice }
        guard !isFrozen else { throw .frozen }
        var (next, entries) = lapsed(by: day)
        try next.check(.reserved)
        guard case .reserved(let reservation) = next.state, reservation.consignment == consignment.number else {
            throw .otherConsignment
        }
        try consignment.adding(reservation.marks).check(reported: reported, subjects: subjects)
        entries.append(next.move(.redeemed(reservation, on: day), .redeemed, day))
        return (next, entries)
    }

    /// Ends its reservation: it is available again while its days last, and void after them.
    /// - Throws: `EntitlementRefusal`; then it stays as it is.
    public func voided(on day: Int) throws(EntitlementRefusal) -> (Entitlement, [LedgerEntry<VoucherAccount>]) {
        var (next, entries) = lapsed(by: day)
        try next.check(.reserved)
        entries.append(next.end(day))
        return (next, entries)
    }

    /// Takes it from its holder, since what one was issued for was taken back.
    /// - Throws: `EntitlementRefusal` for one that is not available; then it stays as it is.
    public func withdrawn(on day: Int) throws(EntitlementRefusal) -> (Entitlement, [LedgerEntry<VoucherAccount>]) {
        var (next, entries) = lapsed(by: day)
        try next.check(.available)
        entries.append(next.move(.withdrawn, .withdrawn, day))
        return (next, entries)
    }

    private mutating func end(_ day: Int) -> LedgerEntry<VoucherAccount> {
        day < expires ? move(.available, .returned, day) : move(.void, .void, day)
    }

    private func check(_ part: VoucherAccount.Part) throws(EntitlementRefusal) {
        guard state.part != part else { return }
        switch state {
        case .available: throw .notReserved
        case .reserved: throw .reserved
        case .redeemed: throw .redeemed
        case .expired: throw .expired
        case .void: throw .void
        case .withdrawn: throw .withdrawn
        }
    }

    private mutating func move(_ new: State, _ cause: EntryCause, _ day: Int) -> LedgerEntry<VoucherAccount> {
        let old = state.part
        state = new
        return LedgerEntry(
            EntryKey("fe/\(id)/\(cause.rawValue)/\(reservations)"),
            cause,
            item: nil,
            debit: VoucherAccount(office, old),
            credit: VoucherAccount(office, new.part),
            Amount(1),
            day: day
        )
    }
}

/// Why an entitlement does not move; each case is one reason.
public enum EntitlementRefusal: String, Error, CaseIterable, Sendable, Codable {
    /// It is another group's.
    case otherHolder = "other-holder"
    /// It is another office's.
    case otherOffice = "other-office"
    /// It is reserved for another consignment.
    case otherConsignment = "other-consignment"
    /// Nothing reserved it.
    case notReserved = "not-reserved"
    /// It is reserved already.
    case reserved
    /// It was redeemed before.
    case redeemed
    /// Its days are over.
    case expired
    /// It is void.
    case void
    /// What one was issued for was taken back.
    case withdrawn
    /// Its holder's group was found in bad faith.
    case frozen
    /// The consignment is linked to the holder's own report.
    case ownReport = "own-report"
    /// A party of the consignment is a subject.
    case subject
}

extension EntitlementRefusal: CustomStringConvertible {
    /// The code, the rule, and what to do about it.
    public var description: String { "\(rawValue): \(rule)" }

    private var rule: String {
        switch self {
        case .otherHolder: "it is another group's, and nobody can pass one on"
        case .otherOffice: "it is another office's; show it there"
        case .otherConsignment:
            "it is reserved for another consignment; compare the number with the papers, or have its holder give it back "
                + "and reserve anew"
        case .notReserved: "it is reserved for nothing now; its holder reserves it for a consignment first"
        case .reserved: "it is reserved already; give it back first"
        case .redeemed: "it was redeemed before, and once is all"
        case .expired: "its days are over"
        case .void: "its days ended while it was reserved"
        case .withdrawn: "what your group was issued one for was taken back; caveat statement tells which report"
        case .frozen:
            "a report of its holder's group to this office was found to be in bad faith, and for a time after that none is "
                + "reserved or redeemed; the group's statement tells of it"
        case .ownReport:
            "the consignment is linked to a report of its holder's own group; nobody is faster by what it reported, so this one "
                + "goes the ordinary way"
        case .subject: "the number, a party or a container of it is a known subject; this one goes the ordinary way"
        }
    }
}

/// Why an office ends a reservation, in its own words: its holder is not told them.
public struct VoidReason: Hashable, Sendable {
    /// Characters of one, as code points.
    public static let charactersMax = 1_000

    /// The words.
    public let text: String

    /// Takes them.
    /// - Throws: `ContentFault` for what is blank, too long or has control characters.
    public init(_ text: String) throws(ContentFault) {
        try ContentRule.text(text, "reason", charactersMax: Self.charactersMax)
        self.text = text
    }
}

/// Who asks: a principal, its member, and the pools whose terms let the member read.
public struct Reader: Hashable, Sendable {
    /// Who acts.
    public let principal: Principal
    /// Whom the principal acts for.
    public let member: Member
    /// The pools whose terms let the member read.
    public let pools: Set<ID<Pool>>
    /// When the credential it came with ends; nil when it does not.
    public let until: Timestamp?

    /// Puts it together from its parts.
    public init(principal: Principal, member: Member, pools: Set<ID<Pool>>, until: Timestamp?) {
        self.principal = principal
        self.member = member
        self.pools = pools
        self.until = until
    }
}

/// What the policy says of one label to one reader.
public enum Decision: Hashable, Sendable {
    /// It does not exist for the reader.
    case hidden
    /// It is outside its marking's scope. No interface of the exchange tells this from `hidden`; an auditor is told.
    case denied
    /// The reader may have the whole rendition.
    case permitted
}

/// The one decision that every way out goes through: a pure function of reader, label and time.
public enum AccessPolicy {
    /// Rows 3, 5, 7 and 15 of the access table; the first that matches ends.
    public static func decide(_ reader: Reader, _ label: Label, at now: Timestamp) -> Decision {
        guard reader.principal.standing == .active, reader.principal.roles.contains(.reader),
            reader.until.map({ now < $0 }) ?? true
        else { return .hidden }
        guard reader.member.standing == .active, reader.pools.contains(label.pool) else { return .hidden }
        guard let scope = label.scope else { return .permitted }
        return admits(reader, scope, label.marking) ? .permitted : .denied
    }

    /// Whether a narrowed readership holds the reader.
    ///
    /// TLP:RED is for named principals: naming their organisation is not enough. The other markings are for the named
    /// organisations, and for their principals named alone.
    private static func admits(_ reader: Reader, _ scope: Label.Scope, _ marking: TLP) -> Bool {
        let isNamed = scope.addressees.contains(reader.principal.identity)
        switch marking {
        case .red:
            return isNamed || scope.author == reader.principal.id
        case .amberStrict, .amber, .green, .clear:
            return isNamed || scope.originator == reader.member.id
                || scope.addressees.contains(reader.member.identity)
        }
    }
}

extension Member {
    /// The STIX identity that stands for this member.
    public var identity: STIXID { STIXID(type: "identity", uuid: id.uuid) }
}

extension Principal {
    /// The STIX identity that stands for this principal.
    public var identity: STIXID { STIXID(type: "identity", uuid: id.uuid) }
}

/// Something that the exchange pulls from on a schedule.
public struct Source: Hashable, Sendable {
    /// The forms that it reads.
    public enum Kind: String, CaseIterable, Sendable, Codable {
        /// A collection of a TAXII 2.1 server.
        case taxii
        /// Entities of FollowTheMoney, one JSON object a line.
        case ftm
        /// The US Treasury's Specially Designated Nationals, as CSV.
        case ofacSDN = "ofac-sdn"
        /// Its consolidated list of others, as CSV.
        case ofacConsolidated = "ofac-cons"
        /// Rows of a CSV file, read by a mapping.
        case csv
        /// A MISP feed: a manifest and events.
        case misp

        /// Whether it is a whole list each time: what is no longer on it is gone.
        public var isList: Bool {
            switch self {
            case .ftm, .ofacSDN, .ofacConsolidated, .csv: true
            case .taxii, .misp: false
            }
        }
    }

    /// How many there may be.
    public static let countMax = 1_000

    /// Its key in the store: the tick of its making.
    public let number: Int64
    /// Its unique name, which objects made of it name as their source.
    public let name: Name
    /// What it reads.
    public let kind: Kind
    /// What an operator may change.
    public var terms: SourceTerms
    /// How far it has got.
    public var pull: Pull

    /// Puts it together from its parts.
    public init(number: Int64, name: Name, kind: Kind, terms: SourceTerms, pull: Pull) {
        self.number = number
        self.name = name
        self.kind = kind
        self.terms = terms
        self.pull = pull
    }

    /// The form of the list; nil for what is none.
    public var format: ListFormat? {
        switch kind {
        case .ftm: .ftm
        case .ofacSDN: .ofacSDN
        case .ofacConsolidated: .ofacConsolidated
        case .csv: terms.mapping.map { .csv($0) }
        case .taxii, .misp: nil
        }
    }
}

/// Where a source is.
public enum SourcePlace: Hashable, Sendable {
    /// A URL of a web server; plain `http` only to an address of the exchange's own host.
    case web(PushURL)
    /// An absolute path on the exchange's own host.
    case file(path: String)
    /// A path on another host, reached by SFTP.
    case sftp(host: String, port: UInt16, user: String, path: String)

    /// Reads `https://…`, `file:///…` or `sftp://user@host/…`.
    public init(_ text: String) throws(PlaceFault) {
        if text.hasPrefix("file:///"), !text.contains("/../"), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            self = .file(path: String(text.dropFirst(7)))
        } else if text.hasPrefix("sftp://") {
            guard let found = text.wholeMatch(of: /sftp:\/\/([^@\/\s]+)@(\[[0-9A-Fa-f:.]+\]|[^@:\/\s]+)(:\d+)?(\/.*)/),
                let port = found.output.3.map({ UInt16($0.dropFirst()) }) ?? 22
            else { throw PlaceFault("url", "must be sftp://USER@HOST/PATH or sftp://USER@HOST:PORT/PATH") }
            let (_, user, host, _, path) = found.output
            self = .sftp(host: String(host), port: port, user: String(user), path: String(path))
        } else if text.hasPrefix("https://") || text.hasPrefix("http://") {
            self = .web(try PushURL(text))
        } else {
            throw PlaceFault("url", "must begin with https://, file:/// or sftp://")
        }
    }

    /// Where a file in it is, where it is a folder.
    public func path(of name: String) -> String {
        func under(_ folder: String) -> String { folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)" }
        return switch self {
        case .web(let url): under(url.text)
        case .file(let path), .sftp(_, _, _, let path): under(path)
        }
    }
}

/// What an operator says of a source.
public struct SourceTerms: Hashable, Sendable, Codable {
    /// Why terms cannot be used.
    public struct Fault: Error, Hashable, Sendable {
        /// The term.
        public let field: String
        /// What must hold.
        public let rule: String
    }

    /// How often it may be pulled, in seconds: a minute to 30 days.
    public static let everyRange: ClosedRange<Int64> = 60...2_592_000
    /// How far before its cursor a TAXII pull begins, in seconds: up to a day.
    public static let overlapRange: ClosedRange<Int64> = 0...86_400

    /// How far before it unless said, in seconds.
    public static let overlapStandard: Int64 = 60

    /// Where it is: `https://…`, `file:///…` or `sftp://user@host/…`.
    public var url: String
    /// Where what it brings is stored.
    public var pool: ID<Pool>
    /// As whom it is stored.
    public var principal: ID<Principal>
    /// Seconds from one pull to the next, give or take a tenth.
    public var every: Int64 = 3_600
    /// The strictest marking that is taken from it, where that is not the pool's own.
    public var ceiling: TLP?
    /// The legal gateway that what it brings is passed on by: who is not covered does not get it.
    public var gateway: Name?
    /// The grade of all that a list says, letter and digit.
    public var grade: Grade?
    /// How the columns of a CSV file are read.
    public var mapping: CSVMapping?
    /// Networks that are not public and that it may be in.
    public var networks: [String] = []
    /// Of TAXII: how far before its cursor a pull begins, in seconds, for servers that add late.
    public var overlap = overlapStandard
    /// Of TAXII: what was added before is left.
    public var since: Timestamp?
    /// The path of a file with a bearer token.
    public var tokenFile: String?
    /// A user's name, for Basic.
    public var user: String?
    /// The path of a file with the user's password.
    public var passwordFile: String?
    /// The path of a file with a client certificate.
    public var certificate: String?
    /// The path of a file with the private key of the certificate, or for SFTP.
    public var key: String?
    /// The path of a file of the authorities that alone are trusted.
    public var authorities: String?
    /// The path of a file of known host keys, for SFTP.
    public var knownHosts: String?

    /// Says where it is and goes; the rest is to be set.
    public init(url: String, pool: ID<Pool>, principal: ID<Principal>) {
        self.url = url
        self.pool = pool
        self.principal = principal
    }

    /// Refuses what cannot be used for a kind of source.
    public func check(for kind: Source.Kind) throws(Fault) {
        let place: SourcePlace
        do {
            place = try SourcePlace(url)
        } catch {
            throw Fault(field: "url", rule: error.rule)
        }
        guard Self.everyRange.contains(every) else {
            throw Fault(field: "every", rule: "must be 1m to 30d, 60 to 2592000 seconds")
        }
        guard Self.overlapRange.contains(overlap) else {
            throw Fault(field: "overlap", rule: "must be 0s to 24h, 0 to 86400 seconds")
        }
        guard overlap == Self.overlapStandard || kind == .taxii else {
            throw Fault(field: "overlap", rule: "is for taxii alone; leave it out")
        }
        if let stray = networks.first(where: { Network($0) == nil }) {
            throw Fault(field: "networks", rule: "\(stray) is no network such as 10.0.0.0/8 or fd00::/8")
        }
        guard (kind == .csv) == (mapping != nil) else {
            throw Fault(field: "mapping", rule: kind == .csv ? "is needed for csv" : "is for csv alone; leave it out")
        }
        guard grade == nil || kind.isList else {
            throw Fault(field: "grade", rule: "is for lists: what others made is taken as it is; leave it out")
        }
        guard since == nil || kind == .taxii else {
            throw Fault(field: "since", rule: "is for taxii alone; leave it out")
        }
        try checkLogin(at: place, kind)
    }

    private func checkLogin(at place: SourcePlace, _ kind: Source.Kind) throws(Fault) {
        let paths = [
            ("token_file", tokenFile), ("password_file", passwordFile), ("certificate", certificate), ("key", key),
            ("authorities", authorities), ("known_hosts", knownHosts),
        ]
        for case (let field, let path?) in paths where !path.hasPrefix("/") {
            throw Fault(field: field, rule: "must be an absolute path on the exchange's own host")
        }
        switch place {
        case .web:
            guard (certificate == nil) == (key == nil) else {
                throw Fault(field: certificate == nil ? "certificate" : "key", rule: "comes with the other; give both")
            }
            guard (user == nil) == (passwordFile == nil) else {
                throw Fault(field: user == nil ? "user" : "password_file", rule: "comes with the other; give both")
            }
            guard tokenFile == nil || user == nil else {
                throw Fault(field: "token_file", rule: "excludes user; keep one of them")
            }
            guard knownHosts == nil else { throw Fault(field: "known_hosts", rule: "is for sftp alone; leave it out") }
        case .sftp:
            guard kind != .taxii else { throw Fault(field: "url", rule: "must begin with https:// for taxii") }
            guard knownHosts != nil else { throw Fault(field: "known_hosts", rule: "is needed for sftp") }
            guard (key == nil) != (passwordFile == nil) else {
                throw Fault(field: "key", rule: "or password_file is needed for sftp; give one of them")
            }
            let others = [("token_file", tokenFile), ("user", user), ("certificate", certificate)]
            if let (field, _) = others.first(where: { $0.1 != nil }) {
                throw Fault(field: field, rule: "is not for sftp; leave it out")
            }
        case .file:
            guard kind != .taxii else { throw Fault(field: "url", rule: "must begin with https:// for taxii") }
            if let (field, _) = (paths + [("user", user)]).first(where: { $0.1 != nil }) {
                throw Fault(field: field, rule: "is not for a file; leave it out")
            }
        }
    }

    /// The networks that are not public and that it may be in.
    public var allowed: AllowedNetworks { .publicOr(networks.compactMap { Network($0) }) }
}

/// What a non-nominal rendition is made of: closed vocabularies and checked codes, and no free text.
///
/// So there is no name, identifier, address or account that it could hold.
public struct NonNominal: Hashable, Sendable {
    /// A heading or subheading of the Harmonized System: at most six digits, which all countries share.
    public struct Commodity: Hashable, Sendable, Comparable {
        /// The digits that all countries share.
        public static let digitsMax = 6

        /// Two to six digits.
        public let digits: String

        /// Cuts a code down; nil for an identifier of another scheme.
        public init?(_ code: Identifier) {
            guard code.scheme == .hs else { return nil }
            let digits = code.value.filter(\.isASCIIDigit).prefix(Self.digitsMax)
            guard digits.count >= 2 else { return nil }
            self.digits = String(digits)
        }

        /// The order in which they are listed.
        public static func < (left: Self, right: Self) -> Bool { left.digits < right.digits }
    }

    /// A country: two letters of ISO 3166-1.
    public struct Country: Hashable, Sendable, Comparable {
        /// The two letters.
        public let letters: String

        /// Nil for an identifier of another scheme, or one that is no two letters.
        public init?(_ code: Identifier) {
            guard code.scheme == .country, code.value.utf8.count == 2, code.value.allSatisfy(\.isASCIILetter) else {
                return nil
            }
            letters = code.value.uppercased()
        }

        /// The order in which they are listed.
        public static func < (left: Self, right: Self) -> Bool { left.letters < right.letters }
    }

    /// From one place to another, both in UN/LOCODE.
    public struct Route: Hashable, Sendable, Comparable {
        /// The two codes: `CNSHA-NLRTM`.
        public let pair: String

        /// Nil for identifiers of another scheme, or ones that are not two letters of a country and three of a place.
        public init?(from origin: Identifier, to destination: Identifier) {
            let codes = [origin, destination].map { $0.value.uppercased().filter { $0 != " " } }
            let isPair = codes.allSatisfy { code in
                code.utf8.count == 5 && code.prefix(2).allSatisfy(\.isASCIILetter)
                    && code.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit }
            }
            guard origin.scheme == .locode, destination.scheme == .locode, isPair else { return nil }
            pair = codes.joined(separator: "-")
        }

        /// The order in which they are listed.
        public static func < (left: Self, right: Self) -> Bool { left.pair < right.pair }
    }

    /// Codes of one kind in one rendition.
    public static let codesMax = 64

    /// What the advisory is about.
    public let kind: AdvisoryKind
    /// What is suspected.
    public let categories: Set<Category>
    /// How grave it is.
    public let severity: Severity
    /// The most that a reader may do on its ground.
    public let action: ActionCode
    /// What goods were declared as.
    public let declared: Set<Commodity>
    /// What they are suspected to be.
    public let suspected: Set<Commodity>
    /// The routes.
    public let routes: Set<Route>
    /// The areas that the goods fall under.
    public let areas: Set<CommodityArea>
    /// The countries.
    public let countries: Set<Country>

    /// Puts it together from its parts; of each kind of codes, the first `codesMax` in their order are taken.
    public init(
        kind: AdvisoryKind,
        categories: Set<Category>,
        severity: Severity,
        action: ActionCode,
        declared: Set<Commodity> = [],
        suspected: Set<Commodity> = [],
        routes: Set<Route> = [],
        areas: Set<CommodityArea> = [],
        countries: Set<Country> = []
    ) {
        func bounded<Code: Comparable>(_ codes: Set<Code>) -> Set<Code> { Set(codes.sorted().prefix(Self.codesMax)) }
        self.kind = kind
        self.categories = categories
        self.severity = severity
        self.action = action
        self.declared = bounded(declared)
        self.suspected = bounded(suspected)
        self.routes = bounded(routes)
        self.areas = areas
        self.countries = bounded(countries)
    }

    /// The report, and the method in codes.
    /// - Parameter isDisputed: whether readers are to be shown a banner.
    func objects(in frame: RenditionFrame, isDisputed: Bool) -> [[String: Any]] {
        let codes = categories.sorted().map(\.rawValue)
        let method = frame.id(SubjectKind.method.stixType, "method")
        let properties = [
            "category": codes, "hsDeclared": declared.sorted().map(\.digits),
            "hsSuspected": suspected.sorted().map(\.digits), "route": routes.sorted().map(\.pair),
            "area": areas.map(\.rawValue).sorted(), "country": countries.sorted().map(\.letters),
        ].filter { !$0.value.isEmpty }
        let report = frame.object(
            frame.report,
            [
                "name": "Method: \(codes.joined(separator: ", "))", "published": frame.created.text,
                "report_types": ["advisory"], "object_refs": [method.text], "labels": codes,
            ],
            extensions: [
                AdvisoryExtension.id: [
                    "extension_type": "property-extension", "rendition": Rendition.nonNominal.rawValue,
                    "kind": kind.rawValue, "severity": severity.rawValue, "action_code": action.rawValue,
                    "state": isDisputed ? "restricted" : "published",
                ]
            ]
        )
        return [report, Self.method(method, codes, properties, in: frame)]
    }

    /// A method in codes.
    static func method(
        _ id: STIXID,
        _ codes: [String],
        _ properties: [String: [String]],
        in frame: RenditionFrame
    ) -> [String: Any] {
        frame.object(
            id,
            ["name": codes.joined(separator: ", ")],
            extensions: [
                ListExtension.subject: RenditionFrame.subject(.method, SubjectKind.method.schemas[0], properties)
            ]
        )
    }
}

extension NonNominal {
    /// What of an advisory is codes.
    public init(_ content: AdvisoryContent, of kind: AdvisoryKind) {
        func commodities(_ property: OwnProperty) -> Set<Commodity> {
            Set(content.subjects.flatMap { $0.identifiers(of: property) }.compactMap(Commodity.init))
        }
        let ways = content.subjects.filter { $0.kind == .route }
        let routes = ways.flatMap { way in
            way.identifiers(of: .origin).flatMap { origin in
                way.identifiers(of: .destination).compactMap { Route(from: origin, to: $0) }
            }
        }
        let consignments = content.subjects.filter { $0.kind == .consignment }
        let areas = consignments.flatMap { $0.properties[OwnProperty.area.rawValue] ?? [] }
        let jurisdictions = content.subjects.filter { $0.kind == .jurisdiction }
        let declared = commodities(.hsDeclared)
        self.init(
            kind: kind,
            categories: Set(content.categories),
            severity: content.severity,
            action: content.action,
            declared: declared,
            suspected: commodities(.hsSuspected).union(commodities(.hs).subtracting(declared)),
            routes: Set(routes),
            areas: Set(areas.compactMap(CommodityArea.init)),
            countries: Set(jurisdictions.flatMap { $0.identifiers(of: .country) }.compactMap(Country.init))
        )
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
    fileprivate var isASCIILetter: Bool { isASCII && isLetter }
}

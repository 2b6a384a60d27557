/// A category of suspicious activity: a family, or one kind of it as `TRF-HUM`.
public struct Category: Hashable, Sendable, Comparable, Codable, RawRepresentable {
    /// The families and their kinds; a family may be used alone.
    public static let families: [String: Set<String>] = [
        "TRF": [
            "DRG", "PRE", "ARM", "HUM", "MIG", "WLD", "CUL", "NUC", "WST", "IPR", "MED", "TOB", "ALC", "FUE", "GEM",
            "VEH",
        ],
        "TBM": ["OVI", "UNI", "MUL", "PHA", "MIS", "QTY", "CAR", "3PP"],
        "FIN": ["STC", "FUN", "MLE", "SHL", "IVT", "CSH", "CRY", "TF"],
        "SAN": ["EVA", "DIV", "EUC", "PRO", "VID", "TSP"],
        "COR": ["BRI", "INF", "INS", "EXT", "IBK", "TND", "GAT"],
        "FRD": ["IDN", "DOC", "PIN", "CGO", "FIC", "BEC"],
        "SAF": ["PER", "TOX", "EXP", "CBR"],
    ]

    /// `TRF`, or `TRF-HUM`.
    public let rawValue: String

    /// Reads the code; nil for any that VOCABULARY does not have.
    public init?(rawValue: String) {
        let parts = rawValue.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let kinds = Self.families[parts[0]], parts.count == 1 || kinds.contains(parts[1]) else {
            return nil
        }
        self.rawValue = rawValue
    }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The area of the World Customs Organization that goods fall under.
public enum CommodityArea: String, CaseIterable, Sendable, Codable {
    case cultural = "CUL"
    case drugs = "DRG"
    case environment = "ENV"
    case intellectualProperty = "IPR"
    case revenue = "REV"
    case security = "SEC"
}

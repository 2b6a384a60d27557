/// Who or what an advisory or a report is about.
public enum SubjectKind: String, CaseIterable, Sendable, Codable {
    case person = "PER"
    case organisation = "ORG"
    case group = "GRP"
    case vessel = "VES"
    case aircraft = "AIR"
    case vehicle = "VEH"
    case container = "CTR"
    case consignment = "CNS"
    case address = "ADR"
    case account = "ACC"
    case document = "DOC"
    case route = "RTE"
    /// Has no personal data.
    case method = "MO"
    case jurisdiction = "JUR"
}

/// What a subject does in the matter: UN/EDIFACT 3035 where it has a code, otherwise one of ours with an X.
public enum SubjectRole: String, CaseIterable, Sendable, Codable {
    case consignor = "CZ"
    case consignee = "CN"
    case notifyParty = "NI"
    case forwarder = "FW"
    case carrier = "CA"
    case customsBroker = "CB"
    case declarant = "DT"
    case declarantsAgent = "AE"
    case transitPrincipal = "AF"
    case importer = "IM"
    case exporter = "EX"
    case buyer = "BY"
    case manufacturer = "MF"
    case consolidator = "CS"
    case beneficialOwner = "XBO"
    case controller = "XCT"
    case director = "XDI"
    case nominee = "XNM"
    case signatory = "XSG"
    case registeredOwner = "XOW"
    case shipOperator = "XOP"
    /// Pilot or master.
    case pilot = "XPL"
    /// Arranger or broker.
    case arranger = "XBR"
    case endUser = "XEU"
    case certificateIssuer = "XEI"
    case financier = "XFI"
    case chemist = "XCH"
    case gatekeeper = "XGK"
    case mule = "XMU"
    case official = "XOF"
    case driver = "XDR"
    /// An insider of a port or terminal.
    case portInsider = "XIN"
}

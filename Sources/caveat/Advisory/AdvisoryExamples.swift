import Exchange

extension AdvisoryKind {
    /// A valid file of this kind to begin from; everything in it is invented.
    var example: String {
        switch self {
        case .subject: Self.subjectExample
        case .method: Self.methodExample
        case .route: Self.routeExample
        case .asset: Self.assetExample
        case .jurisdiction: Self.jurisdictionExample
        case .safety: Self.safetyExample
        }
    }

    private static let subjectExample = """
        {
          "content": {
            "title": "Vantage Reef Trading collects other people's machine parts",
            "facts": "Registered in May, forty containers by July. Two of nine boxes held frequency converters.",
            "assessment": "A front; the director signs for consignees that she does not know.",
            "categories": ["SAN-DIV", "FIN-SHL"],
            "severity": 3,
            "confidence": 70,
            "subjects": [
              {
                "kind": "ORG", "key": "s1", "roles": ["CN"],
                "properties": {"name": ["Vantage Reef Trading BV"], "jurisdiction": ["nl"]}
              },
              {
                "kind": "PER", "key": "s2", "roles": ["XDI"], "standing": "S",
                "properties": {"name": ["Tamsin Verloop"], "birthDate": ["1971-02-04"]}
              }
            ],
            "relations": [{"from": "s2", "kind": "director-of", "to": "s1"}],
            "tearline": "New consignees of machine parts: ask who the end user is.",
            "action": "A2"
          },
          "terms": {
            "marking": "amber",
            "caveats": ["H0"],
            "purposes": ["P01", "P02", "P03", "P08"]
          }
        }
        """

    private static let methodExample = """
        {
          "content": {
            "title": "Fictitious carriers bid low on freight exchanges",
            "facts": "The insurance certificate is real and belongs to somebody else; the number on it is the thief's.",
            "assessment": "One group, going from exchange to exchange.",
            "categories": ["FRD-FIC", "FRD-CGO"],
            "severity": 2,
            "confidence": 80,
            "subjects": [
              {
                "kind": "MO", "key": "m1",
                "properties": {"summary": ["Bids below cost, collects once, and is gone. Call the insurer itself."]}
              }
            ],
            "tearline": "Check a new carrier's insurance with the insurer, at a number that you found yourself.",
            "action": "A2"
          },
          "terms": {
            "marking": "green",
            "purposes": ["P01", "P02", "P03", "P08", "P09"]
          }
        }
        """

    private static let routeExample = """
        {
          "content": {
            "title": "Telephones from Shanghai to Rotterdam that are none",
            "facts": "Seals differed on three of five boxes; the weight fits no telephones.",
            "assessment": "Precursors are likely.",
            "categories": ["TRF-PRE", "TBM-MIS"],
            "severity": 3,
            "confidence": 60,
            "subjects": [
              {
                "kind": "RTE", "key": "r1",
                "properties": {"origin": ["CNSHA"], "destination": ["NLRTM"], "hs": ["8517.62"]}
              },
              {
                "kind": "CNS", "key": "c1",
                "properties": {
                  "goods": ["Telephones"], "hsDeclared": ["8517.62"], "hsSuspected": ["2939.41"], "area": ["DRG"]
                }
              }
            ],
            "relations": [{"from": "c1", "kind": "travelled-by", "to": "r1"}],
            "tearline": "Look at telephones whose weight does not fit.",
            "action": "A1"
          },
          "terms": {
            "marking": "amber",
            "purposes": ["P02", "P03", "P06"]
          }
        }
        """

    private static let assetExample = """
        {
          "content": {
            "title": "A container that changes its seal on board of the Pale Heron",
            "facts": "The seal at discharge was not the one at loading, three voyages in a row.",
            "categories": ["TRF-DRG"],
            "severity": 3,
            "confidence": 65,
            "subjects": [
              {
                "kind": "CTR", "key": "c1",
                "properties": {"containerNumber": ["CSQU3054383"]}
              },
              {
                "kind": "VES", "key": "v1",
                "properties": {"name": ["Pale Heron"], "imoNumber": ["9074729"], "flag": ["nl"]}
              }
            ],
            "relations": [{"from": "c1", "kind": "carried-by", "to": "v1"}],
            "tearline": "Compare seals at loading and at discharge.",
            "action": "A1"
          },
          "terms": {
            "marking": "amber",
            "purposes": ["P02", "P03", "P06"]
          }
        }
        """

    private static let jurisdictionExample = """
        {
          "content": {
            "title": "Release codes are used before the vessel berths",
            "facts": "Containers are collected within the hour with a valid code; the haulier is new each time.",
            "assessment": "The codes are bought where they are issued.",
            "categories": ["FRD-PIN", "COR-INS"],
            "severity": 3,
            "confidence": 75,
            "subjects": [
              {
                "kind": "JUR", "key": "j1",
                "properties": {"country": ["NL"]}
              }
            ],
            "tearline": "Have a second channel confirm a release code before a new haulier collects.",
            "action": "A2"
          },
          "terms": {
            "marking": "amber",
            "purposes": ["P02", "P03", "P06", "P09"]
          }
        }
        """

    private static let safetyExample = """
        {
          "content": {
            "title": "Fumigated container declared as empty",
            "facts": "Phosphine was measured at the doors. The box is on its way and has no warning sign.",
            "categories": ["SAF-TOX"],
            "severity": 4,
            "confidence": 90,
            "subjects": [
              {
                "kind": "CTR", "key": "c1",
                "properties": {"containerNumber": ["CSQU3054383"]}
              }
            ],
            "tearline": "Do not open CSQU3054383: toxic gas. Keep people away and call the port's fire brigade.",
            "action": "A4"
          },
          "terms": {
            "marking": "amber",
            "purposes": ["P02", "P03", "P10"],
            "affected": {"kinds": ["carrier", "port", "freight-forwarder"]}
          }
        }
        """
}

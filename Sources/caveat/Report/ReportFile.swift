import Exchange
import Foundation

/// Files that say what a report or a request says.
enum ReportFile {
    /// The content in a file, or in standard input where the path is `-`, checked by the exchange's own reader.
    static func content(_ path: String) throws(CommandFault) -> ReportContent {
        try content(try InputFile.bytes(path), at: path)
    }

    /// The same of bytes that were read already.
    static func content(_ bytes: [UInt8], at path: String) throws(CommandFault) -> ReportContent {
        do throws(AdvisoryFileFault) {
            return try content(in: bytes)
        } catch {
            throw error.told(of: path)
        }
    }

    /// What a file says.
    enum Said {
        case content(ReportContent)
        /// Each grouping of STIX objects.
        case groupings([ReportContent])
    }

    /// What a file says, or standard input where the path is `-`: the content of a report, or STIX.
    static func said(_ path: String) throws(CommandFault) -> Said {
        let bytes = try InputFile.bytes(path)
        do throws(AdvisoryFileFault) {
            if let root = (try? JSON(parsing: bytes))?.root, root["type"] == nil, root["objects"] == nil {
                return .content(try content(in: bytes))
            }
        } catch {
            throw error.told(of: path)
        }
        let contributions: [Contribution]
        do {
            let objects = try ObjectSource(bytes).objects.joined(separator: [UInt8(ascii: ",")])
            let envelope = Array("{\"objects\":[".utf8) + objects + Array("]}".utf8)
            contributions = try Envelope(envelope, limits: Envelope.Limits()).contributions
        } catch let fault as ObjectSourceFault {
            throw .file(path: path, rule: fault.description)
        } catch {
            throw .file(path: path, rule: "\(error)")
        }
        return .groupings(try groupings(contributions, path))
    }

    /// All of them, or none: what is wrong with any is told first.
    private static func groupings(
        _ contributions: [Contribution],
        _ path: String
    ) throws(CommandFault) -> [ReportContent] {
        let said = ReportEnvelope(contributions)
        var faults = said.faults
        for item in said.items where item.content == nil {
            faults[item.place] = "revoked: take back what arrived with caveat report retract"
        }
        for (place, fault) in faults.sorted(by: { $0.key < $1.key }) {
            Output.note("\(path), object \(place + 1): \(fault)")
        }
        guard faults.isEmpty else { throw .failed("nothing was sent: correct what is named above") }
        let contents = said.items.compactMap(\.content)
        guard !contents.isEmpty else {
            throw .file(path: path, rule: "holds no grouping with the context suspicious-activity: a report is one")
        }
        return contents
    }

    /// The content in the bytes of a file.
    static func content(in bytes: [UInt8]) throws(AdvisoryFileFault) -> ReportContent {
        let root: JSON.Value
        do throws(JSONFault) {
            root = try JSON(parsing: bytes).root
        } catch {
            throw .json(error)
        }
        guard root.kind == .object else { throw .content(shape) }
        do {
            return try JSONDecoder().decode(ReportContent.self, from: Data(bytes))
        } catch let fault as ContentFault {
            throw .content(fault)
        } catch {
            throw .content(shape)
        }
    }

    private static var shape: ContentFault {
        ContentFault("", .form("must be one JSON object, as caveat report example prints it"))
    }

    /// A valid file to begin from; everything in it is invented.
    static let example = """
        {
          "categories": ["TBM-MIS", "TRF-PRE"],
          "severity": 3,
          "facts": "Declared as telephones; the weight is that of something else. Booked by telephone, paid in cash.",
          "suspicion": "Precursors are likely.",
          "seen": "2026-11-20T08:00:00Z",
          "place": "NLRTM",
          "subjects": [
            {
              "kind": "CNS", "key": "c1",
              "properties": {"hsDeclared": ["851762"], "hsSuspected": ["293941"], "billOfLading": ["BL-77"]}
            },
            {
              "kind": "CTR", "key": "c2",
              "properties": {"containerNumber": ["CSQU3054383"]}
            },
            {
              "kind": "ORG", "key": "o1", "roles": ["CZ"],
              "properties": {"name": ["Tidewater Lantern Freight BV"]}
            },
            {
              "kind": "RTE", "key": "r1",
              "properties": {"origin": ["CNSHA"], "destination": ["NLRTM"]}
            }
          ],
          "relations": [
            {"from": "o1", "kind": "consignor-of", "to": "c1"},
            {"from": "c1", "kind": "carried-by", "to": "c2"},
            {"from": "c1", "kind": "travelled-by", "to": "r1"}
          ]
        }
        """
}

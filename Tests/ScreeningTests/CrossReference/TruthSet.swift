import Exchange
import Foundation
import Screening
import TestSupport

/// The records of Senzing's truth set (github.com/Senzing/truth-sets), each as an advisory of its own, with the
/// clusters that they truly are.
struct TruthSet {
    /// Whether a pair of records is put together, as against whether it truly is.
    struct Figures: CustomStringConvertible {
        let foundPairs: Int
        let truePairs: Int
        let rightPairs: Int
        let wholeClusters: Int
        let trueClusters: Int

        var precision: Double { foundPairs == 0 ? 1 : Double(rightPairs) / Double(foundPairs) }
        var recall: Double { Double(rightPairs) / Double(truePairs) }

        var description: String {
            func percent(_ share: Double) -> String { "\((share * 1_000).rounded() / 10) %" }
            return "precision \(percent(precision)), recall \(percent(recall)) of \(truePairs) true pairs;"
                + " \(wholeClusters) of \(trueClusters) clusters exactly"
        }
    }

    let advisories: [ReferencedAdvisory]
    /// The true cluster of each advisory.
    private let truth: [ID<Advisory>: String]
    /// What each advisory is called.
    private let names: [ID<Advisory>: String]

    /// Reads the files of a folder.
    init(_ folder: URL) throws {
        let key = try String(contentsOf: folder.appending(path: "actual_truthset_key.csv"), encoding: .utf8)
        var clusters: [String: String] = [:]
        for line in key.split(whereSeparator: \.isNewline).dropFirst() {
            let cells = line.split(separator: ",").map(String.init)
            clusters["\(cells[2]) \(cells[3])"] = cells[1]
        }
        var advisories: [ReferencedAdvisory] = []
        var truth: [ID<Advisory>: String] = [:]
        var names: [ID<Advisory>: String] = [:]
        for (member, file) in ["customers", "reference", "watchlist"].enumerated() {
            let text = try String(contentsOf: folder.appending(path: "\(file).jsonl"), encoding: .utf8)
            for line in text.split(whereSeparator: \.isNewline) {
                let entry = try JSONDecoder().decode(Entry.self, from: Data(line.utf8))
                let name = "\(entry.DATA_SOURCE) \(entry.RECORD_ID)"
                guard let cluster = clusters[name] else { continue }
                let number = advisories.count
                advisories.append(ReferencedWorld.advisory(number, by: member, [entry.subject]))
                truth[ReferencedWorld.advisory(number)] = cluster
                names[ReferencedWorld.advisory(number)] = name
            }
        }
        self.advisories = advisories
        self.truth = truth
        self.names = names
    }

    /// Compares clusters with those that are true.
    func figures(of clusters: [[SubjectReference]]) -> Figures {
        let found = Set(clusters.flatMap(pairs))
        let groups = Dictionary(grouping: truth.keys, by: { truth[$0] ?? "" })
        let wanted = groups.values.map { $0.map { SubjectReference($0, "s") }.sorted() }
        let all = Set(wanted.flatMap(pairs))
        return Figures(
            foundPairs: found.count,
            truePairs: all.count,
            rightPairs: found.intersection(all).count,
            wholeClusters: Set(wanted).intersection(clusters).count,
            trueClusters: wanted.count
        )
    }

    /// The pairs that are missed and those that are wrong, in words.
    func faults(of clusters: [[SubjectReference]]) -> [String] {
        let found = Set(clusters.flatMap(pairs))
        var faults: [String] = []
        for (place, one) in advisories.enumerated() {
            for other in advisories.dropFirst(place + 1) {
                let isFound = found.contains([one.id, other.id].sorted())
                guard isFound != (truth[one.id] == truth[other.id]) else { continue }
                let records = [one, other].map { $0.renditions[0].subjects[0].record }
                let why = Scorer.explain(records[0], records[1]).sentence
                faults.append("\(isFound ? "wrong" : "missed"): \(words(one)) | \(words(other)) | \(why)")
            }
        }
        return faults
    }

    private func words(_ advisory: ReferencedAdvisory) -> String {
        let properties = advisory.renditions[0].subjects[0].record.properties.sorted { $0.key < $1.key }
        let texts = properties.map { "\($0.key)=\($0.value.joined(separator: ","))" }
        return "\(names[advisory.id] ?? "") \(texts.joined(separator: " "))"
    }

    private func pairs(_ cluster: [SubjectReference]) -> [[ID<Advisory>]] {
        cluster.enumerated().flatMap { place, one in
            cluster.dropFirst(place + 1).map { [one.advisory, $0.advisory].sorted() }
        }
    }
}

/// A line of the truth set; its features are texts by names of Senzing's.
private struct Entry: Decodable {
    let DATA_SOURCE: String
    let RECORD_ID: String
    let FEATURES: [[String: String]]

    private static let properties = [
        "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "PASSPORT_NUMBER": "passportNumber",
        "SSN_NUMBER": "socialSecurityNumber", "NATIONAL_ID_NUMBER": "idNumber",
        "DRIVERS_LICENSE_NUMBER": "licenseNumber", "TAX_ID_NUMBER": "taxNumber", "LEI_NUMBER": "leiCode",
        "NAME_FULL": "name", "NAME_ORG": "name", "ADDR_FULL": "address",
    ]

    /// In the words of FollowTheMoney.
    var subject: ReferencedSubject {
        var properties: [String: [String]] = [:]
        var kind = SubjectKind.organisation
        for feature in FEATURES {
            if feature["RECORD_TYPE"] == "PERSON" { kind = .person }
            for (name, property) in Self.properties {
                if let value = feature[name] { properties[property, default: []].append(value) }
            }
            let parts = ["NAME_FIRST", "NAME_MIDDLE", "NAME_LAST"].compactMap { feature[$0] }
            if !parts.isEmpty { properties["name", default: []].append(parts.joined(separator: " ")) }
            let place = ["ADDR_LINE1", "ADDR_CITY", "ADDR_STATE", "ADDR_POSTAL_CODE", "ADDR_COUNTRY"]
            let address = place.compactMap { feature[$0] }
            if !address.isEmpty { properties["address", default: []].append(address.joined(separator: ", ")) }
            if let date = feature["DATE_OF_BIRTH"].flatMap(Self.day) {
                properties["birthDate", default: []].append(date)
            }
        }
        return ReferencedWorld.subject(kind, "s", properties)
    }

    /// Months first where they are written with strokes.
    private static func day(_ text: String) -> String? {
        let parts = text.split { !$0.isNumber }.compactMap { Int($0) }
        guard parts.count == 3 else { return parts.count == 1 ? text : nil }
        var (year, month, day) = text.contains("/") ? (parts[2], parts[0], parts[1]) : (parts[0], parts[1], parts[2])
        if month > 12 { swap(&month, &day) }
        if year < 100 { year += 1_900 }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(two(month))-\(two(day))"
    }
}

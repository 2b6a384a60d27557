import Exchange
import Foundation
import Node

/// A dozen advisories and reports of invented people, companies and ships, in valid STIX 2.1.
enum TrialAdvisories {
    /// Publishes them as their authors would.
    static func publish(to population: TrialPopulation, in node: Node) async throws {
        let directory = node.live.directory
        for item in items {
            guard let pool = Name(item.pool).flatMap({ directory.pool(named: $0) }),
                let principal = Name(item.author).flatMap({ directory.principal(named: $0) }),
                let author = population.members.first(where: { $0.name == item.author }),
                let credential = directory.credentials.values.first(where: { $0.principal == principal.id }),
                let session = try node.authentication.session(verified: credential.id)
            else { continue }
            let objects = [identity(of: author)] + item.objects.map { $0.object(author: author.identity) }
            let envelope = try Envelope(
                Array(try JSONSerialization.data(withJSONObject: ["objects": objects])),
                limits: node.settings.envelope
            )
            let report = try await node.acceptance.accept(envelope, to: pool, from: session)
            precondition(report.failureCount == 0, "the trial's own objects are valid: \(report.failures ?? [])")
        }
    }

    private static func identity(of member: TrialPopulation.Member) -> [String: Any] {
        [
            "type": "identity", "spec_version": "2.1", "id": member.identity, "created": "2026-01-05T08:00:00.000Z",
            "modified": "2026-01-05T08:00:00.000Z", "name": member.name, "identity_class": "organization",
        ]
    }

    /// One publication: who, where, what.
    private struct Item {
        let author: String
        let pool: String
        let objects: [Draft]
    }

    private struct Draft {
        let type: String
        let serial: Int
        let day: String
        let marking: TLP
        let properties: [String: Any]

        func object(author: String) -> [String: Any] {
            var object = properties
            object["type"] = type
            object["spec_version"] = "2.1"
            object["id"] = TrialAdvisories.id(type, serial)
            object["created"] = "\(day)T09:30:00.000Z"
            object["modified"] = "\(day)T09:30:00.000Z"
            object["created_by_ref"] = author
            object["object_marking_refs"] = [marking.definition.text]
            return object
        }
    }

    private static func id(_ type: String, _ serial: Int) -> String {
        "\(type)--0a1b2c3d-1111-4222-8333-\(String(1_000_000_000_000 + serial).dropFirst())"
    }

    private static func subject(
        _ serial: Int,
        _ day: String,
        _ marking: TLP,
        _ name: String,
        _ kind: String,
        _ about: String
    ) -> Draft {
        Draft(
            type: "identity",
            serial: serial,
            day: day,
            marking: marking,
            properties: ["name": name, "identity_class": kind, "description": about]
        )
    }

    private static func report(
        _ serial: Int,
        _ day: String,
        _ marking: TLP,
        _ name: String,
        _ text: String,
        about: [String]
    ) -> Draft {
        Draft(
            type: "report",
            serial: serial,
            day: day,
            marking: marking,
            properties: [
                "name": name, "description": text, "published": "\(day)T09:30:00Z", "object_refs": about,
                "confidence": 50,
            ]
        )
    }

    private static func suspicion(_ serial: Int, _ day: String, _ marking: TLP, _ text: String, about: [String])
        -> Draft
    {
        Draft(
            type: "grouping",
            serial: serial,
            day: day,
            marking: marking,
            properties: [
                "name": "Suspicious shipment", "context": "suspicious-activity", "description": text,
                "object_refs": about,
            ]
        )
    }

    private static var items: [Item] {
        [
            Item(
                author: "harbour-customs",
                pool: "warnings",
                objects: [
                    subject(
                        1,
                        "2026-02-03",
                        .amber,
                        "Tamsin Verloop",
                        "individual",
                        "Signs for consignees she does not know."
                    ),
                    subject(
                        2,
                        "2026-02-03",
                        .green,
                        "Meridian Crest Trading BV",
                        "organization",
                        "Registered in May, moves forty containers by July."
                    ),
                    report(
                        3,
                        "2026-02-04",
                        .green,
                        "Front company collects transhipped machine parts",
                        "Declared as pump parts, HS 8413; two of nine boxes held frequency converters. Check the end user.",
                        about: [id("identity", 2)]
                    ),
                    report(
                        4,
                        "2026-03-11",
                        .amber,
                        "Release codes used before the vessel berths",
                        "Containers are collected within the hour with a valid code; the haulier is new each time.",
                        about: [id("identity", 1), id("identity", 2)]
                    ),
                ]
            ),
            Item(
                author: "city-police",
                pool: "warnings",
                objects: [
                    report(
                        5,
                        "2026-04-02",
                        .clear,
                        "Fictitious carriers bid low on freight exchanges",
                        "The insurance certificate is real and belongs to somebody else. Call the insurer, not the number on it.",
                        about: [id("identity", 2)]
                    )
                ]
            ),
            Item(
                author: "swift-cargo",
                pool: "commons",
                objects: [
                    subject(
                        8,
                        "2026-05-06",
                        .green,
                        "MV Pale Heron",
                        "unknown",
                        "Small bulk carrier; silent for eleven hours off the cape."
                    ),
                    suspicion(
                        9,
                        "2026-05-06",
                        .green,
                        "Draught on arrival does not fit the declared cargo.",
                        about: [id("identity", 8)]
                    ),
                ]
            ),
            Item(
                author: "first-harbour-bank",
                pool: "commons",
                objects: [
                    report(
                        10,
                        "2026-05-19",
                        .green,
                        "Invoices for one shipment presented to three banks",
                        "Same bill of lading, three letters of credit within a week. Ask for the original.",
                        about: [id("identity", 2)]
                    )
                ]
            ),
            Item(
                author: "north-oil",
                pool: "deepwater",
                objects: [
                    subject(
                        11,
                        "2026-06-01",
                        .amber,
                        "Halcyon Rig Supply Ltd",
                        "organization",
                        "Bids for a tender; director unknown to the trade."
                    ),
                    suspicion(
                        12,
                        "2026-06-01",
                        .amber,
                        "Does anyone know them? The bid came a day after the reserve price was fixed.",
                        about: [id("identity", 11)]
                    ),
                ]
            ),
        ]
    }
}

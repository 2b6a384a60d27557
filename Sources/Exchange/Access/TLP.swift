import Foundation

/// Traffic Light Protocol 2.0 (FIRST, 2022), from the loosest to the strictest.
public enum TLP: Int, Comparable, CaseIterable, Sendable {
    case clear, green, amber, amberStrict, red

    /// As STIX and configuration write it.
    public var code: String {
        switch self {
        case .clear: "clear"
        case .green: "green"
        case .amber: "amber"
        case .amberStrict: "amber+strict"
        case .red: "red"
        }
    }

    /// As people write it.
    public var label: String { "TLP:\(code.uppercased())" }

    /// Reads the code; nil for any other text.
    public init?(code: String) {
        guard let level = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = level
    }

    /// The order in which they are listed.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The marking-definition of this level in TLP 2.0 (OASIS common objects).
    public var definition: STIXID {
        switch self {
        case .clear: Self.id("94868c89-83c2-464b-929b-a1a8aa3c8487")
        case .green: Self.id("bab4a63c-aed9-4cf5-a766-dfca5abac2bb")
        case .amber: Self.id("55d920b0-5e8b-4f79-9ee9-91f868d9b421")
        case .amberStrict: Self.id("939a9414-2ddd-4d32-a0cd-375ea402b003")
        case .red: Self.id("e828b379-4e03-4974-9ac4-e53a884c97c1")
        }
    }

    /// The level that a marking-definition of TLP 1 or 2 stands for; equal levels are equal, WHITE is CLEAR.
    public static func marking(_ id: STIXID) -> TLP? { levels[id] }

    /// The marking-definitions of TLP 1 with the words of their definitions (STIX 2.1 §7.2.1.4).
    static let first: [STIXID: (word: String, level: TLP)] = [
        id("613f2e26-407d-48c7-9eca-b8e91df99dc9"): ("white", .clear),
        id("34098fce-860f-48ae-8e50-ebd3cc5e41da"): ("green", .green),
        id("f88d31f6-486f-44da-b317-01333bde0b82"): ("amber", .amber),
        id("5e57c739-391a-4eb3-b6be-7d15ca92d5ed"): ("red", .red),
    ]

    private static let levels: [STIXID: TLP] = {
        var levels = first.mapValues { $0.level }
        for level in allCases { levels[level.definition] = level }
        return levels
    }()

    private static func id(_ uuid: String) -> STIXID {
        guard let uuid = UUID(utf8: uuid.utf8) else { preconditionFailure("a constant UUID has the form of one") }
        return STIXID(type: "marking-definition", uuid: uuid)
    }
}

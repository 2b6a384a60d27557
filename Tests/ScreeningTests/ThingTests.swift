import Testing

@testable import Screening

/// How alike invented aircraft, vehicles, containers, accounts, addresses and documents are found.
@Suite("Scorer of things")
struct ThingTests {
    struct Pair: Sendable, CustomTestStringConvertible {
        let schema: String
        let asked, known: [String: [String]]
        let testDescription: String

        init(_ schema: String, _ asked: [String: String], _ known: [String: String]) {
            self.schema = schema
            self.asked = asked.mapValues { [$0] }
            self.known = known.mapValues { [$0] }
            func text(_ properties: [String: String]) -> String {
                properties.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            }
            testDescription = "\(schema): \(text(asked)) | \(text(known))"
        }

        var score: Int {
            ScorerTests.score(
                Record(id: "asked", schema: schema, properties: asked),
                Record(id: "known", schema: schema, properties: known)
            )
        }
    }

    static let same: [Pair] = [
        Pair("Airplane", ["registrationNumber": "EPGOM"], ["name": "EP-GOM", "registrationNumber": "EP-GOM"]),
        Pair("Airplane", ["name": "EPGOM"], ["name": "EP-GOM"]),
        Pair("Airplane", ["serialNumber": "msn 24383"], ["name": "EP-GOM", "serialNumber": "MSN24383"]),
        Pair(
            "Airplane",
            ["registrationNumber": "P4-XYZ", "serialNumber": "24383"],
            ["registrationNumber": "EP-GOM", "serialNumber": "24383"]
        ),
        Pair("Vehicle", ["vin": "wvwzzz1jz3w386752"], ["name": "Volkswagen Golf", "vin": "WVWZZZ1JZ3W386752"]),
        Pair(
            "Vehicle",
            ["registrationNumber": "12-AB-34"],
            ["name": "Volkswagen Golf", "registrationNumber": "12 AB 34"]
        ),
        Pair("Vehicle", ["registrationNumber": "HH-AB-CD"], ["registrationNumber": "hh ab cd"]),
        Pair("Container", ["containerNumber": "csqu 305438-3"], ["containerNumber": "CSQU3054383"]),
        Pair("BankAccount", ["iban": "NL91 ABNA 0417 1643 00"], ["iban": "NL91ABNA0417164300"]),
        Pair("Company", ["swiftBic": "DEUTDEFF"], ["name": "Meridian Bank", "swiftBic": "deut de ff"]),
        Pair("Vessel", ["callSign": "PBSC"], ["name": "Grey Gull", "callSign": "PBSC"]),
        Pair("BankAccount", ["accountNumber": "0417-164300"], ["accountNumber": "0417164300"]),
        Pair(
            "CryptoWallet",
            ["publicKey": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"],
            [
                "publicKey": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
            ]
        ),
        Pair("Address", ["full": "12 Harbour Street, Rotterdam"], ["full": "Harbour Street 12, 3011 AB Rotterdam"]),
        Pair("Address", ["full": "12 Harbour St., Rotterdam"], ["full": "12 Harbour Street, Rotterdam, Netherlands"]),
        Pair("Address", ["full": "Hafenstr. 12, Hamburg"], ["full": "Hafenstraße 12, 20457 Hamburg"]),
        Pair("Address", ["full": "ul. Portovaya 7, Odesa"], ["full": "вул. Портова 7, Одеса"]),
        Pair(
            "Address",
            ["full": "12 Harbour Street, Rotterdam"],
            ["street": "Harbour Street 12", "postalCode": "3011 AB", "city": "Rotterdam"]
        ),
        Pair("Passport", ["number": "NX 123456-7"], ["number": "NX1234567"]),
        Pair("Identification", ["number": "AB 99 12 34"], ["number": "AB991234", "country": "nl"]),
        Pair("Consignment", ["billOfLading": "MAEU 588123456"], ["billOfLading": "MAEU588123456"]),
        Pair("Consignment", ["airWaybill": "020-12345675"], ["airWaybill": "02012345675"]),
    ]

    static let other: [Pair] = [
        Pair("Airplane", ["registrationNumber": "EP-GOX"], ["registrationNumber": "EP-GOM"]),
        Pair(
            "Airplane",
            ["name": "Boeing 747", "registrationNumber": "EP-GOX"],
            ["name": "Boeing 747", "registrationNumber": "EP-GOM"]
        ),
        Pair(
            "Airplane",
            ["name": "Boeing 747", "serialNumber": "24384"],
            ["name": "Boeing 747", "serialNumber": "24383"]
        ),
        Pair(
            "Vehicle",
            ["name": "Volkswagen Golf", "vin": "WVWZZZ1JZ3W386753"],
            ["name": "Volkswagen Golf", "vin": "WVWZZZ1JZ3W386752"]
        ),
        Pair(
            "Vehicle",
            ["name": "Volkswagen Golf", "registrationNumber": "12-AB-35"],
            ["name": "Volkswagen Golf", "registrationNumber": "12-AB-34"]
        ),
        Pair("Container", ["containerNumber": "CSQU3054384"], ["containerNumber": "CSQU3054383"]),
        Pair("BankAccount", ["iban": "NL91ABNA0417164301"], ["iban": "NL91ABNA0417164300"]),
        Pair("Address", ["full": "21 Harbour Street, Rotterdam"], ["full": "12 Harbour Street, Rotterdam"]),
        Pair("Address", ["full": "12 Harbour Street, Antwerp"], ["full": "12 Harbour Street, Rotterdam"]),
        Pair("Address", ["full": "12 Quarry Street, Rotterdam"], ["full": "12 Harbour Street, Rotterdam"]),
        Pair("Address", ["full": "Rotterdam"], ["full": "12 Harbour Street, Rotterdam"]),
        Pair("Passport", ["number": "NX1234568"], ["number": "NX1234567"]),
        Pair("Consignment", ["billOfLading": "MAEU588123457"], ["billOfLading": "MAEU588123456"]),
    ]

    @Test("the same is found however it is written", arguments: same)
    func found(case one: Pair) { #expect(one.score >= 700, "\(one.score)") }

    @Test("another is not taken for it", arguments: other)
    func apart(case one: Pair) { #expect(one.score < 700, "\(one.score)") }
}

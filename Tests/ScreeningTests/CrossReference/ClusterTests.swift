import Exchange
import TestSupport
import Testing

@testable import Screening

@Suite("Clusters")
struct ClusterTests {
    typealias World = ReferencedWorld

    private static func person(_ key: String = "s", day: String? = nil, phone: String? = nil) -> ReferencedSubject {
        var properties = ["name": ["Ivan Petrov"]]
        properties["birthDate"] = day.map { [$0] }
        properties["phone"] = phone.map { [$0] }
        return World.subject(.person, key, properties)
    }

    /// The clusters by the numbers of their advisories, each advisory with the subjects of its list.
    private static func clusters(_ advisories: [[ReferencedSubject]]) -> [[Int]] {
        let all = advisories.enumerated().map { World.advisory($0, $1) }
        let numbers = Dictionary(uniqueKeysWithValues: all.indices.map { (World.advisory($0), $0) })
        return CrossReferences(all, by: PlainLikeness()).view { _ in true }.clusters().map { cluster in
            cluster.compactMap { numbers[$0.advisory] }
        }
    }

    @Test("what is alike is one over a third")
    func chain() {
        let ivans = [
            Self.person(day: "1970-01-02"), Self.person(phone: "+31205550101"), Self.person(day: "1970-01-02"),
        ]
        #expect(Self.clusters(ivans.map { [$0] }) == [[0, 1, 2]])
    }

    @Test("what is as much alike to two that contradict each other is put to neither")
    func ambiguous() {
        let ivans = [Self.person(day: "1970-01-02"), Self.person(), Self.person(day: "1984-06-30")]
        #expect(Self.clusters(ivans.map { [$0] }) == [[0], [1], [2]])
    }

    @Test("what is more surely one of two that contradict each other is put to that one")
    func surer() {
        let phone = "+31205550101"
        let ivans = [
            Self.person(day: "1970-01-02"), Self.person(phone: phone), Self.person(day: "1984-06-30", phone: phone),
        ]
        #expect(Self.clusters(ivans.map { [$0] }) == [[0], [1, 2]])
    }

    @Test("nothing that contradicts any of a group comes to it, over however many steps")
    func contradiction() {
        let ivans = [
            Self.person(day: "1970-01-02", phone: "+31205550101"), Self.person(phone: "+31205550101"),
            World.subject(.person, "s", ["name": ["Ivan Petrov"], "phone": ["+31205550101", "+31205550199"]]),
            Self.person(day: "1984-06-30", phone: "+31205550199"),
        ]
        #expect(Self.clusters(ivans.map { [$0] }) == [[0, 1, 2], [3]])
    }

    @Test("two subjects of one advisory are two, and what is like both is put to neither")
    func oneAdvisory() {
        let twins = [Self.person("a"), Self.person("b")]
        #expect(Self.clusters([twins, [Self.person()]]) == [[0], [0], [1]])
    }

    @Test("things of one number are one, also within an advisory, and however common")
    func numbers() {
        let account = World.subject(.account, "a", ["iban": ["DE89370400440532013000"]])
        let again = World.subject(.account, "b", ["iban": ["DE89 3704 0044 0532 0130 00"]])
        let all = (0...LinkLimits.featureHoldersMax).map { _ in [account] } + [[account, again]]
        #expect(Self.clusters(all).count == 1)
    }

    @Test("what has a number is not what is one by it")
    func having() {
        let person = World.subject(.person, "p", ["name": ["Ann Lee"], "passportNumber": ["AB1234567"]])
        let passport = World.subject(.document, "d", ["number": ["AB1234567"]])
        #expect(Self.clusters([[person], [passport]]) == [[0], [1]])
    }
}

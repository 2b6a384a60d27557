import Exchange
import Screening
import TestSupport

/// Small worlds of advisories that have much in common, by seeds.
struct ReferencedWorld {
    static let labelsCount = 4
    static let publishersCount = 7
    static let day = 20_000

    var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    static func advisory(_ number: Int) -> ID<Advisory> { ID(Samples.uuid(number)) }
    static func member(_ number: Int) -> ID<Member> { ID(Samples.uuid(9_000 + number)) }
    static func principal(_ number: Int) -> ID<Principal> { ID(Samples.uuid(8_000 + number)) }

    static func subject(
        _ kind: SubjectKind,
        _ key: String,
        _ properties: [String: [String]],
        roles: Set<SubjectRole> = []
    ) -> ReferencedSubject {
        let record = Record(id: key, schema: kind.schemas[0], properties: properties)
        return ReferencedSubject(kind, key: key, roles: roles, record: record)
    }

    static func rendition(
        _ label: Int,
        _ subjects: [ReferencedSubject],
        _ relations: [SubjectRelation] = [],
        categories: [String] = []
    ) -> ReferencedRendition {
        ReferencedRendition(
            label: label,
            subjects: subjects,
            relations: relations,
            categories: Set(categories.compactMap { Category(rawValue: $0) })
        )
    }

    /// An advisory of one rendition that everybody sees.
    static func advisory(
        _ number: Int,
        by member: Int = 1,
        day: Int = Self.day - 30,
        existence: ReferencedAdvisory.Existence = .open,
        label: Int = 0,
        _ subjects: [ReferencedSubject],
        _ relations: [SubjectRelation] = [],
        categories: [String] = []
    ) -> ReferencedAdvisory {
        ReferencedAdvisory(
            advisory(number),
            publisher: Self.member(member),
            released: Tick(microseconds: Int64(day) * 86_400_000_000 + Int64(number)),
            existence: existence,
            renditions: [rendition(label, subjects, relations, categories: categories)]
        )
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    mutating func number(below count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    /// A subject from a small stock, so that many are of one.
    mutating func subject(_ key: String) -> ReferencedSubject {
        let roles: Set<SubjectRole> = Bool.random(using: &random) ? [] : [pick([.consignor, .driver, .financier])]
        switch number(below: 9) {
        case 0...3:
            let first = pick(["Ivan", "Ana", "Li", "Omar"])
            let last = pick(["Petrov", "Silva", "Wei", "Haddad"])
            var properties = ["name": ["\(first) \(last)"]]
            if number(below: 2) == 0 { properties["birthDate"] = [pick(["1970-01-02", "1981-05-06"])] }
            if number(below: 3) == 0 { properties["phone"] = [pick(["+31 20 555 0101", "0031205550102"])] }
            if number(below: 4) == 0 { properties["passportNumber"] = [pick(["AB1234567", "CD7654321"])] }
            return Self.subject(.person, key, properties, roles: roles)
        case 4:
            let name = pick(["Blue Ocean Trading Ltd", "Orion Freight", "Nile Metals Co"])
            let address = pick([["12 Quay Street, Rotterdam"], []])
            let properties = address.isEmpty ? ["name": [name]] : ["name": [name], "address": address]
            return Self.subject(.organisation, key, properties, roles: roles)
        case 5:
            return Self.subject(.account, key, ["iban": [pick(["DE89370400440532013000", "GB29NWBK60161331926819"])]])
        case 6: return Self.subject(.container, key, ["containerNumber": [pick(["CSQU3054383", "MSKU0383250"])]])
        case 7:
            return Self.subject(
                .route,
                key,
                ["origin": [pick(["CNSHA", "AEJEA"])], "destination": [pick(["NLRTM", "DEHAM"])]]
            )
        default:
            let words = pick([
                "telephones declared where precursors are sent", "gold sold through three shell companies in turn",
            ])
            return Self.subject(.method, key, ["summary": [words]])
        }
    }

    mutating func advisory(_ number: Int) -> ReferencedAdvisory {
        let subjects = (0..<self.number(below: 5)).map { "s\($0)" }.map { subject($0) }
        var relations: [SubjectRelation] = []
        for _ in 0..<self.number(below: 4) where subjects.count > 1 {
            let (from, to) = (pick(subjects).key, pick(subjects).key)
            relations.append(SubjectRelation(from, pick([.associate, .director, .family, .user]), to))
        }
        let codes = ["TBM-OVI", "TBM-PHA", "FIN-SHL", "FIN-FUN", "TRF-DRG", "SAN-TSP"]
        let categories = (0..<self.number(below: 4)).map { _ in pick(codes) }
        let full = Self.rendition(
            self.number(below: Self.labelsCount),
            subjects,
            relations,
            categories: categories
        )
        var renditions = [full]
        if self.number(below: 3) == 0 {
            let shown = subjects.filter { $0.kind == .route || $0.kind == .method }
            renditions.append(Self.rendition(self.number(below: Self.labelsCount), shown, categories: categories))
        }
        return ReferencedAdvisory(
            Self.advisory(number),
            publisher: Self.member(self.number(below: Self.publishersCount)),
            released: Tick(
                microseconds: Int64(Self.day - self.number(below: 40)) * 86_400_000_000 + Int64(number)
            ),
            existence: self.number(below: 5) == 0 ? .sealed : .open,
            renditions: renditions
        )
    }

    mutating func advisories(_ count: Int) -> [ReferencedAdvisory] { (0..<count).map { advisory($0) } }

    mutating func judgement(_ number: Int, below count: Int) throws -> Judgement? {
        let one = SubjectReference(Self.advisory(self.number(below: count)), "s\(self.number(below: 3))")
        let other = SubjectReference(Self.advisory(self.number(below: count)), "s\(self.number(below: 3))")
        guard one != other else { return nil }
        return try Judgement(
            one,
            other,
            are: pick([.one, .one, .two]),
            because: "seen \(number)",
            by: Self.principal(number),
            at: Tick(microseconds: Int64(number))
        )
    }

    mutating func judgements(_ count: Int, below advisories: Int) throws -> [Judgement] {
        try (0..<count).compactMap { try judgement($0, below: advisories) }
    }
}

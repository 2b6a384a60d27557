/// How alike two records are, and why.
struct Comparison: Sendable {
    /// 0 to 1000.
    let share: Int
    /// What of the names it rests on; nil where it rests on no name.
    let name: (asked: Int, known: Int)?
    /// What facts beside the names did to it, in the order in which they were looked at.
    let facts: [Fact]

    /// What a fact says.
    enum Fact: Hashable, Sendable {
        case identifierEqual(String), identifierOther
        case birthEqual, birthYear, birthNear, birthOther, birthYearNear, birthYearFar
        case countryEqual, countryOther
    }
}

/// The one scorer of screening and cross-referencing.
public enum Scorer {
    /// Which figures and rules it has: explanations name it.
    public static let version = "caveat-3"

    /// Compares one who is asked about with one who is known.
    static func compare(_ asked: Prepared, _ known: Prepared) -> Comparison {
        let isPerson = asked.families.contains(.person) && known.isPerson
        let best = likestNames(asked, known)
        var facts: [Comparison.Fact] = []
        var share = withDates(best.share, asked, known, isPerson, &facts)
        share = withCountries(share, asked, known, isPerson, &facts)
        share = withIdentifiers(share, asked, known, &facts)
        return Comparison(
            share: Terms.score(share),
            name: best.asked < 0 ? nil : (best.asked, best.known),
            facts: facts
        )
    }

    /// The names of both that are most alike, by their places, and how alike; -1 where none are.
    static func likestNames(_ asked: Prepared, _ known: Prepared) -> (share: Int, asked: Int, known: Int) {
        let isPerson = asked.families.contains(.person) && known.isPerson
        let (isAddress, isVessel) = (known.families == .address, known.families == .vessel)
        var best = (share: 0, asked: -1, known: -1)
        for (place, name) in asked.names.enumerated() {
            for (other, listed) in known.names.enumerated() {
                let alignment = Alignment(name, listed, isPerson: isPerson)
                var share = alignment.share
                if isAddress, alignment.leavesNumbers(of: name, listed) { share = share * Terms.numberOther / 1_000 }
                if isVessel, alignment.leavesWords(of: name, listed) { share = share * Terms.vesselOther / 1_000 }
                if listed.isWeak || name.isWeak { share = share * Terms.weakAlias / 1_000 }
                if share > best.share { best = (share, place, other) }
            }
        }
        return best
    }

    private static func raised(_ share: Int, by part: Int) -> Int { share + (1_000 - share) * part / 1_000 }

    private static func withDates(
        _ share: Int,
        _ asked: Prepared,
        _ known: Prepared,
        _ isPerson: Bool,
        _ facts: inout [Comparison.Fact]
    ) -> Int {
        guard !asked.dates.isEmpty, !known.dates.isEmpty, share > 0 else { return share }
        let all = asked.dates.flatMap { left in known.dates.map { fact(left, $0) } }
        guard let best = all.max(by: { $0.rank < $1.rank }) else { return share }
        facts.append(best.fact)
        // What is not about a person's birth is often given in several ways: it lowers nothing much.
        return switch best.fact {
        // Many are born on a day: it tells little of two who have little of their names in common.
        case .birthEqual: raised(share, by: Terms.birthEqual * min(share, Terms.birthWhole) / Terms.birthWhole)
        case .birthYear: raised(share, by: Terms.birthYear)
        case .birthNear: share * (isPerson ? Terms.birthNear : 1_000) / 1_000
        case .birthOther: share * (isPerson ? Terms.birthOther : 980) / 1_000
        case .birthYearNear: share * (isPerson ? Terms.birthYearNear : 970) / 1_000
        default: share * (isPerson ? Terms.birthYearFar : 940) / 1_000
        }
    }

    private static func fact(_ left: Int32, _ right: Int32) -> (rank: Int, fact: Comparison.Fact) {
        let (year, month, day) = (left / 10_000, left / 100 % 100, left % 100)
        let (otherYear, otherMonth, otherDay) = (right / 10_000, right / 100 % 100, right % 100)
        let isWhole = day > 0 && otherDay > 0
        if left == right { return isWhole ? (9, .birthEqual) : (8, .birthYear) }
        if year == otherYear {
            guard isWhole else {
                return month == 0 || otherMonth == 0 || month == otherMonth ? (7, .birthYear) : (4, .birthOther)
            }
            if month == otherDay, day == otherMonth { return (6, .birthNear) }
            return month == otherMonth || day == otherDay ? (5, .birthNear) : (4, .birthOther)
        }
        if isWhole, month == otherMonth, day == otherDay, abs(year - otherYear) <= 10 { return (3, .birthOther) }
        return abs(year - otherYear) <= 1 ? (2, .birthYearNear) : (1, .birthYearFar)
    }

    private static func withCountries(
        _ share: Int,
        _ asked: Prepared,
        _ known: Prepared,
        _ isPerson: Bool,
        _ facts: inout [Comparison.Fact]
    ) -> Int {
        guard !asked.countries.isEmpty, !known.countries.isEmpty, share > 0 else { return share }
        if asked.countries.contains(where: known.countries.contains) {
            facts.append(.countryEqual)
            return raised(share, by: Terms.countryEqual)
        }
        facts.append(.countryOther)
        return share * Terms.countryOther / 1_000
    }

    private static func withIdentifiers(
        _ share: Int,
        _ asked: Prepared,
        _ known: Prepared,
        _ facts: inout [Comparison.Fact]
    ) -> Int {
        guard !asked.identifiers.isEmpty, !known.identifiers.isEmpty else { return share }
        for left in asked.identifiers {
            guard known.identifiers.contains(where: { $0.value == left.value }) else { continue }
            facts.append(.identifierEqual(String(decoding: left.value, as: UTF8.self)))
            return raised(max(share, Terms.identifierEqual), by: 200)
        }
        let isOther = asked.identifiers.contains { left in
            left.kind != .other && left.kind != .account
                && known.identifiers.contains { $0.kind == left.kind }
        }
        guard isOther else { return share }
        facts.append(.identifierOther)
        return share * Terms.identifierOther / 1_000
    }
}

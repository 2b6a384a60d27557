import Foundation

/// The label's canonical text: what the store keeps it as, and what makes two labels one.
///
/// `pool|marking`, for a narrowed readership `|originator|author or -|addressee,addressee…`, and for the rendition of
/// an advisory `|terms` as JSON with its keys and lists in order, as the passage of what came from a source; before
/// these an unnarrowed readership is `|-|-|`. In a task force the pool is `pool/cohort`; where delays by tier count,
/// that is followed by `@microseconds+member`.
extension Label {
    /// The canonical text.
    public var text: String {
        let place = cohort == 0 ? pool.text : "\(pool.text)/\(cohort)"
        var parts = [place + (release?.text ?? ""), marking.code]
        if let scope {
            let addressees = scope.addressees.map { $0.uuid.text }.joined(separator: ",")
            parts += [scope.originator.text, scope.author?.text ?? "-", addressees]
        } else if terms != nil || passage != nil {
            parts += ["-", "-", ""]
        }
        if let terms { parts.append(WrittenTerms(terms).text) }
        if let passage { parts.append(WrittenPassage(passage).text) }
        return parts.joined(separator: "|")
    }

    /// Reads the canonical text; nil when it is anything else.
    public init?(text: String) {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        let head = parts[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let place = head[0].split(separator: "/", maxSplits: 1).map(String.init)
        guard [2, 5, 6].contains(parts.count), let marking = TLP(code: parts[1]),
            let pool = place.first.flatMap({ ID<Pool>(parsing: $0) }), let cohort = place.count == 1 ? 0 : Int(place[1])
        else { return nil }
        var scope: Scope?
        if parts.count > 2, parts[2] != "-" {
            guard let read = Scope(parts[2], parts[3], parts[4]) else { return nil }
            scope = read
        }
        var terms: Terms?
        var passage: Passage?
        if parts.count == 6 {
            terms = WrittenTerms(text: parts[5])?.terms
            passage = WrittenPassage(text: parts[5])?.passage
            guard (terms == nil) != (passage == nil) else { return nil }
        }
        var release: Release?
        if head.count > 1 {
            guard let read = Release(text: head[1]) else { return nil }
            release = read
        }
        self.init(pool: pool, marking: marking, scope: scope, terms: terms, passage: passage, cohort: cohort)
        self.release = release
    }
}

extension Label.Release {
    fileprivate var text: String { "@\(at.microseconds)+\(member.text)" }

    fileprivate init?(text: String) {
        let parts = text.split(separator: "+", maxSplits: 1).map(String.init)
        guard parts.count == 2, let at = Int64(parts[0]), let member = ID<Member>(parsing: parts[1]) else { return nil }
        self.init(at: Timestamp(microseconds: at), member: member)
    }
}

extension Label.Scope {
    fileprivate init?(_ originator: String, _ author: String, _ addressees: String) {
        guard let originator = ID<Member>(parsing: originator) else { return nil }
        let principal = ID<Principal>(parsing: author)
        guard principal != nil || author == "-" else { return nil }
        let uuids = addressees.split(separator: ",").map { UUID(utf8: $0.utf8) }
        guard uuids.allSatisfy({ $0 != nil }) else { return nil }
        self.init(
            originator: originator,
            author: principal,
            addressees: uuids.compactMap { $0 }.map { STIXID(type: "identity", uuid: $0) }
        )
    }
}

/// What a label has as JSON.
private protocol WrittenPart: Codable {}

extension WrittenPart {
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            preconditionFailure("texts, numbers and lists have a JSON form")
        }
    }

    init?(text: String) {
        // A text that is none of ours is no label: the caller says so.
        guard let read = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = read
    }
}

/// What a gateway asks of a party, as it is written; 0 where a fact has no end.
private enum WrittenFacts {
    static func written(_ party: GatewayParty) -> [String: Int64]? {
        let ends = party.holds.map { ($0.key.text, $0.value?.microseconds ?? 0) }
        return ends.isEmpty ? nil : Dictionary(uniqueKeysWithValues: ends)
    }

    static func read(_ facts: [String: Int64]?) -> [Precondition: Timestamp?]? {
        var holds: [Precondition: Timestamp?] = [:]
        for (text, end) in facts ?? [:] {
            guard let fact = Precondition(text) else { return nil }
            holds[fact] = .some(end == 0 ? nil : Timestamp(microseconds: end))
        }
        return holds
    }
}

/// A passage as it is written.
private struct WrittenPassage: WrittenPart {
    var gateway: String
    var originator: String
    var kind: MemberKind
    var jurisdiction: String
    /// Microseconds since 1970; 0 where a fact has no end.
    var facts: [String: Int64]?

    init(_ passage: Label.Passage) {
        gateway = passage.gateway.text
        originator = passage.originator.text
        kind = passage.origin.kind
        jurisdiction = passage.origin.jurisdiction
        facts = WrittenFacts.written(passage.origin)
    }

    var passage: Label.Passage? {
        guard let gateway = Name(gateway), let originator = ID<Member>(parsing: originator),
            let holds = WrittenFacts.read(facts)
        else { return nil }
        let origin = GatewayParty(kind: kind, jurisdiction: jurisdiction, holds: holds)
        return Label.Passage(gateway: gateway, originator: originator, origin: origin)
    }
}

/// Terms as they are written: plain texts, each list in order, and nothing where there is nothing to say.
private struct WrittenTerms: WrittenPart {
    var advisory: String
    var originator: String
    var kind: MemberKind
    var jurisdiction: String
    /// Microseconds since 1970; 0 where a fact has no end.
    var facts: [String: Int64]?
    var rendition: Rendition
    var renditions: [String]
    var nominal: Bool?
    var weak: Bool?
    var protected: Bool?
    var disputed: Bool?
    var purposes: [Purpose]
    var caveats: [HandlingCaveat]?
    var compartment: String?
    var subjects: [String]?
    var kinds: [String]?
    var members: [String]?
    var holders: [String]?
    var recipients: [String]?
    var owed: Bool?

    init(_ terms: Label.Terms) {
        advisory = terms.advisory.text
        originator = terms.originator.text
        kind = terms.origin.kind
        jurisdiction = terms.origin.jurisdiction
        facts = WrittenFacts.written(terms.origin)
        rendition = terms.rendition
        renditions = terms.renditions.map(\.rawValue).sorted()
        nominal = terms.isNominal ? true : nil
        weak = terms.isWeak ? true : nil
        protected = terms.isProtected ? true : nil
        disputed = terms.isDisputed ? true : nil
        purposes = terms.purposes.sorted()
        caveats = terms.caveats.isEmpty ? nil : terms.caveats.sorted()
        compartment = terms.compartment?.text
        subjects = Self.list(terms.subjects.map(\.text))
        kinds = terms.affected.map { $0.kinds.map(\.rawValue).sorted() }
        members = terms.affected.map { $0.members.map(\.text).sorted() }
        holders = Self.list(terms.holders.map(\.text))
        recipients = terms.recipients.map { $0.map(\.text).sorted() }
        owed = terms.isOwed ? true : nil
    }

    private static func list(_ texts: [String]) -> [String]? { texts.isEmpty ? nil : texts.sorted() }

    var terms: Label.Terms? {
        guard let advisory = ID<Advisory>(parsing: advisory), let originator = ID<Member>(parsing: originator),
            let holds = WrittenFacts.read(facts)
        else { return nil }
        let ids = (holders ?? []).map { ID<Member>(parsing: $0) }
        let marks = (subjects ?? []).map { SubjectMark(text: $0) }
        let endangered = (members ?? []).map { ID<Member>(parsing: $0) }
        let told = recipients.map { $0.map { ID<Principal>(parsing: $0) } }
        guard (ids + endangered).allSatisfy({ $0 != nil }), marks.allSatisfy({ $0 != nil }),
            told?.allSatisfy({ $0 != nil }) ?? true
        else { return nil }
        var terms = Label.Terms(
            advisory,
            originator: originator,
            origin: GatewayParty(kind: kind, jurisdiction: jurisdiction, holds: holds),
            rendition,
            of: Set(renditions.compactMap(Rendition.init))
        )
        terms.isNominal = nominal ?? false
        terms.isWeak = weak ?? false
        terms.isProtected = protected ?? false
        terms.isDisputed = disputed ?? false
        terms.purposes = Set(purposes)
        terms.caveats = Set(caveats ?? [])
        terms.compartment = compartment.flatMap { Name($0) }
        terms.subjects = Set(marks.compactMap { $0 })
        terms.holders = Set(ids.compactMap { $0 })
        terms.recipients = told.map { Set($0.compactMap { $0 }) }
        terms.isOwed = owed ?? false
        if let kinds {
            do throws(ContentFault) {
                terms.affected = try AffectedPopulation(
                    kinds: Set(kinds.compactMap(MemberKind.init)),
                    members: Set(endangered.compactMap { $0 })
                )
            } catch {
                return nil
            }
        }
        return terms
    }
}

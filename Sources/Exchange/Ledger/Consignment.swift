/// A consignment that somebody would have handled faster.
public struct Consignment: Hashable, Sendable {
    /// Characters of a number, at most: those of a document number in UN/EDIFACT (1004).
    public static let numberCharactersMax = 70

    /// Its number: of an air waybill or a bill of lading.
    public let number: String
    /// What its parties, containers and goods are recognised by.
    public let marks: Set<SubjectMark>

    /// Takes both; nil for a number that is empty, too long, or of other characters than those that can be printed.
    public init?(_ number: String, marks: Set<SubjectMark>) {
        guard (1...Self.numberCharactersMax).contains(number.utf8.count),
            number.utf8.allSatisfy({ (33...126).contains($0) })
        else { return nil }
        self.init(number: number, marks: marks)
    }

    private init(number: String, marks: Set<SubjectMark>) {
        self.number = number
        self.marks = marks
    }

    /// The same, with more that is in its papers.
    func adding(_ more: Set<SubjectMark>) -> Consignment {
        Consignment(number: number, marks: marks.union(more))
    }

    func check(reported: Set<SubjectMark>, subjects: Set<SubjectMark>) throws(EntitlementRefusal) {
        guard marks.isDisjoint(with: reported) else { throw .ownReport }
        guard marks.isDisjoint(with: subjects) else { throw .subject }
    }
}

extension Consignment {
    /// Parties whose names are compared.
    public static let partiesMax = 32
    /// Containers that are compared.
    public static let containersMax = 100

    /// Reads what its papers say.
    ///
    /// A name is compared as a person's, of any day of birth, and as an organisation's; the number as that of a bill of
    /// lading, of a document and, where it is one, of an air waybill or a container.
    /// - Throws: `ContentFault` with the field, `consignment`, `parties[0]` or `containers[0]`.
    public init(_ number: String, parties: [String], containers: [String]) throws(ContentFault) {
        guard parties.count <= Self.partiesMax else {
            throw ContentFault("parties", .many(countMax: Self.partiesMax))
        }
        guard containers.count <= Self.containersMax else {
            throw ContentFault("containers", .many(countMax: Self.containersMax))
        }
        var marks = Self.marks(ofNumber: number)
        for (place, name) in parties.enumerated() {
            marks.formUnion(try Self.marks(ofParty: name, "parties[\(place)]"))
        }
        for (place, container) in containers.enumerated() {
            do throws(ContentFault) {
                marks.formUnion(try Subject(.container, key: "c", properties: ["containerNumber": [container]]).marks)
            } catch {
                throw ContentFault("containers[\(place)]", error.rule)
            }
        }
        guard let read = Consignment(number, marks: marks) else {
            throw ContentFault(
                "consignment",
                .form(
                    "must have 1 to \(Self.numberCharactersMax) printable ASCII characters without spaces: the number of the "
                        + "air waybill or bill of lading"
                )
            )
        }
        self = read
    }

    private static func marks(ofNumber number: String) -> Set<SubjectMark> {
        let plain = number.filter { $0.isLetter || $0.isNumber }
        guard !plain.isEmpty else { return [] }
        // Most numbers are none of an air waybill: those have a check digit.
        let waybill = try? Subject(.consignment, key: "k", properties: ["airWaybill": [number]])
        // A container is asked for by its number alone, too, however it is written.
        let container = try? Subject(.container, key: "k", properties: ["containerNumber": [plain]])
        return (waybill?.marks ?? []).union(container?.marks ?? []).union([
            SubjectMark(of: ["billOfLading", plain]), SubjectMark(of: ["passportNumber", plain]),
        ])
    }

    private static func marks(ofParty name: String, _ field: String) throws(ContentFault) -> Set<SubjectMark> {
        guard name.unicodeScalars.count <= Subject.valueCharactersMax else {
            throw ContentFault(field, .long(charactersMax: Subject.valueCharactersMax))
        }
        let folded = name.foldedName
        guard !folded.isEmpty else { throw ContentFault(field, .form("must be a name: it has no letter and no digit")) }
        return SubjectMark.organisation(named: name).union([
            SubjectMark(of: ["person without day", folded]), SubjectMark(of: ["person of any day", folded]),
        ])
    }
}

extension ReportContent {
    /// What a consignment is compared with, of all of its subjects: those that are to be protected, too.
    public var subjectMarks: Set<SubjectMark> { Self.marks(of: subjects) }

    /// The same, of those subjects alone that are not to be protected.
    public var suspectMarks: Set<SubjectMark> { Self.marks(of: subjects.filter { !$0.isProtected }) }

    private static func marks(of subjects: [Subject]) -> Set<SubjectMark> {
        subjects.reduce(into: []) { $0.formUnion($1.conflictMarks) }
    }
}

extension AdvisoryContent {
    /// What a consignment is compared with: of the subjects that a full rendition shows.
    public var shownMarks: Set<SubjectMark> { shown.reduce(into: []) { $0.formUnion($1.conflictMarks) } }
}

/// What some objects, taken by themselves, show of who released them and how they came.
public struct ReleaseAudit: Sendable {
    /// A release that one of the notes among them tells of.
    public struct Told: Sendable {
        /// The note.
        public let note: STIXID
        /// The release, and how it came.
        public let signed: SignedRelease
        /// What is wrong with its signatures and its way.
        public let faults: [CustodyFault]
        /// What is wrong with the objects that it names.
        public let objects: [ReleasedObjectFault]

        /// Whether it came without any of its objects: what tells that a copy no longer counts.
        public let isNotice: Bool

        /// Whether all is right.
        public var isGood: Bool { faults.isEmpty && (objects.isEmpty || isNotice) }
    }

    /// One object, and the releases that name it.
    public struct Finding: Sendable {
        /// What is found of it.
        public enum Verdict: String, Sendable {
            /// A release that is to be trusted names it as it is.
            case good
            /// It is not as it was released, or no release that names it is to be trusted.
            case wrong
            /// No release names it.
            case unsigned
        }

        /// The object.
        public let object: STIXObject
        /// The releases that name it as it is.
        public let told: [Told]
        /// What is wrong with it by itself.
        public let faults: [ReleasedObjectFault]

        /// What is found of it.
        public var verdict: Verdict {
            if told.contains(where: { $0.faults.isEmpty }), faults.isEmpty { return .good }
            return told.isEmpty && faults.isEmpty ? .unsigned : .wrong
        }
    }

    /// All releases that notes tell of, in the order of the notes.
    public let told: [Told]
    /// What notes say of releases in another form than they must.
    public let malformed: [(note: STIXID, fault: STIXFault)]
    /// All other objects, in their order, without those that standards and the exchange itself define.
    public let findings: [Finding]

    /// Looks at objects.
    /// - Parameters:
    ///   - keys: those that are trusted.
    ///   - now: the present time.
    public init(of objects: [STIXObject], keys: KeyRing, at now: Timestamp) {
        var notes: [(STIXID, SignedRelease)] = []
        var malformed: [(note: STIXID, fault: STIXFault)] = []
        var others: [STIXObject] = []
        for object in objects {
            do throws(STIXFault) {
                if let note = try Self.note(object) {
                    notes.append((object.id, note.signed))
                } else if !Self.isDefinition(object) {
                    others.append(object)
                }
            } catch {
                malformed.append((object.id, error))
            }
        }
        let told = notes.map { id, signed in
            let faults = signed.release.faults(in: others)
            let isNotice =
                signed.release.purpose == .correction && faults.count == signed.release.objects.count
                && faults.allSatisfy { if case .missing = $0 { true } else { false } }
            return Told(
                note: id,
                signed: signed,
                faults: signed.faults(isNotice: isNotice, keys: keys, at: now),
                objects: faults,
                isNotice: isNotice
            )
        }
        self.told = told
        self.malformed = malformed
        findings = others.map { Self.finding($0, told) }
    }

    private static func finding(_ object: STIXObject, _ told: [Told]) -> Finding {
        let naming = told.filter { $0.signed.release.objects.contains { $0.id == object.id } }
        let exact = naming.filter { $0.signed.release.objects.contains { $0.digest == object.digest } }
        let isChanged = naming.contains { told in
            told.signed.release.objects.contains { $0.id == object.id && $0.modified == object.version?.text }
        }
        let isStricter = exact.contains { told in object.marking.map { $0 > told.signed.release.marking } ?? false }
        var faults: [ReleasedObjectFault] = []
        if exact.isEmpty, isChanged { faults.append(.changed(object.id)) }
        if isStricter { faults.append(.stricter(object.id)) }
        return Finding(object: object, told: exact, faults: faults)
    }

    private static func note(_ object: STIXObject) throws(STIXFault) -> ReleaseNote? {
        // The bytes of an object that was read can be read again.
        guard let value = try? JSON(parsing: object.bytes).root else { return nil }
        return try ReleaseNote(value)
    }

    /// Whether it is what every exchange has: a TLP marking, which nobody can counterfeit, or one of our definitions.
    private static func isDefinition(_ object: STIXObject) -> Bool {
        TLP.marking(object.id) != nil || definitions.contains(object.digest)
    }

    private static let definitions: Set<[UInt8]> = {
        let all =
            ListExtension.definitions + [
                AdvisoryExtension.definition, ReportExtension.definition, FederationExtension.definition,
            ]
        return Set(
            all.map { bytes in
                do {
                    return try STIXObject(try JSON(parsing: bytes).root).digest
                } catch {
                    preconditionFailure("the definitions of the exchange are STIX")
                }
            }
        )
    }()
}

/// The forms in which readers get an advisory: STIX 2.1 objects, the report first.
extension Advisory {
    /// One rendition of the version that readers see, as it is now; none for one that was never published or is
    /// recalled, and no tearline where its author wrote none.
    ///
    /// Of a rendition, every version of every object has the same id. The marking is the advisory's; addressees are
    /// named in the full rendition alone. Persons to be protected are in no rendition.
    /// - Parameter now: `modified` of the objects, which must be later than in what was given out before.
    public func rendition(_ rendition: Rendition, ids: @escaping RenditionIDs, at now: Timestamp) -> [[UInt8]] {
        if case .recalled = stage { return [] }
        guard let release else { return [] }
        let objects: [[String: Any]]
        switch rendition {
        case .full: objects = full(release, frame(.full, release, ids, now))
        case .tearline: objects = tearline(release, frame(.tearline, release, ids, now))
        case .nonNominal:
            let frame = frame(.nonNominal, release, ids, now)
            objects = NonNominal(content, of: kind).objects(in: frame, isDisputed: state == .restricted)
        case .stub: objects = []
        }
        return objects.map { ListJSON.bytes($0) }
    }

    /// What is left of objects of one rendition that somebody holds: each revoked, with nothing of what it said.
    ///
    /// It says of a recall that it was one, and why; otherwise that the copy is withdrawn, and nothing of what took its
    /// place. What was revoked before is the same as then: what is revoked has no later version.
    /// - Parameters:
    ///   - held: the objects, all of this rendition; none that its holders were not given.
    ///   - now: `modified` of the objects, which must be later than in what was given out before.
    public func stub(
        of given: Rendition,
        holding held: Set<STIXID>,
        ids: @escaping RenditionIDs,
        at now: Timestamp
    ) -> [[UInt8]] {
        guard let release else { return [] }
        let frame = frame(given, release, ids, now).revoking(at: now)
        let before = Dictionary(uniqueKeysWithValues: dropped(release, frame).map { ($0.id, $0.at) })
        let parts = held.subtracting([frame.report]).sorted().map { id in
            Self.revoked(id, in: frame.revoking(at: before[id] ?? now))
        }
        guard held.contains(frame.report) else { return parts.map { ListJSON.bytes($0) } }
        var details = ["extension_type": "property-extension", "rendition": Rendition.stub.rawValue]
        details.merge(ending) { _, new in new }
        // Why it was called back tells that it was about somebody; who held no name is not told.
        if given == .nonNominal { details["reason"] = nil }
        let report = frame.object(
            frame.report,
            [
                "name": details["state"] ?? "", "published": frame.created.text, "revoked": true,
                // It must refer to something: what else was held is for those alone that held it.
                "object_refs": [frame.report.text],
            ],
            extensions: [AdvisoryExtension.id: details]
        )
        return ([report] + parts).map { ListJSON.bytes($0) }
    }

    /// What a stub says of why it came.
    private var ending: [String: String] {
        switch stage {
        case .recalled(let reason, _, let recalled):
            ["state": state.name, "reason": reason.rawValue, "recalled": recalled.text]
        case .withdrawn(let reason, _, _), .discarded(let reason, _):
            ["state": state.name, "reason": reason.rawValue]
        case .expired: ["state": state.name]
        case .pending, .published, .restricted:
            ["state": "withdrawn", "reason": WithdrawalReason.superseded.rawValue]
        }
    }

    private func frame(
        _ rendition: Rendition,
        _ release: AdvisoryRelease,
        _ ids: @escaping RenditionIDs,
        _ now: Timestamp
    ) -> RenditionFrame {
        let isFull = rendition == .full
        return RenditionFrame(
            rendition: rendition,
            author: isFull ? STIXID(type: "identity", uuid: member.uuid) : nil,
            marking: terms.marking,
            addressees: isFull ? terms.addressees : [],
            created: release.first,
            modified: max(now, release.first),
            ids: ids
        )
    }

    // MARK: Full

    private func full(_ release: AdvisoryRelease, _ frame: RenditionFrame) -> [[String: Any]] {
        let subjects = content.shown.map { subject in
            let part = RenditionPart.subject(key: subject.key, kind: subject.kind)
            return subject.object(id(part, frame), in: frame)
        }
        let codes = content.categories.map(\.rawValue)
        let method = NonNominal.method(id(.method, frame), codes, ["category": codes], in: frame)
        let shown = subjects.isEmpty ? [method] : subjects
        let relations = content.shownRelations.map { relation in
            frame.object(
                id(.relation(relation), frame),
                [
                    "relationship_type": relation.kind.rawValue,
                    "source_ref": id(ofSubject: relation.from, frame).text,
                    "target_ref": id(ofSubject: relation.to, frame).text,
                ]
            )
        }
        var own: [String: Any] = [
            "name": content.title, "published": release.first.text, "report_types": ["advisory"],
            "object_refs": (shown + relations).compactMap { $0["id"] }, "labels": codes,
            "description": content.assessment.map { "Facts\n\(content.facts)\n\nAssessment\n\($0)" } ?? content.facts,
        ]
        own["confidence"] = content.confidence
        var details = details(release, .full)
        details["facts"] = content.facts
        details["assessment"] = content.assessment
        details["what_changed"] = version.change?.what
        details["why_changed"] = version.change?.why
        details["grade_original"] = version.grading?.grade.original
        let report = frame.object(frame.report, own, extensions: [AdvisoryExtension.id: details])
        return [report] + shown + relations + derivations(frame) + gone(release, frame)
    }

    /// The links from the sanitised renditions to this one; they go with this one alone, so that who reads only those
    /// does not learn that there is another, nor its id.
    private func derivations(_ frame: RenditionFrame) -> [[String: Any]] {
        let sources: [Rendition] = content.tearline == nil ? [.nonNominal] : [.tearline, .nonNominal]
        return sources.map { source in
            let derived = STIXID(type: "report", uuid: frame.ids(source, RenditionFrame.report))
            return frame.object(
                frame.id("relationship", "derived/\(source.rawValue)"),
                [
                    "relationship_type": "derived-from", "source_ref": derived.text,
                    "target_ref": frame.report.text,
                ]
            )
        }
    }

    /// The last versions of what earlier versions had and this one has not: readers hold them.
    ///
    /// They are the same in every later version, so that nobody misses them who passes versions by.
    private func gone(_ release: AdvisoryRelease, _ frame: RenditionFrame) -> [[String: Any]] {
        dropped(release, frame).map { Self.revoked($0.id, in: frame.revoking(at: $0.at)) }
    }

    /// What earlier versions of the full rendition had and this one has not, and since when readers are told.
    private func dropped(_ release: AdvisoryRelease, _ frame: RenditionFrame) -> [(id: STIXID, at: Timestamp)] {
        guard frame.rendition == .full else { return [] }
        var seen: [RenditionPart: Int] = [:]
        return retired.map { retired in
            let generation = seen[retired.part, default: 0]
            seen[retired.part] = generation + 1
            let id = frame.id(retired.part.type, retired.part.key(generation: generation))
            return (id, retired.told ?? frame.modified)
        }
    }

    private func generation(of part: RenditionPart) -> Int { retired.count { $0.part == part } }

    private func id(_ part: RenditionPart, _ frame: RenditionFrame) -> STIXID {
        frame.id(part.type, part.key(generation: generation(of: part)))
    }

    /// The subjects that some objects of the full rendition show.
    func shown(in objects: Set<String>, ids: @escaping RenditionIDs) -> [Subject] {
        guard let release else { return [] }
        let frame = frame(.full, release, ids, release.first)
        return content.shown.filter { subject in
            let part = RenditionPart.subject(key: subject.key, kind: subject.kind)
            return (0...generation(of: part)).contains { generation in
                objects.contains(frame.id(part.type, part.key(generation: generation)).text)
            }
        }
    }

    private func id(ofSubject key: String, _ frame: RenditionFrame) -> STIXID {
        guard let subject = content.subjects.first(where: { $0.key == key }) else {
            preconditionFailure("the ends of a relation are among the subjects")
        }
        return id(.subject(key: key, kind: subject.kind), frame)
    }

    // MARK: Tearline

    /// The author's sanitised text, with nothing else that is written freely, and without the source.
    private func tearline(_ release: AdvisoryRelease, _ frame: RenditionFrame) -> [[String: Any]] {
        guard let text = content.tearline else { return [] }
        let codes = content.categories.map(\.rawValue)
        let method = frame.id(SubjectKind.method.stixType, "method")
        var own: [String: Any] = [
            "name": "Advisory \(release.reference.text)", "description": text, "published": release.first.text,
            "report_types": ["advisory"], "object_refs": [method.text], "labels": codes,
        ]
        own["confidence"] = content.confidence
        let report = frame.object(
            frame.report,
            own,
            extensions: [AdvisoryExtension.id: details(release, .tearline)]
        )
        return [report, NonNominal.method(method, codes, ["category": codes], in: frame)]
    }

    // MARK: Both

    /// What the extension has in the full rendition and the tearline alike: nothing that is written freely.
    private func details(_ release: AdvisoryRelease, _ rendition: Rendition) -> [String: Any] {
        var details: [String: Any] = [
            "extension_type": "property-extension", "rendition": rendition.rawValue,
            "reference": release.reference.text, "kind": kind.rawValue, "state": state.name, "number": version.number,
            "severity": content.severity.rawValue, "action_code": content.action.rawValue,
            "purposes": terms.purposes.sorted().map(\.rawValue),
        ]
        details["grade"] = version.grade?.code
        details["review"] = release.review?.text
        if !terms.caveats.isEmpty { details["caveats"] = terms.caveats.sorted().map(\.rawValue) }
        return details
    }

    /// The last version of an object beside the report, with nothing of what it said.
    private static func revoked(_ id: STIXID, in frame: RenditionFrame) -> [String: Any] {
        guard id.type != "relationship" else {
            // Its ends are its own: those it had say what was recalled.
            return frame.object(
                id,
                [
                    "relationship_type": "related-to", "source_ref": frame.report.text,
                    "target_ref": frame.report.text, "revoked": true,
                ]
            )
        }
        let own: [String: Any] = ["name": "revoked", "revoked": true]
        // Only what STIX has no type for needs an extension to be valid.
        guard let kind = SubjectKind.allCases.first(where: { $0.stixType == id.type }), kind.identityClass == nil else {
            return frame.object(id, own)
        }
        return frame.object(
            id,
            own,
            extensions: [ListExtension.subject: RenditionFrame.subject(kind, kind.schemas[0], [:])]
        )
    }
}

extension Subject {
    /// Its STIX object.
    func object(_ id: STIXID, in frame: RenditionFrame) -> [String: Any] {
        var own: [String: Any] = ["name": caption]
        own["identity_class"] = kind.identityClass
        var details: [String: Any] = ["extension_type": "property-extension", "subject": kind.rawValue]
        if !roles.isEmpty { details["roles"] = roles.map(\.rawValue) }
        details["standing"] = standing?.rawValue
        return frame.object(
            id,
            own,
            extensions: [
                ListExtension.subject: RenditionFrame.subject(kind, schema, properties),
                AdvisoryExtension.id: details,
            ]
        )
    }

    /// A route's ends; nil where one is not known.
    static func caption(ofRoute properties: [String: [String]]) -> String? {
        properties["origin"]?.first.flatMap { origin in properties["destination"]?.first.map { "\(origin) to \($0)" } }
    }

    /// What people call it: the first of its names, else of its numbers, else its key.
    var caption: String {
        if kind == .route, let caption = Self.caption(ofRoute: properties) { return caption }
        let telling = [
            "name", "full", "containerNumber", "airWaybill", "billOfLading", "iban", "accountNumber", "number",
            "registrationNumber", "vin", "imoNumber", "origin", "country", "goods", "alias",
        ]
        return telling.lazy.compactMap { self.properties[$0]?.first }.first ?? key
    }
}

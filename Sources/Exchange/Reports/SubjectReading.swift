/// Reads the STIX objects of a report strictly: what a report cannot keep is refused by name, and nothing is lost in
/// silence.
enum StatedObject {
    /// The common properties that say nothing of what is reported.
    private static let common = [
        "type", "spec_version", "id", "created", "modified", "created_by_ref", "object_marking_refs", "extensions",
    ]

    /// Refuses properties and extensions that are not among those named.
    static func check(
        _ object: JSON.Value,
        knows own: [String],
        extensions: [String: [String]]
    ) throws(ContentFault) {
        let known = common + own
        for (name, _) in object.members where !known.contains(name) {
            // One that is not revoked may say so.
            if name == "revoked", object["revoked"]?.boolean == false { continue }
            throw ContentFault(String(name.prefix(80)), .unknown(known: known))
        }
        for (id, value) in object["extensions"]?.members ?? [] {
            guard let fields = extensions[id] else {
                throw ContentFault("extensions.\(id.prefix(80))", .unknown(known: extensions.keys.sorted()))
            }
            for (name, _) in value.members where name != "extension_type" && !fields.contains(name) {
                throw ContentFault("extensions.\(id).\(name.prefix(80))", .unknown(known: fields))
            }
        }
    }

    /// A text; nil where it is absent.
    static func text(_ object: JSON.Value?, _ name: String) throws(ContentFault) -> String? {
        guard let value = object?[name] else { return nil }
        guard let text = value.string else { throw ContentFault(name, .form("must be a text")) }
        return text
    }

    /// A list of texts; none where it is absent.
    static func texts(_ object: JSON.Value?, _ name: String) throws(ContentFault) -> [String] {
        guard let value = object?[name] else { return [] }
        let texts = value.elements.compactMap(\.string)
        guard value.kind == .array, texts.count == value.count else {
            throw ContentFault(name, .form("must be a list of texts"))
        }
        return texts
    }

    /// A word of a closed vocabulary; nil where it is absent.
    static func word<Word: CaseIterable & RawRepresentable<String>>(
        _ object: JSON.Value?,
        _ name: String
    ) throws(ContentFault) -> Word? {
        guard let text = try text(object, name) else { return nil }
        return try word(text, name)
    }

    /// Words of a closed vocabulary; none where they are absent.
    static func words<Word: CaseIterable & RawRepresentable<String> & Hashable>(
        _ object: JSON.Value?,
        _ name: String
    ) throws(ContentFault) -> Set<Word> {
        var words: Set<Word> = []
        for (place, text) in try texts(object, name).enumerated() { words.insert(try word(text, "\(name)[\(place)]")) }
        return words
    }

    private static func word<Word: CaseIterable & RawRepresentable<String>>(
        _ text: String,
        _ field: String
    ) throws(ContentFault) -> Word {
        guard let word = Word(rawValue: text) else {
            let all = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw ContentFault(field, .form("must be one of \(all)"))
        }
        return word
    }

    /// What the body does, its faults told from an extension on.
    static func within<Output>(
        _ id: String,
        _ body: () throws(ContentFault) -> Output
    ) throws(ContentFault) -> Output {
        do throws(ContentFault) {
            return try body()
        } catch {
            throw error.within("extensions.\(id)")
        }
    }
}

extension Subject {
    /// Reads the object of a subject: an identity, with or without our extensions, or one of our types.
    /// - Throws: `ContentFault`, which names the property.
    init(stated object: JSON.Value, key: String) throws(ContentFault) {
        try StatedObject.check(
            object,
            knows: object["type"]?.string == "identity"
                ? ["name", "description", "identity_class"] : ["name", "description"],
            extensions: [
                ListExtension.subject: ["schema", "properties"],
                AdvisoryExtension.id: ["subject", "roles", "standing"],
            ]
        )
        let matter = object["extensions"]?[AdvisoryExtension.id]
        let subject = object["extensions"]?[ListExtension.subject]
        let kind = try Self.kind(of: object, matter)
        let (roles, standing) = try StatedObject.within(AdvisoryExtension.id) {
            () throws(ContentFault) -> (Set<SubjectRole>, DataSubject?) in
            (try StatedObject.words(matter, "roles"), try StatedObject.word(matter, "standing"))
        }
        let (schema, stated) = try StatedObject.within(ListExtension.subject) {
            () throws(ContentFault) -> (String?, [String: [String]]) in
            var properties: [String: [String]] = [:]
            for (name, _) in subject?["properties"]?.members ?? [] {
                properties[name] = try StatedObject.texts(subject?["properties"], name)
            }
            return (try StatedObject.text(subject, "schema"), properties)
        }
        var properties = stated
        for name in ["name", "description"] {
            guard let text = try StatedObject.text(object, name) else { continue }
            try Self.keep(text, as: name, of: kind, schema ?? kind.schemas[0], in: &properties)
        }
        do throws(ContentFault) {
            try self.init(kind, key: key, schema: schema, properties: properties, roles: roles, standing: standing)
        } catch {
            throw error.within("extensions.\(error.isOfMatter ? AdvisoryExtension.id : ListExtension.subject)")
        }
    }

    private static func kind(of object: JSON.Value, _ matter: JSON.Value?) throws(ContentFault) -> SubjectKind {
        let type = object["type"]?.string ?? ""
        let stated: SubjectKind? = try StatedObject.within(AdvisoryExtension.id) { () throws(ContentFault) in
            try StatedObject.word(matter, "subject")
        }
        let kinds = SubjectKind.allCases.filter { $0.stixType == type }
        if let stated {
            guard kinds.contains(stated) else {
                let codes = kinds.map(\.rawValue).joined(separator: ", ")
                let field = "extensions.\(AdvisoryExtension.id).subject"
                throw ContentFault(field, .form("must be one of \(codes) of a \(type)"))
            }
            return stated
        }
        if kinds.count == 1 { return kinds[0] }
        let identityClass = try StatedObject.text(object, "identity_class")
        guard let kind = kinds.first(where: { $0.identityClass == identityClass }) else {
            throw ContentFault("identity_class", .form("must be individual, organization or group"))
        }
        return kind
    }

    /// Keeps a text of STIX among the properties of FollowTheMoney; where none has its name, it must be there already.
    private static func keep(
        _ text: String,
        as name: String,
        of kind: SubjectKind,
        _ schema: String,
        in properties: inout [String: [String]]
    ) throws(ContentFault) {
        if properties.values.contains(where: { $0.contains(text) }) { return }
        if kind == .route, text == Subject.caption(ofRoute: properties) { return }
        guard kind.ownProperties == nil, FollowTheMoney.refusal(of: name, in: schema) == nil else {
            let rule = "must be one of the values of its properties, or left out"
            throw ContentFault(name, .form(rule))
        }
        properties[name, default: []].append(text)
    }
}

extension ContentFault {
    /// Whether it is of what a subject does in the matter, and not of what it is.
    fileprivate var isOfMatter: Bool { field.hasPrefix("standing") || field.hasPrefix("roles") }
}

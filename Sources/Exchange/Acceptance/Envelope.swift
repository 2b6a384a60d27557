/// What of an envelope cannot be taken at all.
public enum EnvelopeFault: Error, CustomStringConvertible, Sendable {
    case malformed(JSONFault)
    /// `objects` is not what it must be.
    case objects(String)

    /// The same, for people to read.
    public var description: String {
        switch self {
        case .malformed(let fault): fault.description
        case .objects(let rule): "objects: \(rule)"
        }
    }
}

/// A TAXII envelope that somebody sends (TAXII 2.1 §3.7): its objects, each read by itself.
public struct Envelope: Sendable {
    /// Limits on what one envelope may hold.
    public struct Limits: Hashable, Sendable {
        /// Objects of one envelope.
        public var objectsPerEnvelopeMax: Int
        /// Bytes of one object.
        public var objectBytesMax: Int
        /// Levels of objects and lists in one object.
        public var objectDepthMax: Int

        /// Puts it together from its parts.
        public init(
            objectsPerEnvelopeMax: Int = 50_000,
            objectBytesMax: Int = 1 << 20,
            objectDepthMax: Int = 64
        ) {
            self.objectsPerEnvelopeMax = objectsPerEnvelopeMax
            self.objectBytesMax = objectBytesMax
            self.objectDepthMax = objectDepthMax
        }
    }

    /// The objects, in order; those that are no valid STIX with the reason.
    public let contributions: [Contribution]

    /// Reads an envelope.
    ///
    /// An object that is no valid STIX becomes an invalid contribution; the others stay whole.
    public init(_ bytes: [UInt8], limits: Limits) throws(EnvelopeFault) {
        let document: JSON
        do {
            // The envelope and its list are two levels more than the object.
            document = try JSON(
                parsing: bytes,
                limits: JSON.Limits(depthMax: limits.objectDepthMax + 2, isolatesElements: true)
            )
        } catch {
            throw .malformed(error)
        }
        guard document.root.kind == .object else { throw .objects("the body must be one JSON object, an envelope") }
        guard let list = document.root["objects"], list.kind == .array else {
            throw .objects("must be there, a list of STIX objects (TAXII 2.1 §3.7)")
        }
        let elements = list.elements
        guard !elements.isEmpty else { throw .objects("must hold at least one object") }
        guard elements.count <= limits.objectsPerEnvelopeMax else {
            throw .objects("must hold at most \(limits.objectsPerEnvelopeMax) objects; send several envelopes")
        }
        contributions = elements.enumerated().map { place, element in
            Contribution(element, at: place, limits: limits)
        }
    }
}

extension Contribution {
    init(_ element: JSON.Value, at place: Int, limits: Envelope.Limits) {
        if let fault = element.fault {
            self = .invalid(id: "objects[\(place)]", version: nil, reason: fault.description)
            return
        }
        let id = element["id"]?.string ?? "objects[\(place)]"
        let version = element["modified"]?.string ?? element["created"]?.string
        guard element.range.count <= limits.objectBytesMax else {
            self = .invalid(
                id: id,
                version: version,
                reason: "objects[\(place)]: an object may have at most \(limits.objectBytesMax) bytes"
            )
            return
        }
        do throws(STIXFault) {
            self = .object(try STIXObject(element))
        } catch {
            self = .invalid(id: id, version: version, reason: error.description)
        }
    }
}

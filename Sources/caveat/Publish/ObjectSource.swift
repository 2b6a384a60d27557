import Exchange

/// The STIX objects of a file, each as its bytes without white space.
struct ObjectSource {
    let objects: [[UInt8]]

    /// Reads an object, an array, a bundle, a TAXII envelope, or one of these a line.
    init(_ file: [UInt8]) throws(ObjectSourceFault) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = file.starts(with: mark) ? Array(file.dropFirst(mark.count)) : file
        objects = try Self.objects(in: bytes)
        if objects.isEmpty { throw ObjectSourceFault(line: nil, rule: "holds no STIX objects") }
    }

    private static func objects(in bytes: [UInt8]) throws(ObjectSourceFault) -> [[UInt8]] {
        switch document(bytes) {
        case .success(let value): try objects(in: value, line: nil)
        case .failure(let fault): try lines(bytes, otherwise: fault)
        }
    }

    private static func lines(_ bytes: [UInt8], otherwise fault: JSONFault) throws(ObjectSourceFault) -> [[UInt8]] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .filter { !$0.element.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") || $0 == 9 } }
        var objects: [[UInt8]] = []
        for (position, (index, line)) in lines.enumerated() {
            switch document(Array(line)) {
            case .success(let value):
                objects += try Self.objects(in: value, line: index + 1)
            // Where the first line is no JSON by itself, the file is one broken document and not lines of them.
            case .failure where position == 0:
                throw ObjectSourceFault(line: nil, rule: "is not JSON: \(fault)")
            case .failure(let fault):
                throw ObjectSourceFault(line: index + 1, rule: "is not JSON: \(fault)")
            }
        }
        return objects
    }
}

extension ObjectSource {
    private static func document(_ bytes: [UInt8]) -> Result<JSON.Value, JSONFault> {
        var limits = JSON.Limits()
        limits.depthMax = 256
        do throws(JSONFault) {
            return .success(try JSON(parsing: bytes, limits: limits).root)
        } catch {
            return .failure(error)
        }
    }

    private static func objects(in value: JSON.Value, line: Int?) throws(ObjectSourceFault) -> [[UInt8]] {
        switch value.kind {
        case .array:
            return try value.elements.map { element throws(ObjectSourceFault) in
                guard element.kind == .object else {
                    throw ObjectSourceFault(line: line, rule: "holds an array with something else than objects")
                }
                return element.compact()
            }
        case .object:
            let type = value["type"]?.string
            guard type == nil || type == "bundle" else { return [value.compact()] }
            guard let objects = value["objects"] else {
                if type == "bundle" { return [] }
                throw ObjectSourceFault(line: line, rule: "holds an object without the property type; is it STIX?")
            }
            guard objects.kind == .array else {
                throw ObjectSourceFault(line: line, rule: "must hold a list as objects")
            }
            return try Self.objects(in: objects, line: line)
        case .string, .number, .boolean, .null:
            throw ObjectSourceFault(
                line: line,
                rule: "must hold a STIX object, a list of them, a bundle or an envelope"
            )
        }
    }
}

/// Why a file cannot be published.
struct ObjectSourceFault: Error, CustomStringConvertible {
    /// The line, counted from 1, where the file is one document a line.
    let line: Int?
    let rule: String

    var description: String { (line.map { "line \($0) " } ?? "") + rule }
}

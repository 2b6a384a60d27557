import Exchange

/// The STIX objects of a file, each as its bytes without white space.
struct ObjectSource {
    let objects: [[UInt8]]
    /// What cannot be read as JSON, and why; the others go their way.
    let faults: [String]

    /// Reads an object, an array, a bundle, a TAXII envelope, or one of these a line.
    init(_ file: [UInt8]) throws(ObjectSourceFault) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = file.starts(with: mark) ? Array(file.dropFirst(mark.count)) : file
        var faults: [String] = []
        objects = try Self.objects(in: bytes, &faults)
        self.faults = faults
        if objects.isEmpty, faults.isEmpty { throw ObjectSourceFault(line: nil, rule: "holds no STIX objects") }
    }

    private static func objects(in bytes: [UInt8], _ faults: inout [String]) throws(ObjectSourceFault) -> [[UInt8]] {
        switch document(bytes) {
        case .success(let value): try objects(in: value, line: nil, &faults)
        case .failure(let fault): try lines(bytes, otherwise: fault, &faults)
        }
    }

    private static func lines(
        _ bytes: [UInt8],
        otherwise fault: JSONFault,
        _ faults: inout [String]
    ) throws(ObjectSourceFault) -> [[UInt8]] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .filter { !$0.element.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") || $0 == 9 } }
        var objects: [[UInt8]] = []
        for (position, (index, line)) in lines.enumerated() {
            switch document(Array(line)) {
            case .success(let value):
                objects += try Self.objects(in: value, line: index + 1, &faults)
            // Where the first line is no JSON by itself, the file is one broken document and not lines of them.
            case .failure where position == 0:
                throw ObjectSourceFault(line: nil, rule: "is not JSON: \(fault)")
            case .failure(let fault): faults.append("line \(index + 1): \(fault)")
            }
        }
        return objects
    }
}

extension ObjectSource {
    private static func document(_ bytes: [UInt8]) -> Result<JSON.Value, JSONFault> {
        var limits = JSON.Limits()
        limits.depthMax = 256
        limits.isolatesElements = true
        do throws(JSONFault) {
            return .success(try JSON(parsing: bytes, limits: limits).root)
        } catch {
            return .failure(error)
        }
    }

    private static func objects(
        in value: JSON.Value,
        line: Int?,
        _ faults: inout [String]
    ) throws(ObjectSourceFault) -> [[UInt8]] {
        switch value.kind {
        case .array:
            var objects: [[UInt8]] = []
            for (place, element) in value.elements.enumerated() {
                if let fault = element.fault {
                    faults.append("\(line.map { "line \($0), " } ?? "")object \(place + 1): \(fault)")
                    continue
                }
                guard element.kind == .object else {
                    throw ObjectSourceFault(line: line, rule: "holds an array with something else than objects")
                }
                objects.append(element.compact())
            }
            return objects
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
            return try Self.objects(in: objects, line: line, &faults)
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

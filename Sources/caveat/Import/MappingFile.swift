import Exchange
import Foundation

/// A file that says how the columns of a CSV file are read.
enum MappingFile {
    static func read(_ path: String) throws(CommandFault) -> CSVMapping {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .file(path: path, rule: "cannot be read; check the path and that you may read it")
        }
        do {
            return try JSONDecoder().decode(CSVMapping.self, from: data)
        } catch let fault as CSVMapping.Fault {
            throw .file(path: path, rule: fault.description)
        } catch {
            throw .file(path: path, rule: "must be JSON with key, schema and properties (caveat import --help)")
        }
    }
}

import Foundation

/// A file that a command reads whole.
enum InputFile {
    /// Its bytes, or those of standard input where the path is `-`.
    static func bytes(_ path: String) throws(CommandFault) -> [UInt8] {
        let data: Data?
        if path == "-" {
            data = try? FileHandle.standardInput.readToEnd() ?? Data()  // The reason is the same for nil: below.
        } else {
            data = FileManager.default.contents(atPath: path)
        }
        guard let data else {
            throw .file(path: path, rule: "cannot be read; check the path and that you may read it")
        }
        return Array(data)
    }
}

import Foundation

/// A data file of the module, line by line: what is behind a hash sign is a comment.
enum DataFile {
    static func lines(_ bytes: [UInt8]) -> [Substring] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
    }

    static func words(_ line: Substring) -> [String] { line.split(separator: " ").map(String.init) }
}

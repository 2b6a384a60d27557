import Foundation

/// Standard output for what was asked for, standard error for what is said about it.
enum Output {
    /// Writes bytes to standard output; when it returns, the system has them all.
    static func write(_ bytes: [UInt8]) throws(CommandFault) {
        do {
            try FileHandle.standardOutput.write(contentsOf: bytes)
        } catch {
            throw .file(path: "standard output", rule: "could not be written (\(error.localizedDescription))")
        }
    }

    /// Writes a line to standard output.
    static func line(_ text: String) throws(CommandFault) { try write(Array((text + "\n").utf8)) }

    /// Writes bytes and a line break to standard output.
    static func line(_ bytes: [UInt8]) throws(CommandFault) { try write(bytes + [UInt8(ascii: "\n")]) }

    /// Where standard output is a file, puts it on the disk; elsewhere nothing needs to be done.
    static func synchronize() { _ = fsync(STDOUT_FILENO) }

    /// Says something to the person at the terminal.
    static func note(_ text: String) { say("caveat: \(text)\n") }

    /// Shows how far long work is, in one line that is written over; only on a terminal.
    static func progress(_ text: String) {
        if isatty(STDERR_FILENO) == 1 { say("\r\u{1B}[K\(text)") }
    }

    private static func say(_ text: String) {
        // Where standard error is gone there is nobody to tell.
        try? FileHandle.standardError.write(contentsOf: Array(text.utf8))
    }
}

extension String {
    /// The text without what could steer a terminal or turn its reading order: others wrote it.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: " "
                    default: scalar
                    }
                }
            )
        )
    }

    /// The text filled with spaces to a width.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

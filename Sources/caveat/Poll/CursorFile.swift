import Crypto
import Exchange
import Foundation

/// The file that keeps the place in a pool: the time of arrival of the last object that was written out, in one line.
struct CursorFile: Sendable {
    let path: String

    init(path: String) { self.path = path }

    /// The file of one exchange, pool, principal and filter, below `$XDG_STATE_HOME` or `~/.local/state`.
    static func standard(for parts: [String], _ environment: [String: String]) throws(CommandFault) -> CursorFile {
        let folder: String
        // The XDG rule: a relative path is to be ignored.
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            folder = state
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            folder = home + "/.local/state"
        } else {
            throw .file(path: "the place", rule: "cannot be kept: set XDG_STATE_HOME or HOME, or give --cursor")
        }
        // Each part with its length, so that no two lists of parts read the same.
        let key = parts.map { "\($0.utf8.count):\($0)" }.joined()
        let name = SHA256.hash(data: Data(key.utf8)).prefix(16).hexadecimal
        return CursorFile(path: "\(folder)/caveat/\(name).cursor")
    }

    /// The place kept; nil when there is none.
    func load() throws(CommandFault) -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .file(path: path, rule: "cannot be read; check that you may read it")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        do throws(TimestampFault) {
            _ = try Timestamp(parsing: text)
            return text
        } catch {
            throw .file(path: path, rule: "holds no time of arrival (\(error)); begin anew with --reset or --since")
        }
    }

    /// Replaces the place; when it returns, the new one is on the disk, and at no moment was there none.
    func save(_ place: String) throws(CommandFault) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let new = "\(path).\(ProcessInfo.processInfo.processIdentifier).new"
        do {
            if !FileManager.default.fileExists(atPath: folder) {
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
            }
            guard FileManager.default.createFile(atPath: new, contents: nil, attributes: [.posixPermissions: 0o600])
            else { throw CocoaError(.fileWriteUnknown) }
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: new))
            try handle.write(contentsOf: Array((place + "\n").utf8))
            try handle.synchronize()
            try handle.close()
        } catch {
            throw .file(
                path: path,
                rule: "cannot be written (\(error.localizedDescription)); check the folder, or give --cursor"
            )
        }
        guard unsafe rename(new, path) == 0 else {
            throw .file(path: path, rule: "cannot be replaced; check the folder, or give --cursor")
        }
    }

    /// Forgets the place.
    func remove() throws(CommandFault) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw .file(path: path, rule: "cannot be removed (\(error.localizedDescription))")
        }
    }
}

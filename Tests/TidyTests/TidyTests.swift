import Foundation
import Testing

/// Holds what neither the compiler nor the formatter does.
@Suite("Tidy")
struct TidyTests {
    static let linesMax = 400
    static let columnsMax = 120
    static let functionLinesMax = 60

    /// What each module may import beside Foundation.
    static let allowed: [String: Set<String>] = [
        "Merkle": ["Crypto"],
        "Exchange": ["Crypto", "Merkle", "SwiftCSV"],
        "Screening": ["Exchange"],
        "Store": ["Dispatch", "Exchange", "Synchronization"],
        "StoreSQLite": ["Dispatch", "GRDB", "Glibc", "GRDBSQLite", "Store", "Synchronization"],
        "StorePostgres": ["CLibpq", "Dispatch", "Glibc", "Store", "Synchronization"],
        "TransportCurl": ["CLibcurl", "Exchange", "Glibc", "Synchronization"],
        "Node": [
            "AsyncAlgorithms", "Crypto", "CryptoExtras", "Dispatch", "Exchange", "Logging", "Merkle",
            "Screening", "ServiceLifecycle", "Store", "Synchronization",
        ],
        "Server": [
            "Crypto", "Exchange", "HummingbirdCore", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL",
            "Node", "Screening", "ServiceLifecycle", "Store", "SwiftASN1", "Synchronization", "X509",
        ],
        "caveat": [
            "ArgumentParser", "CLibqrencode", "Crypto", "Dispatch", "Exchange", "SwiftCSV", "Synchronization",
            "TransportCurl",
        ],
        "caveatd": [
            "ArgumentParser", "AsyncAlgorithms", "CJemalloc", "Exchange", "HummingbirdCore", "Logging", "NIOCore",
            "NIOPosix", "Node", "Server", "ServiceLifecycle", "Store", "StorePostgres", "StoreSQLite", "TransportCurl",
            "UnixSignals",
            "Yams",
        ],
    ]
    /// C libraries' modules, and what is built only to fuzz.
    static let others: Set<String> = ["CJemalloc", "CLibcurl", "CLibpq", "CLibqrencode", "Fuzz"]
    static let executables: Set<String> = ["caveat", "caveatd"]
    /// These read no clock, environment or random source.
    static let pure: Set<String> = ["Exchange", "Merkle", "Screening"]

    @Test("every folder of Sources is in the table of modules")
    func complete() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: SourceFile.root.appending(path: "Sources").path
        )
        #expect(Set(folders) == Set(Self.allowed.keys).union(Self.others))
    }

    @Test("each module imports only what lies below it", arguments: allowed.keys.sorted())
    func imports(module: String) throws {
        for file in try SourceFile.all(in: "Sources/\(module)") {
            for line in file.lines {
                guard let name = line.firstMatch(of: /^(?:public |package |internal |@testable )*import (\w+)/)?.1
                else { continue }
                let known = name == "Foundation" || Self.allowed[module]?.contains(String(name)) == true
                #expect(known, "\(file.path) imports \(name)")
            }
        }
    }

    @Test("no line, file or function is too long", arguments: ["Sources", "Tests"])
    func lengths(folder: String) throws {
        for file in try SourceFile.all(in: folder) {
            #expect(file.lines.count <= Self.linesMax + 1, "\(file.path) has \(file.lines.count) lines")
            // A line with a string in it may be as long as the string: the formatter breaks those that it can.
            for (number, line) in file.lines.enumerated() where !line.contains("\"") && line.count > Self.columnsMax {
                Issue.record("\(file.path):\(number + 1) has \(line.count) columns")
            }
            for (name, count) in file.functions where count > Self.functionLinesMax {
                Issue.record("\(file.path): \(name) has \(count) lines")
            }
        }
    }

    private static let promises = ["TODO", "FIXME"]

    @Test("nothing banned is used", arguments: allowed.keys.sorted())
    func banned(module: String) throws {
        var banned = ["try!", " as! ", "fatalError(", " Task {", "Task.detached"]
        if !Self.executables.contains(module) { banned += ["print(", "Date()", "UUID()"] }
        if Self.pure.contains(module) {
            banned += [".random(", "SystemRandom", "ProcessInfo", "FileManager", "clock_gettime"]
        }
        for file in try SourceFile.all(in: "Sources/\(module)") {
            for (number, line) in file.lines.enumerated() {
                let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line[...]
                // Promises stand in comments, so those are looked for in the whole line.
                let used = banned.filter { code.contains($0) } + Self.promises.filter { line.contains($0) }
                for word in used { Issue.record("\(file.path):\(number + 1) uses \(word)") }
            }
        }
    }
}

private struct SourceFile {
    let path: String
    let lines: [Substring]

    static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    static func all(in folder: String) throws -> [SourceFile] {
        let walk = try #require(
            FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)
        )
        return try walk.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map { file in
            let text = try String(contentsOf: file, encoding: .utf8)
            let path = file.path.replacing(root.path + "/", with: "")
            return SourceFile(path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    /// Each function or initialiser with its lines, from the brace that opens its body to the one that closes it.
    var functions: [(name: String, lines: Int)] {
        var found: [(name: String, lines: Int)] = []
        var open: (name: String, indent: Int, start: Int)?
        for (number, line) in lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            if let current = open, indent == current.indent, line.dropFirst(indent) == "}" {
                found.append((current.name, number - current.start - 1))
                open = nil
            } else if open == nil, let match = line.firstMatch(of: /^ *(?:[a-z@()]+ )*(?:func|init|deinit)\b([^{]*)/) {
                open =
                    line.hasSuffix("}") ? nil : (String(match.0).trimmingCharacters(in: .whitespaces), indent, number)
            }
        }
        return found
    }
}

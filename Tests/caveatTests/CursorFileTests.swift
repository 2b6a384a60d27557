import Foundation
import Testing

@testable import caveat

@Suite("CursorFile")
struct CursorFileTests {
    private let place = "2026-01-01T00:00:00.000001Z"

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "caveat-\(UUID().uuidString.prefix(8))")
            .path
        defer { try? FileManager.default.removeItem(atPath: folder) }  // The system clears it away otherwise.
        try body(folder)
    }

    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("gives back what was saved, in a file and folder of its owner alone")
    func saves() throws {
        try inFolder { folder in
            let file = CursorFile(path: "\(folder)/a/place")
            #expect(try file.load() == nil)
            try file.save(place)
            try file.save("2026-01-01T00:00:00.000002Z")
            #expect(try file.load() == "2026-01-01T00:00:00.000002Z")
            #expect(try permissions("\(folder)/a/place") == 0o600)
            #expect(try permissions("\(folder)/a") == 0o700)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/a") == ["place"])
            try file.remove()
            try file.remove()
            #expect(try file.load() == nil)
        }
    }

    @Test("is refused when it holds no time, rather than beginning anew in silence")
    func broken() throws {
        try inFolder { folder in
            let file = CursorFile(path: "\(folder)/place")
            try file.save("yesterday")
            #expect(throws: CommandFault.self) { try file.load() }
        }
    }

    @Test("keeps the old place when the new one cannot be written")
    func full() throws {
        try inFolder { folder in
            try CursorFile(path: "\(folder)/place").save(place)
            // A file where a folder should be: as root, permissions would not stop the writing.
            #expect(throws: CommandFault.self) { try CursorFile(path: "\(folder)/place/below").save(place) }
            #expect(try CursorFile(path: "\(folder)/place").load() == place)
        }
    }

    @Test("differs for each exchange, pool, principal and filter")
    func names() throws {
        let environment = ["XDG_STATE_HOME": "/state", "HOME": "/home/x"]
        let lists = [["a", "b", "c"], ["ab", "", "c"], ["a", "b", ""], ["a", "bc", ""], ["", "a", "bc"]]
        let paths = try lists.map { try CursorFile.standard(for: $0, environment).path }
        #expect(Set(paths).count == lists.count)
        #expect(paths.allSatisfy { $0.hasPrefix("/state/caveat/") && $0.hasSuffix(".cursor") })
        #expect(try CursorFile.standard(for: lists[0], environment).path == paths[0])
    }

    @Test("goes below the home where the state folder is not set or relative")
    func fallback() throws {
        let home = try CursorFile.standard(for: ["a"], ["HOME": "/home/x"]).path
        #expect(home.hasPrefix("/home/x/.local/state/caveat/"))
        #expect(try CursorFile.standard(for: ["a"], ["HOME": "/home/x", "XDG_STATE_HOME": "state"]).path == home)
        #expect(throws: CommandFault.self) { try CursorFile.standard(for: ["a"], [:]) }
    }
}

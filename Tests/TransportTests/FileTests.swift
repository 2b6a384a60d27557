import Exchange
import Foundation
import Subprocess
import Testing
import TransportCurl

@Suite("Transport of files", .timeLimit(.minutes(5)))
struct FileTests {
    let server: ScriptProcess
    let transport = Transport()

    init() async throws { server = try await ScriptProcess("sftp.py") }

    private func local(_ name: String) -> String { server.folder.appending(path: name).path }

    private func file(
        _ name: String,
        key: String = "ed25519",
        known: String = "known",
        port: Int = 0
    ) throws -> RemoteFile {
        try file(name, login: .key(file: local(key)), known: known, port: port)
    }

    private func file(
        _ name: String,
        login: RemoteFile.Login,
        known: String = "known",
        port: Int = 0
    ) throws -> RemoteFile {
        let path = local("drop/" + name)
        var file = RemoteFile(
            host: "127.0.0.1",
            path: path,
            user: server.words[2],
            login: login,
            knownHosts: .file(local(known))
        )
        file.port = try #require(UInt16(server.words[port]))
        file.networks = .any
        return file
    }

    private func fault(of body: () async throws(TransportFault) -> Void) async -> TransportFault? {
        do throws(TransportFault) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    private func dropped(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: local("drop/" + name))))
    }

    private var names: Set<String> {
        get throws { Set(try FileManager.default.contentsOfDirectory(atPath: local("drop"))) }
    }

    @Test("a file is uploaded under its name, whatever it is called, and replaces one that was there")
    func uploads() async throws {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for name in ["plain.json", "späte Post #1 100%.json", "a\"b\\c'd;e.json"] {
            try await transport.upload([1, 2, 3], to: try file(name))
            #expect(try dropped(name) == [1, 2, 3])
            try await transport.upload(bytes, to: try file(name))
            #expect(try dropped(name) == bytes)
        }
        try await transport.upload([], to: try file("empty"))
        #expect(try dropped("empty").isEmpty)
        #expect(try names.count == 4)
        #expect(try names.allSatisfy { !$0.hasSuffix(".part") })
    }

    @Test("what breaks off before its end never bears the file's name, and the next upload does")
    func aside() async throws {
        let file = try file("large")
        let bytes = [UInt8](repeating: 1, count: 100_000_000)
        let upload = Task {
            await fault { () async throws(TransportFault) in try await transport.upload(bytes, to: file) }
        }
        // It is cut off once the host has a part of it, by a thread that waits for no other test.
        let folder = local("drop")
        let watch = Thread {
            while (try? FileManager.default.contentsOfDirectory(atPath: folder).isEmpty) != false { usleep(200) }
            upload.cancel()
        }
        watch.start()
        #expect(await upload.value == .cancelled)
        #expect(try names == ["large.part"])
        try await transport.upload([1, 2, 3], to: file)
        #expect(try names == ["large"])
        #expect(try dropped("large") == [1, 2, 3])
    }

    @Test("the exchange's own key lets it in where it is authorised, and stands in no file")
    func ownKey() async throws {
        let key = DropKey(exchangeKey: Array(repeating: 7, count: 32))
        let known = try String(contentsOfFile: local("known"), encoding: .utf8)
        let hostKey = known.split(separator: " ", maxSplits: 1).dropFirst().joined()
        let url = "sftp://\(server.words[2])@127.0.0.1:\(server.words[0])\(local("drop"))"
        let folder = try DropFolder(url, hostKeys: hostKey)
        #expect(known.hasPrefix(String(folder.knownHosts.dropLast())))
        var file = RemoteFile(
            host: folder.host,
            path: folder.path + "/mine.json",
            user: folder.user,
            login: .privateKey(key.privateText),
            knownHosts: .lines(folder.knownHosts)
        )
        (file.port, file.networks) = (folder.port, .any)
        let mine = file
        let stranger = await fault { () async throws(TransportFault) in
            try await transport.upload([1, 2, 3], to: mine)
        }
        #expect(stranger == .loginRefused(place: file.place))
        let authorized = URL(fileURLWithPath: local("authorized"))
        let lines = try String(contentsOf: authorized, encoding: .utf8) + key.publicLine + "\n"
        try Data(lines.utf8).write(to: authorized)
        try await transport.upload([1, 2, 3], to: file)
        #expect(try dropped("mine.json") == [1, 2, 3])
        // Another host's key is not trusted.
        let other = RemoteFile(
            host: file.host,
            path: file.path,
            user: file.user,
            login: file.login,
            knownHosts: .lines(folder.knownHosts.replacing("127.0.0.1", with: "127.0.0.2"))
        )
        var unknown = other
        (unknown.port, unknown.networks) = (file.port, .any)
        let asked = unknown
        let fault = await fault { () async throws(TransportFault) in try await transport.upload([1], to: asked) }
        #expect(fault == .hostKeyUnknown(place: file.place))
        // As ssh-keygen reads it, the private key has this public one.
        try Data(key.privateText.utf8).write(to: URL(fileURLWithPath: local("own")))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: local("own"))
        let keygen = try await Subprocess.run(
            .name("ssh-keygen"),
            arguments: ["-y", "-f", local("own")],
            output: .string(limit: 4_096)
        )
        #expect(keygen.standardOutput.split(separator: "\n").joined() == key.publicLine)
    }

    @Test("a file is downloaded into a file here, up to its limit")
    func downloads() async throws {
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 3) }
        try Data(bytes).write(to: URL(fileURLWithPath: local("drop/list.csv")))
        var file = try file("list.csv")
        try await transport.download(file, to: local("here"))
        #expect(Array(try Data(contentsOf: URL(fileURLWithPath: local("here")))) == bytes)
        file.bodyBytesMax = 999_999
        let small = file
        let fault = await fault { () async throws(TransportFault) in
            try await transport.download(small, to: local("there"))
        }
        #expect(fault == .tooLarge(place: file.place, bodyBytesMax: 999_999))
        #expect(!FileManager.default.fileExists(atPath: local("there")))
    }

    @Test("a folder is listed by the names in it")
    func lists() async throws {
        #expect(try await transport.list(try file("")).isEmpty)
        let names: Set = ["a.csv", "b c.csv", "späte Post.csv", ".hidden"]
        for name in names { try Data().write(to: URL(fileURLWithPath: local("drop/" + name))) }
        #expect(Set(try await transport.list(try file(""))) == names)
    }

    @Test("what is not there, or may not be made, is a fault with its path")
    func refused() async throws {
        let missing = try file("absent.csv")
        for fault in [
            await fault { () async throws(TransportFault) in try await transport.download(missing, to: local("here")) },
            await fault { () async throws(TransportFault) in _ = try await transport.list(missing) },
        ] {
            guard case .fileRefused(missing.place, missing.path, _) = fault else {
                Issue.record("\(String(describing: fault))")
                continue
            }
        }
        let nowhere = try file("absent/file.csv")
        let fault = await fault { () async throws(TransportFault) in try await transport.upload([1], to: nowhere) }
        guard case .fileRefused(nowhere.place, nowhere.path, _) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: local("here")))
    }

    @Test(
        "a host is known by each form that OpenSSH writes",
        arguments: ["known", "known-hashed", "known-all"],
        ["ed25519", "ecdsa"]
    )
    func known(hosts: String, key: String) async throws {
        #expect(try await transport.list(try file("", key: key, known: hosts)).isEmpty)
    }

    @Test("a host that is not known, or has another key, is refused, also right after it was known")
    func unknown() async throws {
        _ = try await transport.list(try file(""))
        for (known, changed) in [("known-other", true), ("config", false), ("absent", false)] {
            let folder = try file("", known: known)
            let fault = await fault { () async throws(TransportFault) in _ = try await transport.list(folder) }
            #expect(fault == (changed ? .hostKeyChanged(place: folder.place) : .hostKeyUnknown(place: folder.place)))
        }
        #expect(!FileManager.default.fileExists(atPath: local("absent")))
    }

    @Test("a wrong key and a wrong password are refused, and no fault holds the password")
    func logins() async throws {
        for login in [
            RemoteFile.Login.key(file: local("stranger")), .key(file: local("no-such")), .password("hush-wrong"),
        ] {
            let folder = try file("", login: login)
            let fault = await fault { () async throws(TransportFault) in _ = try await transport.list(folder) }
            #expect(fault == .loginRefused(place: folder.place))
            #expect(!String(reflecting: fault).contains("hush"))
        }
        // Only root can let itself in with a password of the test's own.
        if server.words.count > 3 {
            let folder = try file("", login: .password(server.words[3]))
            #expect(try await transport.list(folder).isEmpty)
        }
    }

    @Test("this machine is refused unless it is named")
    func addresses() async throws {
        var folder = try file("")
        folder.networks = .publicOnly
        let refused = folder
        let fault = await fault { () async throws(TransportFault) in _ = try await transport.list(refused) }
        #expect(fault == .addressRefused(place: folder.place, network: "127.0.0.0/8, loopback"))
    }

    @Test("a silent server is left at the time limit, and at once when the task is cancelled")
    func silent() async throws {
        var folder = try file("", port: 1)
        folder.totalMax = .milliseconds(200)
        let short = folder
        let late = await fault { () async throws(TransportFault) in _ = try await transport.list(short) }
        #expect(late == .timedOut(place: folder.place, limit: .milliseconds(200)))
        folder.totalMax = .seconds(60)
        await withTaskGroup(of: Void.self) { [folder] group in
            group.addTask {
                let fault = await fault { () async throws(TransportFault) in _ = try await transport.list(folder) }
                #expect(fault == .cancelled)
            }
            group.cancelAll()
        }
    }
}

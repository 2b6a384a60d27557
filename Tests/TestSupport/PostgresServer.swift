import Foundation
import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// A PostgreSQL server of the system's packages, in a temporary folder, for the tests of one process.
///
/// It listens on a Unix socket only, with `fsync` on. It ends with the process that started it: a watching shell kills
/// it when its standard input closes, however the process ended.
public final class PostgresServer: Sendable {
    /// What keeps the server from starting.
    public struct StartFault: Error, CustomStringConvertible {
        /// What happened, and what to do.
        public let description: String
    }

    private static let running = Task { try await PostgresServer() }
    private static let databaseCount = Mutex(0)

    private let bin: String
    private let folder: String

    /// The one server of this process, started when it is first asked for.
    public static func shared() async throws -> PostgresServer {
        try await running.value
    }

    /// Makes an empty database of its own for one test.
    /// - Returns: its URL.
    public func database() async throws -> String {
        let number = Self.databaseCount.withLock { count in
            count += 1
            return count
        }
        let name = "test_\(number)"
        // `create database` cannot run in a transaction.
        try await Self.run([bin + "/createdb", "-h", folder, "-U", "caveat", "-E", "UTF8", "-T", "template0", name])
        return url(name)
    }

    /// The URL of a database of this server.
    ///
    /// A machine that builds and tests beside may leave the server without a processor for longer than five seconds.
    public func url(_ name: String) -> String {
        "postgresql://caveat@/\(name)?host=\(folder)&connect_timeout=60"
    }

    private init() async throws {
        bin = try Self.folderOfPrograms()
        folder = try Self.temporaryFolder()
        let data = folder + "/data"
        try await Self.run(
            Self.asOwner([
                bin + "/initdb", "-D", data, "-U", "caveat", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                "--no-instructions", "--no-sync",
            ])
        )
        // `read` returns when the pipe closes. Then a fast shutdown, and nothing is left behind. The shell's own `wait`
        // would hang: the thread that starts it may have blocked the signal that it waits for.
        let script = """
            folder=$1; shift
            "$@" >"$folder/log" 2>&1 </dev/null &
            read line
            kill -INT $!
            for try in 1 2 3 4 5 6 7 8 9 10; do
                if [ -e "$folder/data/postmaster.pid" ]; then sleep 0.2; fi
            done
            rm -rf "$folder"
            """
        let server = Self.asOwner([
            bin + "/postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=on",
            "-c", "max_connections=1000", "-c", "shared_buffers=32MB",
        ])
        Task { [folder] in
            // Who reads the tests' output waits until everyone has closed it.
            _ = try await Subprocess.run(
                .path("/bin/sh"),
                arguments: Arguments(["-c", script, "sh", folder] + server),
                input: .inputWriter,
                output: .discarded,
                error: .discarded
            ) { _ in
                // Longer than any tests run; the pipe closes with this process.
                try await Task.sleep(for: .seconds(86_400))
            }
        }
        try await waitUntilReady()
    }

    private func waitUntilReady() async throws {
        for _ in 0..<200 {
            let ask = [bin + "/pg_isready", "-q", "-h", folder, "-U", "caveat", "-d", "postgres"]
            if (try? await Self.run(ask)) != nil { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
        throw StartFault(description: "PostgreSQL does not start: \(log)")
    }

    private static func folderOfPrograms() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        guard let newest = versions.max() else {
            throw StartFault(description: "no PostgreSQL in \(root): install the package postgresql")
        }
        return "\(root)/\(newest)/bin"
    }

    private static func temporaryFolder() throws -> String {
        var template = Array("/tmp/caveat-postgres-XXXXXX".utf8CString)
        guard let made = unsafe mkdtemp(&template) else { throw StartFault(description: "no folder in /tmp") }
        let folder = unsafe String(cString: made)
        if geteuid() == 0 {
            guard let owner = unsafe getpwnam("postgres") else {
                throw StartFault(description: "no user postgres: install the package postgresql")
            }
            unsafe chown(folder, owner.pointee.pw_uid, owner.pointee.pw_gid)
        }
        unsafe chmod(folder, 0o755)
        return folder
    }

    /// PostgreSQL refuses to run as root.
    private static func asOwner(_ command: [String]) -> [String] {
        guard geteuid() == 0 else { return command }
        return ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] + command
    }

    private static func run(_ command: [String]) async throws {
        let result = try await Subprocess.run(
            .path(FilePath(command[0])),
            arguments: Arguments(Array(command.dropFirst())),
            workingDirectory: "/",
            output: .string(limit: outputBytesMax),
            error: .combinedWithOutput
        )
        guard result.terminationStatus.isSuccess else {
            throw StartFault(description: "\(command[0]) failed: \(result.standardOutput)")
        }
    }

    private static let outputBytesMax = 65_536
}

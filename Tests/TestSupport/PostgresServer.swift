import Foundation
import Glibc
import Synchronization

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

    private static let running = Mutex<PostgresServer?>(nil)
    private static let databaseCount = Mutex(0)

    private let folder: String
    private let watch: Process
    private let lifeline: Pipe

    /// The one server of this process, started when it is first asked for.
    public static func shared() throws -> PostgresServer {
        try running.withLock { running in
            if let running { return running }
            let server = try PostgresServer()
            running = server
            return server
        }
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
        try Self.run(bin + "/createdb", ["-h", folder, "-U", "caveat", "-E", "UTF8", "-T", "template0", name])
        return url(name)
    }

    /// The URL of a database of this server.
    public func url(_ name: String) -> String {
        "postgresql://caveat@/\(name)?host=\(folder)"
    }

    private let bin: String

    private init() throws {
        bin = try Self.folderOfPrograms()
        folder = try Self.temporaryFolder()
        let data = folder + "/data"
        try Self.run(
            Self.asOwner([
                bin + "/initdb", "-D", data, "-U", "caveat", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                "--no-instructions", "--no-sync",
            ])
        )
        watch = Process()
        lifeline = Pipe()
        watch.executableURL = URL(fileURLWithPath: "/bin/sh")
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
            "-c", "max_connections=400", "-c", "shared_buffers=32MB",
        ])
        watch.arguments = ["-c", script, "sh", folder] + server
        watch.standardInput = lifeline
        // Who reads the tests' output waits until everyone has closed it.
        watch.standardOutput = FileHandle.nullDevice
        watch.standardError = FileHandle.nullDevice
        try watch.run()
        try waitUntilReady()
    }

    private func waitUntilReady() throws {
        for _ in 0..<200 {
            if (try? Self.run(bin + "/pg_isready", ["-q", "-h", folder, "-U", "caveat", "-d", "postgres"])) != nil {
                return
            }
            usleep(50_000)
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

    private static func run(_ command: [String]) throws {
        try run(command[0], Array(command.dropFirst()))
    }

    private static func run(_ path: String, _ arguments: [String]) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw StartFault(description: "\(path) failed: \(text)")
        }
    }
}

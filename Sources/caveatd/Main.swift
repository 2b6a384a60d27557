import ArgumentParser
// Threads allocate by it side by side, for a fifth less processor time in all.
import CJemalloc
import NIOCore
import NIOPosix

/// The version that the program tells.
let version = "0.1.0"

@main
struct Caveatd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "caveatd",
        abstract: "A private-sector advisory exchange over TAXII 2.1.",
        discussion: """
            Examples:
              caveatd trial                               a whole exchange with invented members, on loopback
              caveatd serve --config /etc/caveat/caveatd.yaml
            """,
        version: version,
        subcommands: [Serve.self, Trial.self]
    )

    static func main() async {
        // What it writes is for its own user alone.
        umask(0o077)
        // One pool of threads for connections and tasks: without it every request changes threads twice.
        _ = NIOSingletons.unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}

import ArgumentParser
import Exchange
import Foundation

/// Verifies off line who released objects and how they came.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify who released objects, and how they came, without asking anybody.",
        discussion: """
            The file holds STIX objects as publish takes them, and the notes that came with them, which say who \
            released them and through which exchanges they passed. The file of keys has the public keys that you \
            trust: {"keys": [{"exchange": UUID, "member": UUID, "name": text, "public": 64 hexadecimal digits, \
            "from": time, "until": time, "revoked": time}]}, where member is for a key of a member, and until and \
            revoked for one that was replaced or that others may have. Without it nothing is trusted, and you are told \
            what else is wrong.

            For each object it says: good (it is as it was released, and whoever released it and passed it on is \
            trusted), wrong (and why), or unsigned (no note names it). It exits with 1 unless all is good.

            Examples:
              caveat verify advisory.json --keys keys.json
              caveat poll warnings --json --cursor place | caveat verify - --keys keys.json
              caveat verify advisory.json --keys keys.json --json
            """
    )

    @Argument(help: "The file to verify, or - for standard input.", completion: .file(extensions: ["json", "jsonl"]))
    var file: String

    @Option(
        help: ArgumentHelp("The public keys that are trusted.", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var keys: String?

    @Flag(help: "Print what is found as JSON, a line for each object, release and fault.")
    var json = false

    func run() throws {
        let ring = try keys.map { path throws(CommandFault) in try Self.ring(path) } ?? KeyRing()
        if keys == nil { Output.note("no key is trusted: name those that you trust with --keys") }
        let (objects, unread) = try objects()
        let audit = ReleaseAudit(of: objects, keys: ring, at: Self.now)
        let report = VerifyReport(audit: audit, unread: unread, keys: ring)
        if json {
            for line in try report.json() { try Output.line(line) }
        } else {
            for line in report.lines { try Output.line(line) }
        }
        if report.faultCount > 0 {
            throw CommandFault.failed("\(report.faultCount) of \(report.count) objects and notes are not good")
        }
    }

    private static var now: Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }

    private func objects() throws(CommandFault) -> ([STIXObject], [String]) {
        let bytes = try InputFile.bytes(file)
        let source: ObjectSource
        do throws(ObjectSourceFault) {
            source = try ObjectSource(bytes)
        } catch {
            throw .file(path: file, rule: error.description)
        }
        var objects: [STIXObject] = []
        var unread = source.faults
        for bytes in source.objects {
            do {
                objects.append(try STIXObject(try JSON(parsing: bytes).root))
            } catch {
                unread.append("\(Self.name(bytes)): \(error)")
            }
        }
        return (objects, unread)
    }

    /// What an object that breaks a rule calls itself.
    private static func name(_ bytes: [UInt8]) -> String {
        // It was read before as part of the file.
        (try? JSON(parsing: bytes).root["id"]?.string) ?? "an object without an id"
    }

    /// The keys of a file.
    static func ring(_ path: String) throws(CommandFault) -> KeyRing {
        let bytes = try InputFile.bytes(path)
        do {
            return try KeyRing(try JSON(parsing: bytes).root)
        } catch {
            throw .file(path: path, rule: "is no file of keys: \(error)")
        }
    }
}

import ArgumentParser
import Exchange
import Foundation

/// Adds objects to a pool.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish STIX objects to a pool.",
        discussion: """
            The file holds a STIX object, an array, a bundle, a TAXII envelope, or one of these a line. It is sent in \
            as many envelopes as the exchange's limits ask for. Publishing the same file again does no harm: what the \
            exchange has already is not added twice.

            Examples:
              caveat publish advisory.json --pool commons
              caveat publish --wait report.json --pool customs-inbox
              jq -c .objects[] bundle.json | caveat publish - --pool commons --json
            """
    )

    @Argument(help: "The file to publish, or - for standard input.", completion: .file(extensions: ["json", "jsonl"]))
    var file: String

    @Option(help: "The pool's name or id.")
    var pool: String

    @Flag(help: "Wait until the exchange has decided on every object, a second person's approval included.")
    var wait = false

    @Flag(help: "Print the status resources as JSON, one a line.")
    var json = false

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    func run() async throws {
        let source = try source()
        let objects = source.objects
        for fault in source.faults { Output.note("\(file): \(fault); not sent") }
        guard !objects.isEmpty else { throw CommandFault.file(path: file, rule: "holds no object that can be read") }
        let root = try await APIRoot.discover(try connection.open())
        var publication = Publication(root: root, pool: pool, objects: objects)
        do throws(CommandFault) {
            try await publication.send()
        } catch {
            if !publication.statuses.isEmpty { try report(publication) }
            throw error
        }
        if wait { try await publication.settle() }
        try report(publication)
        let failed = publication.failedCount + source.faults.count
        if failed > 0 {
            throw CommandFault.failed("\(failed) of \(objects.count + source.faults.count) objects were not accepted")
        }
    }

    private func source() throws(CommandFault) -> ObjectSource {
        let bytes = try InputFile.bytes(file)
        do throws(ObjectSourceFault) {
            return try ObjectSource(bytes)
        } catch {
            throw .file(path: file, rule: error.description)
        }
    }

    private func report(_ publication: Publication) throws(CommandFault) {
        if json {
            for status in publication.statuses { try Output.line(status.bytes) }
        } else {
            for failure in publication.statuses.flatMap(\.failures) { try Output.line(failure.description) }
            for note in publication.statuses.flatMap(\.notes) { try Output.line(note) }
        }
        for failure in publication.oversized {
            json ? Output.note(failure.description) : try Output.line(failure.description)
        }
        if json { return }
        let accepted = publication.statuses.reduce(0) { $0 + $1.accepted }
        let pending = publication.statuses.reduce(0) { $0 + $1.pending }
        try Output.line(
            "\(accepted) accepted, \(publication.failedCount) failed, \(pending) pending of \(publication.objects.count) "
                + "objects for \(pool)"
        )
        for status in publication.statuses where status.isPending {
            try Output.line("pending \(status.id)")
        }
        for status in publication.statuses where status.isPending {
            Output.note("see how it goes with: caveat status \(status.id)")
        }
    }
}

import ArgumentParser
import Exchange
import Foundation

/// Shows who and what stands around an advisory or a subject.
struct NetworkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network",
        abstract: "Show who and what stands around an advisory or a subject, and whom it would fall apart without.",
        discussion: """
            Of what you may see alone. Text is a table by role; GraphML is read by Gephi and networkx; SVG is a \
            drawing that opens in a browser.

            Examples:
              caveat network CVT-2026-00417
              caveat network identity--… --steps 3 --form svg --output network.svg
              caveat network CVT-2026-00417 --form graphml --output network.graphml
            """
    )

    /// The forms in which it is given.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case text, graphml, svg, json
    }

    @Argument(help: "An advisory's reference, the STIX id of a report of it, or that of a subject.") var id: String
    @Option(help: "How far from there: 1 to 4.") var steps = 2
    @Option(help: "How it is given.") var form = Form.text
    @Option(help: ArgumentHelp("Where it goes.", valueName: "file"), completion: .file()) var output: String?
    @OptionGroup var use: PurposeOption
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let object = try? STIXID(parsing: id)  // Any other text names an advisory.
        let name = object.map { $0.type == "report" ? "advisory" : "subject" } ?? "advisory"
        let query = "\(name)=\(id.percentEncoded)&steps=\(steps)&form=\(form.rawValue)"
        let response = try await connection.open(for: use.purpose).send(.get, "/v1/network?\(query)", mediaType: "*/*")
        guard let output else { return try Output.write(response.body) }
        do {
            try Data(response.body).write(to: URL(filePath: output), options: .atomic)
        } catch {
            throw CommandFault.file(path: output, rule: "could not be written (\(error.localizedDescription))")
        }
        Output.note("\(output.printable) has \(response.body.count) bytes")
    }
}

import ArgumentParser
import Crypto
import Exchange
import Foundation

/// Administers credentials.
struct CredentialCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credential",
        abstract: "Administer tokens, passwords and client certificates.",
        discussion: """
            Examples:
              caveat admin credential add --principal blue-anchor --type token > blue-anchor.token
              caveat admin credential list --principal blue-anchor
              caveat admin credential revoke 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
            """,
        subcommands: [Add.self, List.self, Show.self, Change.self, Revoke.self]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a principal a credential; a new secret is printed once.",
            discussion: """
                A certificate is known by its SHA-256 fingerprint (--certificate reads it from the file) or by a URI \
                among its alternative names.

                Examples:
                  caveat admin credential add --principal blue-anchor --type token > blue-anchor.token
                  caveat admin credential add --principal north-oil --type password --expires 2027-01-01T00:00:00Z
                  caveat admin credential add --principal city-police --type certificate --certificate police.pem
                  caveat admin credential add --principal blue-anchor --type token --purpose P02 --purpose P03
                """
        )

        @Option(help: "The principal's login.") var principal: String
        @Option(help: "What it is.") var type: CredentialType
        @Option(help: ArgumentHelp("When it ends (RFC 3339).", valueName: "time"), transform: readTime)
        var expires: Timestamp?
        @Option(name: .customLong("purpose"), help: "What it is for; give the option once for each, the default first.")
        var purposes: [Purpose] = [.monitoring]
        @Option(help: "A certificate's SHA-256 fingerprint in hexadecimal.") var fingerprint: String?
        @Option(help: "A URI among a certificate's alternative names.") var uri: String?
        @Option(
            help: ArgumentHelp("A certificate (PEM) to take the fingerprint of.", valueName: "file"),
            completion: .file(extensions: ["pem", "crt"])
        )
        var certificate: String?
        @OptionGroup var admin: AdminOptions

        func validate() throws {
            let names = [fingerprint, uri, certificate].compactMap(\.self).count
            switch type {
            case .certificate where names != 1:
                throw ValidationError("a certificate needs one of --certificate, --fingerprint and --uri")
            case .token where names > 0, .password where names > 0:
                throw ValidationError("--certificate, --fingerprint and --uri go with --type certificate")
            case .certificate, .token, .password: break
            }
        }

        func run() async throws {
            let body = CredentialBody(
                principal: principal,
                type: type,
                expires: expires?.text,
                purposes: purposes,
                fingerprint: try fingerprint ?? certificate.map(Self.fingerprint),
                uri: uri
            )
            guard let answer = try await admin.connection.send(.post, "credentials", body) else { return }
            if admin.json { return try Output.line(answer.compact()) }
            guard let secret = answer["secret"]?.string else { return try Output.line(Table.fields(answer)) }
            try Output.line(secret)
            Output.note(
                "credential \(answer["id"]?.string?.printable ?? "?") of \(principal): the \(type.rawValue) above "
                    + "is shown this once; keep it in a file that only its owner can read (chmod 600)"
            )
        }

        /// The SHA-256 of a certificate's DER form.
        private static func fingerprint(inFile path: String) throws(CommandFault) -> String {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw .file(path: path, rule: "cannot be read; check the path and that you may read it")
            }
            let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            let body = lines.drop { $0 != "-----BEGIN CERTIFICATE-----" }.dropFirst()
                .prefix { $0 != "-----END CERTIFICATE-----" }
            guard let der = Data(base64Encoded: body.joined()), !der.isEmpty else {
                throw .file(path: path, rule: "holds no certificate; it must be PEM")
            }
            return SHA256.hash(data: der).hexadecimal
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the credentials of a principal.",
            discussion: """
                Examples:
                  caveat admin credential list --principal blue-anchor
                """
        )

        @Option(help: "The principal's login.") var principal: String
        @OptionGroup var admin: AdminOptions

        func run() async throws {
            let path = "credentials?principal=\(principal.percentEncoded)"
            guard let answer = try await admin.connection.send(.get, path) else { return }
            if admin.json { return try Output.line(answer.compact()) }
            let columns: [(heading: String, key: String)] = [
                ("ID", "id"), ("TYPE", "type"), ("STATE", "state"), ("PURPOSES", "purposes"), ("EXPIRES", "expires"),
                ("CREATED", "created"),
            ]
            try Output.line(Table.rows(answer["credentials"]?.elements ?? [], columns))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a credential, never its secret.",
            discussion: """
                Examples:
                  caveat admin credential show 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
                """
        )

        @Argument(help: "The credential's id.") var id: String
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.get, "credentials/\(id.percentEncoded)") }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change when a credential ends, or replace what it is for.",
            discussion: """
                Examples:
                  caveat admin credential change 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --expires 2027-01-01T00:00:00Z
                  caveat admin credential change 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52 --purpose P03 --purpose P05
                """
        )

        @Argument(help: "The credential's id.") var id: String
        @Option(help: ArgumentHelp("When it ends (RFC 3339).", valueName: "time"), transform: readTime)
        var expires: Timestamp?
        @Option(
            name: .customLong("purpose"),
            help: "What it is for from now on; give the option once for each, the default first."
        )
        var purposes: [Purpose] = []
        @OptionGroup var admin: AdminOptions

        func validate() throws {
            if expires == nil && purposes.isEmpty {
                throw ValidationError("nothing to change: give --expires or --purpose")
            }
        }

        func run() async throws {
            let body = CredentialChange(
                expires: expires?.text,
                purposes: purposes.isEmpty ? nil : purposes
            )
            try await admin.send(.patch, "credentials/\(id.percentEncoded)", body)
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a credential, at once and for ever.",
            discussion: """
                Examples:
                  caveat admin credential revoke 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
                """
        )

        @Argument(help: "The credential's id.") var id: String
        @OptionGroup var admin: AdminOptions

        func run() async throws { try await admin.send(.delete, "credentials/\(id.percentEncoded)") }
    }
}

private struct CredentialBody: Encodable {
    let principal: String
    let type: CredentialType
    let expires: String?
    let purposes: [Purpose]
    let fingerprint: String?
    let uri: String?
}

private struct CredentialChange: Encodable {
    let expires: String?
    let purposes: [Purpose]?
}

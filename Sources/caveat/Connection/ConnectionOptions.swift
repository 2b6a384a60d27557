import ArgumentParser
import Exchange
import Foundation

/// Where the exchange is and who asks, from options, else from the environment.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The exchange's address, as https://exchange.example.org.", discussion: "Or CAVEAT_URL.")
    )
    var url: String?

    @Option(
        help: ArgumentHelp("A file that holds your token.", discussion: "Or CAVEAT_TOKEN.", valueName: "file"),
        completion: .file()
    )
    var tokenFile: String?

    @Option(help: ArgumentHelp("Your login, for a password instead of a token.", discussion: "Or CAVEAT_USER."))
    var user: String?

    @Option(
        help: ArgumentHelp("A file that holds your password.", discussion: "Or CAVEAT_PASSWORD.", valueName: "file"),
        completion: .file()
    )
    var passwordFile: String?

    @Option(
        help: ArgumentHelp("Certificate authorities (PEM) to trust instead of the system's.", valueName: "file"),
        completion: .file(extensions: ["pem", "crt"])
    )
    var ca: String?

    @Option(
        help: ArgumentHelp("Your client certificate (PEM).", valueName: "file"),
        completion: .file(extensions: ["pem", "crt"])
    )
    var certificate: String?

    @Option(
        help: ArgumentHelp("The key of your client certificate (PEM).", valueName: "file"),
        completion: .file(extensions: ["pem", "key"])
    )
    var key: String?

    @Flag(name: .customLong("insecure-http"), help: "Allow http:// to another host: credentials travel in the clear.")
    var allowsPlainHTTP = false

    func validate() throws {
        _ = try address()
        if tokenFile != nil && (user != nil || passwordFile != nil) {
            throw ValidationError("give --token-file, or --user with --password-file, not both")
        }
        if (certificate == nil) != (key == nil) { throw ValidationError("--certificate and --key go together") }
        let environment = ProcessInfo.processInfo.environment
        if user != nil && passwordFile == nil && environment["CAVEAT_PASSWORD"] == nil {
            throw ValidationError("--user needs --password-file or CAVEAT_PASSWORD")
        }
        if passwordFile != nil && user == nil && environment["CAVEAT_USER"] == nil {
            throw ValidationError("--password-file needs --user or CAVEAT_USER")
        }
        let sources = ["CAVEAT_TOKEN", "CAVEAT_USER"].contains { environment[$0]?.isEmpty == false }
        if tokenFile == nil && user == nil && certificate == nil && !sources {
            throw ValidationError("no credentials: give --token-file, --user or --certificate, or set CAVEAT_TOKEN")
        }
    }

    /// Reads the secrets and makes a connection; nothing is sent yet.
    /// - Parameter purpose: what all that is asked is for; nil for the first purpose of the credential.
    func open(for purpose: Purpose? = nil) throws -> Connection {
        Connection(
            address: try address(),
            credentials: try credentials(ProcessInfo.processInfo.environment),
            purpose: purpose,
            authorities: ca,
            identity: certificate.flatMap { certificate in
                key.map { WebRequest.Identity(certificate: certificate, key: $0) }
            }
        )
    }

    private func address() throws -> Address {
        guard let text = url ?? ProcessInfo.processInfo.environment["CAVEAT_URL"] else {
            throw ValidationError("no exchange is named: give --url or set CAVEAT_URL")
        }
        let address: Address
        do throws(AddressFault) {
            address = try Address(text)
        } catch {
            throw ValidationError(error.description)
        }
        guard address.isSecure || address.isLoopback || allowsPlainHTTP else {
            throw ValidationError(
                "\(address) would carry your credentials in the clear: use https://, or --insecure-http if you must"
            )
        }
        return address
    }

    private func credentials(_ environment: [String: String]) throws(CommandFault) -> Credentials {
        if let tokenFile { return .token(try Self.secret(inFile: tokenFile)) }
        let password = passwordFile == nil ? environment["CAVEAT_PASSWORD"] : nil
        if let login = user ?? (passwordFile == nil ? nil : environment["CAVEAT_USER"]) {
            if let password { return .password(user: login, password: password) }
            return .password(user: login, password: try Self.secret(inFile: passwordFile ?? ""))
        }
        if let token = environment["CAVEAT_TOKEN"], !token.isEmpty { return .token(token) }
        if certificate == nil, let login = environment["CAVEAT_USER"] {
            return .password(user: login, password: password ?? "")
        }
        return .none
    }

    /// The one secret that a file holds.
    static func secret(inFile path: String) throws(CommandFault) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .file(path: path, rule: "cannot be read; check the path and that you may read it")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if text.isEmpty || text.contains(where: \.isNewline) {
            throw .file(path: path, rule: "must hold one secret in one line")
        }
        return text
    }
}

/// What proves to the exchange who asks.
enum Credentials {
    case token(String)
    case password(user: String, password: String)
    /// Only the client certificate, if any.
    case none

    /// The value of the Authorization header field.
    var authorization: String? {
        switch self {
        case .token(let token): "Bearer \(token)"
        case .password(let user, let password): "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
        case .none: nil
        }
    }
}

import Exchange
import Foundation
import TransportCurl

extension Encodable {
    /// As it is sent.
    func json() throws(CommandFault) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self))
        } catch {
            throw .failed("this cannot be written as JSON: \(error)")
        }
    }
}

extension ExchangeOptions {
    /// Posts for a purpose other than the credential's first.
    ///
    /// `Connection.send` takes no header fields of the caller, so the request is made here. It is not sent again where
    /// the exchange asks to wait: a question may be long, and people ask it.
    func posted(_ path: String, _ body: some Encodable & Sendable, for purpose: Purpose) async throws -> JSON.Value {
        let place = "/v1/\(path)"
        var request = Request(.post, try connection.open().address + place)
        request.schemes = [.https, .http]
        request.headers = [
            ("Accept", "application/json"), ("Content-Type", "application/json"), ("User-Agent", "caveat"),
            ("Caveat-Purpose", purpose.rawValue),
        ]
        if let authorization = try authorization(ProcessInfo.processInfo.environment) {
            request.headers.append(("Authorization", authorization))
        }
        request.body = try body.json()
        request.authorities = connection.ca
        if let certificate = connection.certificate, let key = connection.key {
            request.identity = Request.Identity(certificate: certificate, key: key)
        }
        request.totalMax = .seconds(120)
        let response: Response
        do throws(TransportFault) {
            response = try await Transport(limits: .init(hostConnectionsMax: 1, connectionsMax: 1)).perform(request)
        } catch {
            throw CommandFault.transport(error)
        }
        guard (200..<300).contains(response.status) else { throw CommandFault.refused(Refusal(response)) }
        return try Connection.read(response, from: place)
    }

    /// What proves who asks, as `ConnectionOptions.open` finds it; the files were readable when it did.
    private func authorization(_ environment: [String: String]) throws(CommandFault) -> String? {
        if let file = connection.tokenFile { return Credentials.token(try secret(file)).authorization }
        let password = connection.passwordFile == nil ? environment["CAVEAT_PASSWORD"] : nil
        if let login = connection.user ?? (connection.passwordFile == nil ? nil : environment["CAVEAT_USER"]) {
            if let password { return Credentials.password(user: login, password: password).authorization }
            let secret = try secret(connection.passwordFile ?? "")
            return Credentials.password(user: login, password: secret).authorization
        }
        if let token = environment["CAVEAT_TOKEN"], !token.isEmpty { return Credentials.token(token).authorization }
        guard connection.certificate == nil, let login = environment["CAVEAT_USER"] else { return nil }
        return Credentials.password(user: login, password: password ?? "").authorization
    }

    private func secret(_ file: String) throws(CommandFault) -> String {
        String(decoding: try ReportFile.bytes(file), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

import Crypto
import Exchange
import Foundation
import TransportCurl

/// A way to one exchange as one principal.
struct Connection: Sendable {
    let address: String
    private let authorization: String?
    private let purpose: Purpose?
    private let authorities: String?
    private let identity: WebRequest.Identity?
    private let transport = Transport(limits: .init(hostConnectionsMax: 2, connectionsMax: 2))

    /// The TAXII 2.1 media type.
    static let mediaType = "application/taxii+json;version=2.1"
    private static let attemptsMax = 4
    private static let waitMax = 60

    /// - Parameter purpose: what all that is asked is for; nil for the first purpose of the credential.
    init(
        address: Address,
        credentials: Credentials,
        purpose: Purpose?,
        authorities: String?,
        identity: WebRequest.Identity?
    ) {
        self.address = address.description
        self.authorization = credentials.authorization
        self.purpose = purpose
        self.authorities = authorities
        self.identity = identity
    }

    /// A digest that differs for each address, credential and purpose, so that none follows another's cursor.
    var fingerprint: String {
        // A certificate that cannot be read fails at the first request, with a better text.
        let certificate = identity.flatMap { FileManager.default.contents(atPath: $0.certificate) } ?? Data()
        let text = "\(address)\n\(authorization ?? "")\n\(purpose.map { "\($0.rawValue)\n" } ?? "")"
        return SHA256.hash(data: Data(text.utf8) + certificate).hexadecimal
    }

    /// Sends a request and waits for its answer; an answer other than 2xx is a fault.
    ///
    /// Where the exchange asks to wait (429, 503 with Retry-After), waits and tries again a few times.
    func send(
        _ method: WebRequest.Method,
        _ path: String,
        body: [UInt8]? = nil,
        mediaType: String = Self.mediaType,
        headers: [(name: String, value: String)] = []
    ) async throws(CommandFault) -> WebResponse {
        var request = WebRequest(method, address + path)
        request.schemes = [.https, .http]
        request.networks = .any  // The exchange is where its user says, often in a network of theirs.
        request.headers = [("Accept", mediaType), ("User-Agent", "caveat")]
        if let authorization { request.headers.append(("Authorization", authorization)) }
        if let purpose { request.headers.append(("Caveat-Purpose", purpose.rawValue)) }
        request.headers += headers
        if let body {
            request.headers.append(("Content-Type", mediaType))
            request.body = body
        }
        request.authorities = authorities
        request.identity = identity
        request.totalMax = .seconds(120)
        request.bodyBytesMax = 256 << 20
        var attempt = 0
        while true {
            attempt += 1
            let response = try await perform(request)
            if (200..<300).contains(response.status) { return response }
            guard [429, 503].contains(response.status), attempt < Self.attemptsMax,
                let wait = response.header("retry-after").flatMap({ Int($0) }), (0...Self.waitMax).contains(wait)
            else { throw .refused(Refusal(response)) }
            Output.note("the exchange asks to wait \(wait) s")
            try await pause(.seconds(wait))
        }
    }

    /// Reads a resource.
    func resource(_ path: String, mediaType: String = Self.mediaType) async throws(CommandFault) -> JSON.Value {
        try Self.read(try await send(.get, path, mediaType: mediaType), from: path)
    }

    /// Reads the JSON of an answer.
    static func read(_ response: WebResponse, from path: String) throws(CommandFault) -> JSON.Value {
        var limits = JSON.Limits()
        limits.depthMax = 256
        do throws(JSONFault) {
            return try JSON(parsing: response.body, limits: limits).root
        } catch {
            throw .answer(to: path, rule: "is not JSON (\(error))")
        }
    }

    private func perform(_ request: WebRequest) async throws(CommandFault) -> WebResponse {
        do throws(TransportFault) {
            return try await transport.perform(request)
        } catch {
            throw .transport(error)
        }
    }
}

/// Waits; a cancelled wait is a fault, like any other cancelled work.
func pause(_ duration: Duration) async throws(CommandFault) {
    do {
        try await Task.sleep(for: duration)
    } catch {
        throw .transport(.cancelled)
    }
}

extension String {
    /// The text as one segment of a URL's path, or as a value in its query.
    var percentEncoded: String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~.")
        let encoded = addingPercentEncoding(withAllowedCharacters: plain) ?? ""
        // "." and ".." as a segment would climb out of the path.
        return encoded.allSatisfy { $0 == "." } ? encoded.replacingOccurrences(of: ".", with: "%2E") : encoded
    }
}

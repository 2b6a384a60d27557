import Crypto
import Exchange
import Foundation

/// Why a pull stopped: what it was, for an operator to read, never what a server wrote.
struct PullFault: Error {
    let text: String
    /// How long the server asks to wait at the least.
    var wait: Duration?

    init(_ text: String, wait: Duration? = nil) {
        self.text = text
        self.wait = wait
    }
}

/// Fetches the files of one source, and the pages of a TAXII collection.
struct Fetching: Sendable {
    let terms: SourceTerms
    let surroundings: Surroundings

    /// The longest that one file may take.
    static let fileMax = Duration.seconds(600)
    /// The longest that one page may take.
    static let pageMax = Duration.seconds(120)
    /// The longest that connecting may take.
    static let connectMax = Duration.seconds(10)
    /// Secrets are short.
    static let secretBytesMax = 16_384

    /// A file as it is now; nil where it is as it was.
    /// - Parameters:
    ///   - name: the file, where the source is a folder.
    ///   - known: what was said of it when it was last read.
    func file(
        _ name: String?,
        unless known: Pull.Validator?
    ) async throws(PullFault) -> (bytes: [UInt8], validator: Pull.Validator)? {
        let place = try place()
        let path = name.map { place.path(of: $0) }
        switch place {
        case .web(let url): return try await web(path ?? url.text, isPlain: url.isPlain, known)
        case .file(let root): return Self.changed(try Self.local(path ?? root), known)
        case .sftp(let host, let port, let user, let root):
            return Self.changed(try await remote(host, port, user, path ?? root), known)
        }
    }

    /// A page of a TAXII collection.
    func page(_ query: [(name: String, value: String)], bodyBytesMax: Int) async throws(PullFault) -> WebResponse {
        guard case .web(let url) = try place() else { throw PullFault("url: must begin with https:// for taxii") }
        let text = query.map { "\($0.name)=\($0.value.queryEncoded)" }.joined(separator: "&")
        var request = try request(SourcePlace.web(url).path(of: "objects/") + "?" + text, isPlain: url.isPlain)
        request.headers.append(("Accept", "application/taxii+json;version=2.1"))
        request.totalMax = Self.pageMax
        request.bodyBytesMax = bodyBytesMax
        return try await perform(request)
    }

    private func place() throws(PullFault) -> SourcePlace {
        do {
            return try SourcePlace(terms.url)
        } catch {
            throw PullFault("url: \(error.rule)")
        }
    }

    private func web(
        _ url: String,
        isPlain: Bool,
        _ known: Pull.Validator?
    ) async throws(PullFault) -> (bytes: [UInt8], validator: Pull.Validator)? {
        var request = try request(url, isPlain: isPlain)
        request.totalMax = Self.fileMax
        request.bodyBytesMax = Pulling.fileBytesMax
        if let etag = known?.etag { request.headers.append(("If-None-Match", etag)) }
        if let modified = known?.modified { request.headers.append(("If-Modified-Since", modified)) }
        let response = try await perform(request)
        if response.status == 304, known != nil { return nil }
        try Self.check(response)
        let (etag, modified) = (response.header("etag"), response.header("last-modified"))
        guard etag == nil, modified == nil else {
            return (response.body, Pull.Validator(etag: etag, modified: modified))
        }
        return Self.changed(response.body, known)
    }

    /// Refuses an answer that is no success.
    static func check(_ response: WebResponse) throws(PullFault) {
        guard response.status != 200 else { return }
        let seconds = response.header("retry-after").flatMap { UInt32($0) }
        throw PullFault("answered with status \(response.status)", wait: seconds.map { .seconds(Int64($0)) })
    }

    private func request(_ url: String, isPlain: Bool) throws(PullFault) -> WebRequest {
        var request = WebRequest(.get, url)
        request.schemes = isPlain ? [.http] : [.https]
        request.networks = terms.allowed
        request.authorities = terms.authorities
        request.connectMax = Self.connectMax
        request.acceptsGzip = true
        if let certificate = terms.certificate, let key = terms.key {
            request.identity = WebRequest.Identity(certificate: certificate, key: key)
        }
        if let file = terms.tokenFile {
            request.headers.append(("Authorization", "Bearer \(try Self.secret(file, "token_file"))"))
        } else if let user = terms.user, let file = terms.passwordFile {
            let pair = Data("\(user):\(try Self.secret(file, "password_file"))".utf8)
            request.headers.append(("Authorization", "Basic \(pair.base64EncodedString())"))
        }
        return request
    }

    private func perform(_ request: WebRequest) async throws(PullFault) -> WebResponse {
        do throws(TransportFault) {
            return try await surroundings.carrier.perform(request)
        } catch {
            throw PullFault(error.description)
        }
    }

    private func remote(
        _ host: String,
        _ port: UInt16,
        _ user: String,
        _ path: String
    ) async throws(PullFault) -> [UInt8] {
        let login: RemoteFile.Login =
            if let key = terms.key {
                .key(file: key)
            } else {
                .password(try Self.secret(terms.passwordFile ?? "", "password_file"))
            }
        var file = RemoteFile(
            host: host,
            path: path,
            user: user,
            login: login,
            knownHosts: .file(terms.knownHosts ?? "")
        )
        file.port = port
        file.networks = terms.allowed
        file.totalMax = Self.fileMax
        file.bodyBytesMax = Pulling.fileBytesMax
        let copy = FileManager.default.temporaryDirectory.appending(path: "caveat-\(surroundings.uuid().text)").path
        do throws(TransportFault) {
            try await surroundings.files.download(file, to: copy)
        } catch {
            throw PullFault(error.description)
        }
        defer { try? FileManager.default.removeItem(atPath: copy) }
        return try Self.local(copy)
    }

    private static func changed(
        _ bytes: [UInt8],
        _ known: Pull.Validator?
    ) -> (bytes: [UInt8], validator: Pull.Validator)? {
        let digest = Array(SHA256.hash(data: bytes))
        return known?.digest == digest ? nil : (bytes, Pull.Validator(digest: digest))
    }

    private static func local(_ path: String) throws(PullFault) -> [UInt8] {
        try contents(path, upTo: Pulling.fileBytesMax, path)
    }

    private static func secret(_ path: String, _ field: String) throws(PullFault) -> String {
        let text = String(decoding: try contents(path, upTo: secretBytesMax, field), as: UTF8.self)
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else { throw PullFault("\(field): the file is empty") }
        return secret
    }

    private static func contents(_ path: String, upTo bytesMax: Int, _ what: String) throws(PullFault) -> [UInt8] {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue
        guard let size, size <= bytesMax, let data = FileManager.default.contents(atPath: path) else {
            let rule =
                size.map { $0 > bytesMax } == true
                ? "has more than \(bytesMax) bytes" : "cannot be read; check the path and the daemon's rights"
            throw PullFault("\(what): \(rule)")
        }
        return Array(data)
    }
}

extension String {
    /// As a value in a query (RFC 3986 §3.4).
    fileprivate var queryEncoded: String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}

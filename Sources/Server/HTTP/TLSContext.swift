import NIOSSL
import Synchronization

/// Where the server's certificate, its key and the members' authorities are.
public struct TLSFiles: Hashable, Sendable {
    /// What is asked of a client.
    public enum ClientCertificates: String, CaseIterable, Sendable {
        case none, optional, required
    }

    /// PEM file of the server's chain.
    public var certificate: String
    /// PEM file of its key.
    public var key: String
    /// PEM file of the members' authorities; nil for none.
    public var clientAuthorities: String?
    /// What is asked of a client.
    public var clientCertificates: ClientCertificates

    /// Puts it together from its parts.
    public init(
        certificate: String,
        key: String,
        clientAuthorities: String?,
        clientCertificates: ClientCertificates
    ) {
        self.certificate = certificate
        self.key = key
        self.clientAuthorities = clientAuthorities
        self.clientCertificates = clientCertificates
    }
}

/// Why the TLS files cannot be used.
public struct TLSFault: Error, CustomStringConvertible {
    /// The file, and what is wrong with it.
    public let description: String
}

/// The TLS context in force: new handshakes take the newest, live connections keep theirs.
public final class TLSContext: Sendable {
    private let files: TLSFiles
    private let context: Mutex<NIOSSLContext>

    /// - Throws: `TLSFault` for a file that cannot be used, or what NIOSSL says of them together.
    public init(_ files: TLSFiles) throws {
        self.files = files
        context = Mutex(try Self.context(files))
    }

    /// Reads the files again.
    ///
    /// When that fails the old context stays in force.
    public func reload() throws {
        let fresh = try Self.context(files)
        context.withLock { $0 = fresh }
    }

    var current: NIOSSLContext { context.withLock { $0 } }

    private static func context(_ files: TLSFiles) throws -> NIOSSLContext {
        let chain = try read(files.certificate, "certificate") { try NIOSSLCertificate.fromPEMFile($0) }
        let key = try read(files.key, "private key") { try NIOSSLPrivateKey(file: $0, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        // TLS 1.2 with forward secrecy and authenticated encryption only (TAXII 2.1 §8.2.2, RFC 7540 appendix A).
        configuration.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        // HTTP/2 is not offered: docs/DIVERGENCES.md says why.
        configuration.applicationProtocols = ["http/1.1"]
        if let authorities = files.clientAuthorities {
            let roots = try read(authorities, "certificate") { try NIOSSLCertificate.fromPEMFile($0) }
            configuration.trustRoots = .certificates(roots)
            configuration.sendCANameList = true
        }
        switch files.clientCertificates {
        case .none: configuration.certificateVerification = .none
        case .optional: configuration.certificateVerification = .optionalVerification
        case .required: configuration.certificateVerification = .noHostnameVerification
        }
        return try NIOSSLContext(configuration: configuration)
    }

    private static func read<Value>(_ file: String, _ what: String, _ load: (String) throws -> Value) throws(TLSFault)
        -> Value
    {
        do {
            return try load(file)
        } catch {
            throw TLSFault(description: "\(file) cannot be read or holds no PEM \(what)")
        }
    }
}

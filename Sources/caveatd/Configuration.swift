import Exchange
import Logging
import Server

/// Why a configuration cannot be used: the key, and the rule that it breaks.
struct ConfigurationFault: Error, CustomStringConvertible {
    let key: String
    let rule: String

    var description: String { "configuration: \(key): \(rule)" }
}

/// All that a daemon is configured with, read once from one file.
///
/// `config/caveatd.yaml` has every key with its default.
struct Configuration: Equatable, Sendable {
    /// `exchange.title`: what discovery and the API root call it.
    var title = "Caveat exchange"
    /// `exchange.contact`: whom to write to; none by default.
    var contact: String?

    /// `listen`: address and port of the members' side.
    var listen = "127.0.0.1:8443"

    /// `tls.certificate`, `tls.key`: PEM files, both or neither.
    ///
    /// Needed unless `listen` is a loopback address.
    var certificate: String?
    var key: String?
    /// `tls.client_ca`: PEM file of the authorities whose certificates members may come with.
    var clientAuthorities: String?
    /// `tls.client_certificates`: none, optional or required.
    ///
    /// Optional where `tls.client_ca` is set, else none.
    var clientCertificates: TLSFiles.ClientCertificates?

    /// `store.url`: `sqlite:PATH` or `postgresql://…`.
    var storeURL = "sqlite:/var/lib/caveat/caveat.db"
    /// `store.url_file`: a file that holds the URL, for one with a password; excludes `store.url`.
    var storeURLFile: String?
    /// `store.key_file`: a file with a key of at least 32 bytes that is kept outside of the store.
    var storeKeyFile: String?
    /// `store.readers`: connections that read at once, 1 to 64.
    var storeReaders = 4

    /// `admin.socket`: path of the Unix socket for local administration.
    var adminSocket = "/run/caveat/admin.sock"

    /// `access.gateways`: folder of the legal gateways, a `.yaml` file each.
    ///
    /// None by default: then nobody but its originator gets an advisory that names anybody.
    var gateways: String?

    /// `limits.body_bytes_max`: bytes of a request's body, 64 KiB to 256 MiB; TAXII's max_content_length.
    var bodyBytesMax = 10_485_760
    /// `limits.objects_per_envelope_max`: objects of one envelope, 1 to 100,000.
    var objectsPerEnvelopeMax = 50_000
    /// `limits.object_bytes_max`: bytes of one object, 1 KiB to 64 MiB.
    var objectBytesMax = 1_048_576
    /// `limits.object_depth_max`: levels of objects and lists in one object, 8 to 512.
    var objectDepthMax = 64
    /// `limits.page_objects_max`: objects of one page, 1 to 10,000.
    var pageObjectsMax = 1_000
    /// `limits.page_bytes_max`: bytes of content after which a page ends, 64 KiB to 64 MiB.
    var pageBytesMax = 8_388_608
    /// `limits.url_bytes_max`: bytes of a request target, 1 KiB to 64 KiB.
    var urlBytesMax = 8_192
    /// `limits.header_bytes_max`: bytes of all header fields of a request, 1 KiB to 64 KiB.
    var headerBytesMax = 16_384
    /// `limits.connections_max`: open connections, 16 to 100,000.
    var connectionsMax = 4_096
    /// `limits.connections_per_source_max`: open connections of one address, 1 to 100,000.
    var connectionsPerSourceMax = 256
    /// `limits.memory_bytes_max`: bytes of bodies and large answers in memory at once, 64 MiB to 64 GiB.
    var memoryBytesMax = 536_870_912
    /// `limits.idle_seconds`: how long a connection may be idle between requests, 1 to 3,600.
    var idleSeconds = 60
    /// `limits.request_seconds`: from a request's first byte to its answer, 1 to 3,600.
    var requestSeconds = 30

    /// `rate.requests_per_second`: of one principal, 0 to 1,000,000; 0 is no limit.
    var requestsPerSecond = 200
    /// `rate.burst`: requests that one principal may make at once, 1 to 1,000,000.
    var requestBurst = 1_000
    /// `rate.failures_per_minute`: failed attempts of one source, and for one account, 1 to 1,000.
    var failuresPerMinute = 10

    /// `reciprocity.terms`: file of what each tier may take, as `config/terms/default.yaml` has it.
    var terms: String?

    /// `push.networks`: networks that are not public and that destinations may be in, such as `10.0.0.0/8`.
    var pushNetworks: [Network] = []
    /// `push.mail`: the server that takes mail; none by default.
    var mail: MailKeys?

    /// `log.level`: trace, debug, info, notice, warning, error or critical.
    var logLevel = Logger.Level.info

    /// Reads the file's text.
    ///
    /// A key that is unknown, doubled, of another type or out of its range is named.
    static func read(_ text: String) throws(ConfigurationFault) -> Configuration {
        var keys = try ConfigurationKeys(text)
        var it = Configuration()
        it.title = try keys.text("exchange.title") ?? it.title
        it.contact = try keys.text("exchange.contact")
        it.listen = try keys.text("listen") ?? it.listen
        it.certificate = try keys.text("tls.certificate")
        it.key = try keys.text("tls.key")
        it.clientAuthorities = try keys.text("tls.client_ca")
        it.clientCertificates = try keys.word("tls.client_certificates")
        it.storeURLFile = try keys.text("store.url_file")
        if let url = try keys.text("store.url") {
            guard it.storeURLFile == nil else {
                throw ConfigurationFault(key: "store.url", rule: "excludes store.url_file; keep one of them")
            }
            it.storeURL = url
        }
        it.storeKeyFile = try keys.text("store.key_file")
        it.storeReaders = try keys.number("store.readers", 1...64) ?? it.storeReaders
        it.adminSocket = try keys.text("admin.socket") ?? it.adminSocket
        it.gateways = try keys.text("access.gateways")
        try it.readLimits(&keys)
        it.requestsPerSecond = try keys.number("rate.requests_per_second", 0...1_000_000) ?? it.requestsPerSecond
        it.requestBurst = try keys.number("rate.burst", 1...1_000_000) ?? it.requestBurst
        it.failuresPerMinute = try keys.number("rate.failures_per_minute", 1...1_000) ?? it.failuresPerMinute
        it.terms = try keys.text("reciprocity.terms")
        it.pushNetworks = try keys.list("push.networks").map { text throws(ConfigurationFault) in
            guard let network = Network(text) else {
                throw ConfigurationFault(key: "push.networks", rule: "must be networks such as 10.0.0.0/8 or fd00::/8")
            }
            return network
        }
        it.mail = try MailKeys(&keys)
        it.logLevel = try keys.word("log.level") ?? it.logLevel
        try keys.finish()
        try it.check()
        return it
    }

    private mutating func readLimits(_ keys: inout ConfigurationKeys) throws(ConfigurationFault) {
        let mebibyte = 1 << 20
        bodyBytesMax = try keys.number("limits.body_bytes_max", 65_536...256 * mebibyte) ?? bodyBytesMax
        objectsPerEnvelopeMax =
            try keys.number("limits.objects_per_envelope_max", 1...100_000) ?? objectsPerEnvelopeMax
        objectBytesMax = try keys.number("limits.object_bytes_max", 1_024...64 * mebibyte) ?? objectBytesMax
        objectDepthMax = try keys.number("limits.object_depth_max", 8...512) ?? objectDepthMax
        pageObjectsMax = try keys.number("limits.page_objects_max", 1...10_000) ?? pageObjectsMax
        pageBytesMax = try keys.number("limits.page_bytes_max", 65_536...64 * mebibyte) ?? pageBytesMax
        urlBytesMax = try keys.number("limits.url_bytes_max", 1_024...65_536) ?? urlBytesMax
        headerBytesMax = try keys.number("limits.header_bytes_max", 1_024...65_536) ?? headerBytesMax
        connectionsMax = try keys.number("limits.connections_max", 16...100_000) ?? connectionsMax
        connectionsPerSourceMax =
            try keys.number("limits.connections_per_source_max", 1...100_000) ?? connectionsPerSourceMax
        memoryBytesMax = try keys.number("limits.memory_bytes_max", 64 * mebibyte...65_536 * mebibyte) ?? memoryBytesMax
        idleSeconds = try keys.number("limits.idle_seconds", 1...3_600) ?? idleSeconds
        requestSeconds = try keys.number("limits.request_seconds", 1...3_600) ?? requestSeconds
    }

    private func check() throws(ConfigurationFault) {
        guard let address = ListenAddress(listen) else {
            throw ConfigurationFault(key: "listen", rule: "must be host:port or [IPv6]:port, such as 0.0.0.0:8443")
        }
        guard (certificate == nil) == (key == nil) else {
            throw ConfigurationFault(
                key: certificate == nil ? "tls.certificate" : "tls.key",
                rule: "tls.certificate and tls.key come together; set both"
            )
        }
        guard certificate != nil || address.isLoopback else {
            throw ConfigurationFault(
                key: "tls.certificate",
                rule:
                    "is needed: \(address.host) can be reached from elsewhere; set it and tls.key, or listen on 127.0.0.1"
            )
        }
        guard clientAuthorities == nil || certificate != nil else {
            throw ConfigurationFault(key: "tls.client_ca", rule: "needs tls.certificate and tls.key")
        }
        if let clientCertificates, clientCertificates != .none, clientAuthorities == nil {
            throw ConfigurationFault(key: "tls.client_certificates", rule: "needs tls.client_ca, or must be none")
        }
        guard !title.contains(where: { $0 == "\"" || $0 == "\\" }), title.allSatisfy(Self.isPlain) else {
            throw ConfigurationFault(
                key: "exchange.title",
                rule: "must have no quotation mark, backslash or control character: it stands in a header"
            )
        }
        guard memoryBytesMax >= 2 * max(bodyBytesMax, pageBytesMax) else {
            throw ConfigurationFault(
                key: "limits.memory_bytes_max",
                rule: "must be at least twice limits.body_bytes_max and limits.page_bytes_max"
            )
        }
        guard Self.isStore(storeURL) else {
            throw ConfigurationFault(key: "store.url", rule: "must begin with sqlite: or postgresql://")
        }
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
    }

    static func isStore(_ url: String) -> Bool {
        (url.hasPrefix("sqlite:") && url.count > 7) || url.hasPrefix("postgresql://") || url.hasPrefix("postgres://")
    }

    /// The TLS files, where there are any.
    var tls: TLSFiles? {
        guard let certificate, let key else { return nil }
        return TLSFiles(
            certificate: certificate,
            key: key,
            clientAuthorities: clientAuthorities,
            clientCertificates: clientCertificates ?? (clientAuthorities == nil ? .none : .optional)
        )
    }
}

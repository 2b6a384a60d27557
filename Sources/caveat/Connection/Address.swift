import Foundation

/// The web address of an exchange: a scheme, a host and perhaps a port, and nothing more.
struct Address: CustomStringConvertible {
    let isSecure: Bool
    let host: String
    /// As it is put before a path: `https://host:port`.
    let description: String

    /// Reads an address; a path of `/` or `/taxii2/` is dropped, since discovery finds the rest.
    init(_ text: String) throws(AddressFault) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["https", "http"].contains(scheme), let host = parts.host, !host.isEmpty
        else { throw AddressFault(text: text, rule: "must begin with https://HOST or http://HOST") }
        guard parts.user == nil, parts.password == nil else {
            throw AddressFault(text: "the address", rule: "must not hold a user or password; use --user, --token-file")
        }
        guard ["", "/", "/taxii2", "/taxii2/"].contains(parts.path), parts.query == nil, parts.fragment == nil else {
            throw AddressFault(text: text, rule: "must end after the host and port; the rest is discovered")
        }
        isSecure = scheme == "https"
        self.host = host.lowercased()
        let shown = host.contains(":") && !host.hasPrefix("[") ? "[\(self.host)]" : self.host
        let defaultPort = scheme == "https" ? 443 : 80
        let port = parts.port.flatMap { $0 == defaultPort ? nil : ":\($0)" } ?? ""
        description = "\(scheme)://\(shown)\(port)"
    }

    /// Whether the host is this machine, as written: no name service is asked.
    var isLoopback: Bool {
        let bare = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        let octets = bare.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return bare == "localhost" || bare == "::1" || (octets.count == 4 && octets[0] == 127 && !octets.contains(nil))
    }
}

/// Why a text is no address.
struct AddressFault: Error, CustomStringConvertible {
    let text: String
    let rule: String
    var description: String { "\(text) \(rule)" }
}

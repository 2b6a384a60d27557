import CLibpq
import Store

/// Where the server is and how to log in, as libpq takes it.
///
/// It holds the password, so it describes itself without.
struct PostgresAddress: Sendable, CustomStringConvertible {
    /// `keyword='value'` pairs.
    let parameters: String

    var description: String { "PostgreSQL server" }

    /// What bounds every wait for the server; a URL may say otherwise.
    private static let defaults = [
        ("application_name", "caveatd"),
        ("connect_timeout", "5"),
        ("keepalives_idle", "30"),
        ("keepalives_interval", "10"),
        ("keepalives_count", "3"),
        ("tcp_user_timeout", "60000"),
        // With several hosts, the one that takes writes: readers must see what was just written.
        ("target_session_attrs", "read-write"),
    ]

    /// - Parameter url: `postgresql://user:password@host:port/name?…` or libpq's `keyword=value` form.
    init(_ url: String) throws(DatabaseFault) {
        // libpq's own message quotes the text, password included.
        guard let options = unsafe PQconninfoParse(url, nil) else {
            throw .unreachable("the database URL is malformed: write postgresql://user@host:port/name")
        }
        defer { unsafe PQconninfoFree(options) }
        var pairs: [(String, String)] = []
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                unsafe pairs.append((String(cString: keyword), String(cString: value)))
            }
            unsafe option += 1
        }
        let given = Set(pairs.map { $0.0 })
        pairs += Self.defaults.filter { !given.contains($0.0) }
        pairs.removeAll { $0.0 == "client_encoding" }
        pairs.append(("client_encoding", "UTF8"))
        parameters = pairs.map { "\($0.0)='\(Self.escape($0.1))'" }.joined(separator: " ")
    }

    private static func escape(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    }
}

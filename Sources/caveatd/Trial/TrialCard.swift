import Foundation

/// What the trial prints when it is up.
struct TrialCard: Encodable {
    struct Basic: Encodable {
        let user: String
        let password: String
    }

    struct Member: Encodable {
        let name: String
        let kind: String
        let token: String
        let basic: Basic
    }

    let url: String
    let taxii: String
    let api_root: String
    let pools: [TrialPopulation.Pool]
    let members: [Member]
    let admin_socket: String

    init(_ population: TrialPopulation, _ listening: Daemon.Listening, adminSocket: String) {
        url = "http://\(ListenAddress.text(listening.host, listening.port))"
        taxii = "\(url)/taxii2/"
        api_root = "\(url)/caveat/"
        pools = population.pools
        members = population.members.map {
            Member(name: $0.name, kind: $0.kind, token: $0.token, basic: Basic(user: $0.name, password: $0.password))
        }
        admin_socket = adminSocket
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(self)) ?? Data()  // Strings always have a JSON form.
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// What to try next, as commands to paste.
    var text: String {
        func token(_ name: String) -> String { members.first { $0.name == name }?.token ?? "" }
        let width = (members.map(\.name) + pools.map(\.name)).map(\.count).max() ?? 0
        func name(_ name: String) -> String { name.padding(toLength: width + 4, withPad: " ", startingAt: 0) }
        func kind(_ kind: String) -> String { kind.padding(toLength: 19, withPad: " ", startingAt: 0) }
        let heading = "\(name("Members"))\(kind("kind"))bearer token (or as the password of HTTP Basic, any user name)"
        let rows = members.map { "\(name("  " + $0.name))\(kind($0.kind))\($0.token)" }
        let lists = pools.map { "\(name("  " + $0.name))\($0.collection)" }
        return """
            Caveat trial exchange: \(url)   (everything in it is invented; Ctrl-C ends it)

            \(heading)
            \(rows.joined(separator: "\n"))

            Pools (TAXII collections; the name works in URLs too)
            \(lists.joined(separator: "\n"))

            Try next, in another terminal:

              # Poll the authorities' warnings as a forwarder
              curl -s -H 'Authorization: Bearer \(token("blue-anchor"))' \(api_root)collections/warnings/objects/

              # The same with the command line, which keeps its place
              export CAVEAT_URL=\(url) CAVEAT_TOKEN=\(token("blue-anchor"))
              caveat pools
              caveat poll warnings

              # Administer it
              caveat admin member list --socket \(admin_socket)

              # With a TAXII client that others wrote: pip install taxii2-client
              python3 -c "from taxii2client.v21 import Server; s = Server('\(taxii)', user='bank', \\
                password='\(token("first-harbour-bank"))'); print([c.title for c in s.default.collections])"


            """
    }
}

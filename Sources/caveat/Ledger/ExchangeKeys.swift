import ArgumentParser
import Exchange

/// The public keys of one exchange, by which what it signed is verified off line.
struct ExchangeKeys: ParsableArguments {
    @Option(
        help: ArgumentHelp("The exchange's public keys.", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var keys: String
    @Option(help: ArgumentHelp("The exchange, where the file has keys of several.", valueName: "id"))
    var exchange: String?

    func validate() throws {
        guard exchange == nil || exchange.flatMap(ID<Peer>.init(parsing:)) != nil else {
            throw ValidationError("--exchange must be a UUID, as caveat admin exchange prints it")
        }
    }

    func read() throws -> KeyRing {
        let all = try VerifyCommand.ring(keys)
        let wanted = exchange.flatMap(ID<Peer>.init(parsing:))
        guard let one = wanted ?? all.exchanges.first, wanted != nil || all.exchanges.count == 1 else {
            throw CommandFault.file(
                path: keys,
                rule: all.exchanges.isEmpty
                    ? "has no key of an exchange; caveat entitlement key prints those of yours"
                    : "has keys of \(all.exchanges.count) exchanges; name the one with --exchange"
            )
        }
        return all.keys(of: one)
    }
}

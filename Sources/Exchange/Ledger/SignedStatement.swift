/// A statement in JSON that an exchange signed: it is verified off line, by whomever its holder shows it.
public struct SignedStatement: Hashable, Sendable {
    /// Its type, as the header of its signature tells.
    public static let type = "caveat-statement"
    /// Bytes of the longest that is read.
    public static let bytesMax = 67_108_864

    /// Why a statement is not taken; each case is one reason.
    public enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        /// It is no statement in JSON, or has no signature.
        case form
        /// It is longer than is read.
        case long
        /// It is not signed as it must be.
        case notSigned(CompactJWS.Refusal)

        /// The code, the rule, and what to do about it.
        public var description: String {
            switch self {
            case .form: "form: is no signed statement; take it anew with --form json"
            case .long: "long: has more than \(bytesMax / 1_048_576) MiB; take one of fewer epochs (--epochs)"
            case .notSigned(.form): "form: its signature has another form; take it anew with --form json"
            case .notSigned(.header): "header: is not an exchange's signature under a statement; do not rely on it"
            case .notSigned(.unknownKey):
                "unknown-key: is signed by a key that is not the exchange's; fetch its keys anew, or do not rely on it"
            case .notSigned(.keyNotInForce): "key-not-in-force: its key was revoked; have its holder take it anew"
            case .notSigned(.signature): "signature: was changed after it was signed; do not rely on it"
            }
        }
    }

    /// Whose it is.
    public let group: Name
    /// Of which ledger.
    public let pool: Name
    /// The days of its first epoch's opening and of its last one's close.
    public let dates: [String]
    /// What the group has earned at the end of it.
    public let earned: Amount<MilliCredit>
    /// Its tier there.
    public let tier: String
    /// The key that signed it.
    public let key: KeyID

    /// Reads one and verifies it.
    /// - Parameter keys: those of the exchange itself; a key that took another's place since is good.
    public init(verifying bytes: [UInt8], keys: KeyRing) throws(Refusal) {
        guard bytes.count <= Self.bytesMax else { throw .long }
        guard let root = (try? JSON(parsing: bytes))?.root, let signature = root["signature"]?.string else {
            throw .form
        }
        let rest = root.members.filter { $0.key != "signature" }.sorted { $0.key < $1.key }
        let payload = CanonicalText.object(
            rest.map { key, value in (key, String(decoding: value.canonical(), as: UTF8.self)) }
        )
        do throws(CompactJWS.Refusal) {
            let signed = try CompactJWS(
                verifying: Array(payload.utf8),
                detached: signature,
                type: Self.type,
                keys: keys
            )
            key = signed.key
        } catch {
            throw .notSigned(error)
        }
        guard let group = root["group"]?.string.flatMap(Name.init), let pool = root["pool"]?.string.flatMap(Name.init),
            let earned = root["closing"]?["earned"]?.integer, let tier = root["tier"]?.string,
            let dates = root["epoch_dates"]?.elements.compactMap(\.string), dates.count == 2
        else { throw .form }
        (self.group, self.pool, self.dates, self.tier) = (group, pool, dates, tier)
        self.earned = Amount(earned)
    }
}

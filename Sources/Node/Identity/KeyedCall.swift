import Crypto
import Exchange
import Store

/// A call that makes something, by the key that its caller named it with: the same key makes it once.
public struct KeyedCall: Sendable {
    /// The key, told apart from those of other principals.
    fileprivate let key: String
    /// What was asked with it.
    fileprivate let call: String
}

extension Node {
    /// The call that a principal names by a key.
    /// - Parameter asked: what is asked: of the same key it must be the same.
    public func call(_ key: String, by session: Session, asked: [UInt8]) -> KeyedCall {
        let name = "\(session.principal.id.text)/\(key)"
        // Without the caller's key nobody can try out what was asked, once that is erased.
        let digest = SHA256.hash(data: asked).hexadecimal
        return KeyedCall(key: callKeys.uuid(for: name).text, call: callKeys.uuid(for: "\(name)/\(digest)").text)
    }
}

extension Transaction {
    /// The number of what a call made when it came before; nil for one that is new or has no key.
    /// - Throws: `AdvisoryFault` where the key was used for another call.
    func made(by call: KeyedCall?) throws -> Int64? {
        guard let call, let known = try KeyedCallRows.call(of: call.key, connection) else { return nil }
        guard known.call == call.call else {
            throw AdvisoryFault.invalid(
                field: "Idempotency-Key",
                rule: "was used for another call; give this one a key of its own"
            )
        }
        return known.made
    }

    /// Keeps what a call made, so that it makes nothing when it comes again.
    func keep(_ call: KeyedCall?, made number: Int64) throws {
        if let call { try keep(call: call.call, of: call.key, made: number) }
    }
}

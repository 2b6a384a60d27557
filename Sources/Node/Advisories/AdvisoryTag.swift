import Crypto
public import Exchange
import Foundation

extension Advisory {
    /// What tells this state of it from any other: 32 hexadecimal digits, the same on every node.
    public var tag: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            let digest = SHA256.hash(data: try encoder.encode(self)).prefix(16)
            return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        } catch {
            preconditionFailure("an advisory has a JSON form")
        }
    }
}

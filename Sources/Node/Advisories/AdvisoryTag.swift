import Crypto
public import Exchange
import Foundation

extension Advisory {
    /// What tells this state of it from any other: 32 hexadecimal digits, the same on every node.
    public var tag: String { EntityTag.of(self) }

    /// Refuses to go on where it is not what the caller saw.
    func check(isOneOf seen: [String]?) throws(AdvisoryFault) {
        if let seen, !seen.contains(tag) { throw .changedMeanwhile }
    }
}

/// What tells one state of something from any other.
enum EntityTag {
    /// 32 hexadecimal digits, the same on every node.
    static func of(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            return SHA256.hash(data: try encoder.encode(value)).prefix(16).hexadecimal
        } catch {
            preconditionFailure("what has a tag has a JSON form")
        }
    }
}

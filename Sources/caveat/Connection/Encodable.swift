import Foundation

extension Encodable {
    /// As it is sent.
    func json() throws(CommandFault) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self))
        } catch {
            throw .failed("this cannot be written as JSON: \(error)")
        }
    }
}

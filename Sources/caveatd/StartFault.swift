import Foundation
import NIOCore
import Store

/// What an operator reads when the daemon cannot start.
enum StartFault {
    static func text(of error: any Error) -> String {
        switch error {
        case DatabaseFault.busy(let what): return "the store is in use: \(what)"
        case DatabaseFault.unreachable(let what):
            return "the store cannot be opened: \(what.split(whereSeparator: \.isWhitespace).joined(separator: " "))"
        case let error as IOError where error.errnoCode == EADDRINUSE:
            return
                "the address is in use: end what listens there, or listen at another (`listen` in the configuration, "
                + "--listen of the trial)"
        case let error as CocoaError:
            return "\(error.filePath ?? "a file") cannot be read or made: \(error.localizedDescription)"
        default: return "\(error)"
        }
    }
}

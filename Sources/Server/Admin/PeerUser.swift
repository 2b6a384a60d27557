import Foundation
import NIOCore

/// What the kernel tells of the other end (`struct ucred`, unix(7)).
private struct PeerCredentials {
    var pid: pid_t = 0
    var uid: uid_t = 0
    var gid: gid_t = 0
}

/// Who is at the other end of a Unix socket.
enum PeerUser {
    /// The uid that the kernel noted when the caller connected (`SO_PEERCRED`, unix(7)); nil when it cannot be had.
    static func uid(of channel: any Channel) async -> uid_t? {
        guard let provider = channel as? any SocketOptionProvider else { return nil }
        // No socket option, no uid: the caller is refused.
        let credentials: PeerCredentials? = try? await provider.unsafeGetSocketOption(
            level: NIOBSDSocket.OptionLevel.socket,
            name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        ).get()
        return credentials?.uid
    }
}

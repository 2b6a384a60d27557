import Foundation
import NIOCore

/// Who is at the other end of a Unix socket.
enum PeerUser {
    /// The uid that the kernel noted when the caller connected (`SO_PEERCRED`, unix(7)); nil when it cannot be had.
    static func uid(of channel: any Channel) async -> uid_t? {
        guard let provider = channel as? any SocketOptionProvider else { return nil }
        let credentials: ucred? = try? await provider.unsafeGetSocketOption(  // No socket option, no uid: refused.
            level: NIOBSDSocket.OptionLevel.socket,
            name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        ).get()
        return credentials?.uid
    }
}

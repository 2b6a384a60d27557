import Exchange
import Foundation
import NIOCore
import NIOSSL
import Node
import Synchronization

/// What the answer to a request may know of its connection, and where it is made: on the connection's own thread.
final class Connection: TaskExecutor {
    private enum Peer: Sendable {
        case unread
        case read(PeerIdentity?)
    }

    let channel: any Channel
    /// Where it comes from, as limits count it: an IPv4 address, or the /64 network of an IPv6 address, which one
    /// subscriber has whole (RFC 6177).
    let source: String
    var loop: any EventLoop { channel.eventLoop }
    private let peer: Mutex<Peer>
    private let shown = Mutex<(header: String, session: Session)?>(nil)
    private let asked = Mutex<(text: String, target: Target)?>(nil)

    /// - Parameter isEncrypted: whether there is TLS, and so perhaps a client certificate.
    init(_ channel: any Channel, isEncrypted: Bool) {
        self.channel = channel
        source = Self.source(of: channel.remoteAddress) ?? "local"
        peer = Mutex(isEncrypted ? .unread : .read(nil))
    }

    /// The source of an address; nil for one without.
    static func source(of address: SocketAddress?) -> String? {
        guard let text = address?.ipAddress else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        guard text.contains(":"), unsafe inet_pton(AF_INET6, text, &bytes) == 1 else { return text }
        if bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] {  // IPv4 over a socket for both (RFC 4291).
            return bytes.suffix(4).map(String.init).joined(separator: ".")
        }
        if bytes == [UInt8](repeating: 0, count: 15) + [1] { return text }
        let groups = stride(from: 0, to: 8, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        return groups.map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }

    /// The identity in the client's certificate; nil without TLS or without a certificate.
    ///
    /// It is read once, when the first request comes, which is after the handshake.
    func identity() async -> PeerIdentity? {
        if case .read(let known) = peer.withLock({ $0 }) { return known }
        // Fails where the certificate cannot be read: then there is no identity.
        let certificate = try? await channel.nioSSL_peerCertificate().get()
        let identity = certificate.flatMap { $0 }.flatMap { try? PeerIdentity($0) }
        peer.withLock { $0 = .read(identity) }
        return identity
    }

    /// The session that the last Authorization header opened, when this is the same: it was verified here, but whether
    /// it is still valid has to be looked up.
    func session(shownBy header: String) -> Session? {
        shown.withLock { $0?.header == header ? $0?.session : nil }
    }

    func remember(_ header: String, _ session: Session) {
        shown.withLock { $0 = (header, session) }
    }

    /// What the last request's target was read as, when this is the same: a poller asks again until there is something.
    func target(asked text: String) -> Target? {
        asked.withLock { $0?.text == text ? $0?.target : nil }
    }

    func remember(_ text: String, _ target: Target) {
        asked.withLock { $0 = (text, target) }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

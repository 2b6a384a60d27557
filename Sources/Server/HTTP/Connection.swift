import Exchange
import NIOCore
import NIOSSL
import Synchronization

/// What the answer to a request may know of its connection, and where it is made: on the connection's own thread.
final class Connection: TaskExecutor {
    private enum Peer: Sendable {
        case unread
        case read(PeerIdentity?)
    }

    let channel: any Channel
    /// The address that it comes from.
    let source: String
    var loop: any EventLoop { channel.eventLoop }
    private let peer: Mutex<Peer>
    private let shown = Mutex<(header: String, credential: ID<Credential>)?>(nil)

    /// - Parameter isEncrypted: whether there is TLS, and so perhaps a client certificate.
    init(_ channel: any Channel, isEncrypted: Bool) {
        self.channel = channel
        source = channel.remoteAddress?.ipAddress ?? "local"
        peer = Mutex(isEncrypted ? .unread : .read(nil))
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

    /// The credential that the last Authorization header opened, when this is the same: it was verified here, but
    /// whether it is still valid has to be looked up.
    func credential(shownBy header: String) -> ID<Credential>? {
        shown.withLock { $0?.header == header ? $0?.credential : nil }
    }

    func remember(_ header: String, _ credential: ID<Credential>) {
        shown.withLock { $0 = (header, credential) }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

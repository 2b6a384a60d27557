internal import CLibcurl
internal import Exchange
internal import Glibc

/// A file in memory alone, for what libssh2 reads from files: a key that stands in none.
///
/// It is gone when this is.
final class MemoryFile: Sendable {
    private let descriptor: Int32

    init(_ text: String) throws(TransportFault) {
        descriptor = cc_memory_file()
        if descriptor < 0 { throw Self.fault }
        let bytes = Array(text.utf8)
        let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        if count != bytes.count { throw Self.fault }
    }

    deinit {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    /// Where this process, and no other, opens it.
    var path: String { "/proc/self/fd/\(descriptor)" }

    private static var fault: TransportFault {
        .notKept(path: "memory", cause: unsafe String(cString: strerror(errno)))
    }
}

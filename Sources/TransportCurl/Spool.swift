internal import Exchange
internal import Glibc

/// A file that takes the body of an answer.
///
/// It is closed when the spool is gone, and removed unless it was kept.
final class Spool {
    private let path: String
    private let descriptor: Int32
    private var isKept = false

    /// Makes the file, readable for its owner alone.
    init(_ path: String) throws(TransportFault) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw Self.fault(path) }
    }

    deinit {
        if descriptor < 0 { return }
        _ = Glibc.close(descriptor)
        if !isKept { unsafe unlink(path) }
    }

    /// Appends a piece; nil when it is written.
    func append(_ piece: UnsafeRawBufferPointer) -> TransportFault? {
        var rest = unsafe piece[...]
        while unsafe !rest.isEmpty {
            let count = unsafe write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                return Self.fault(path)
            }
            unsafe rest = rest.dropFirst(count)
        }
        return nil
    }

    func keep() { isKept = true }

    private static func fault(_ path: String) -> TransportFault {
        .notKept(path: path, cause: unsafe String(cString: strerror(errno)))
    }
}

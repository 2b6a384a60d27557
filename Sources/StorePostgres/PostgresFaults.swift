import CLibpq
import Store

extension DatabaseFault {
    /// The fault that a failed statement means.
    ///
    /// The text names the error, the constraint and the statement. It leaves out the detail, which quotes values.
    init(_ result: OpaquePointer?, running sql: String) {
        let code = unsafe Self.field("C", of: result)
        let message = unsafe Self.field("M", of: result)
        let constraint = unsafe Self.field("n", of: result)
        let text = "PostgreSQL error \(code) \(constraint): \(message): \(sql)"
        switch code {
        case _ where code.hasPrefix("23"): self = .constraint(text)
        case "40001", "40P01", "55P03": self = .busy(text)
        case _ where Self.isLoss(code): self = .unreachable(text)
        default: self = .statement(text)
        }
    }

    /// Whether the server ends the connection with this error.
    private static func isLoss(_ code: String) -> Bool {
        code.isEmpty || code.hasPrefix("08") || code.hasPrefix("57P") || code == "25P03"
    }

    /// Whether the connection was lost.
    var isLoss: Bool {
        if case .unreachable = self { true } else { false }
    }

    /// A field of an error: `PG_DIAG_SQLSTATE` is `C`, `PG_DIAG_MESSAGE_PRIMARY` `M`, `PG_DIAG_CONSTRAINT_NAME` `n`.
    private static func field(_ name: Unicode.Scalar, of result: OpaquePointer?) -> String {
        guard let text = unsafe PQresultErrorField(result, Int32(name.value)) else { return "" }
        return unsafe String(cString: text)
    }
}

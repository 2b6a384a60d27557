import CLibpq
import Store

/// One row of a result that libpq holds.
///
/// Safe as long as it stays inside the closure that it is handed to: there the result is not freed.
@safe struct PostgresRow: SQLRow {
    private let result: OpaquePointer
    private let index: Int32

    init(_ result: OpaquePointer, _ index: Int32) {
        unsafe self.result = result
        self.index = index
    }

    func isNull(_ column: Int) -> Bool {
        unsafe PQgetisnull(result, index, Int32(column)) != 0
    }

    func integer(_ column: Int) -> Int64 {
        guard !isNull(column), let type = type(column) else { return 0 }
        return unsafe withBytes(column) { unsafe type.integer($0) }
    }

    func text(_ column: Int) -> String {
        guard !isNull(column) else { return "" }
        return switch type(column) {
        case .boolean, .int16, .int32, .int64, .numeric: String(integer(column))
        case .text, .varchar, .name, .bytes, nil:
            unsafe withBytes(column) { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }

    func bytes(_ column: Int) -> [UInt8] {
        unsafe withBytes(column) { unsafe Array($0) }
    }

    func withBytes<Output>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Output) rethrows -> Output {
        let start = unsafe PQgetvalue(result, index, Int32(column))
        let count = unsafe Int(PQgetlength(result, index, Int32(column)))
        return unsafe try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    private func type(_ column: Int) -> PostgresType? {
        unsafe PostgresType(rawValue: PQftype(result, Int32(column)))
    }
}

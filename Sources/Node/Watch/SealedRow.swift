import Exchange
import Foundation
import Screening
import Store

/// How a row of a watch list is kept: as JSON, sealed with its member's key for its place.
private struct WrittenRow: Codable {
    let reference, schema: String
    let properties: [String: [String]]
}

extension WatchKey {
    /// What tells a row of a list from its others, without telling what its member calls it.
    func key(of reference: String, in list: Tick) -> WatchRowKey {
        WatchRowKey(list: list, reference: digest(of: Array(reference.utf8), for: "reference"))
    }

    /// A row of a list as it is kept.
    func sealed(_ row: WatchedRow, in list: Tick, nonce: [UInt8]) throws -> SealedWatchRow {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let (reference, record) = (row.reference, row.record)
        let written = WrittenRow(reference: reference, schema: record.schema, properties: record.properties)
        let bytes = Array(try encoder.encode(written))
        let key = key(of: reference, in: list)
        return SealedWatchRow(
            key: key,
            content: digest(of: bytes, for: "content"),
            sealed: seal(bytes, in: Self.place(key), nonce: nonce)
        )
    }

    /// What a row says; nil where it is not sealed with this key for its place.
    func row(_ sealed: [UInt8], _ key: WatchRowKey) -> WatchedRow? {
        guard let bytes = open(sealed, in: Self.place(key)),
            let written = try? JSONDecoder().decode(WrittenRow.self, from: Data(bytes))  // We wrote it.
        else { return nil }
        return WatchedRow(
            reference: written.reference,
            record: Record(id: written.reference, schema: written.schema, properties: written.properties)
        )
    }

    private static func place(_ key: WatchRowKey) -> String {
        "watch-row/\(key.list.microseconds)/\(key.reference.hexadecimal)"
    }
}

import Exchange
import Foundation
import TestSupport
import Testing

@Suite("UUID")
struct UUIDTests {
    @Test("is read in either case and written in lower case, as Foundation does")
    func roundTrip() throws {
        var random = SplitMix64(seed: 9)
        for _ in 0..<500 {
            let bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
            let uuid = UUID(bytes, version: 4)
            #expect(uuid.text == uuid.uuidString.lowercased())
            #expect(UUID(utf8: uuid.text.utf8) == uuid && UUID(utf8: uuid.uuidString.utf8) == uuid)
            #expect(uuid.uuid.6 >> 4 == 4 && uuid.uuid.8 >> 6 == 2)
        }
    }

    @Test(
        "is nothing but 36 characters in their places",
        arguments: [
            "", "7f9cf1c6", "7f9cf1c67b4e4bd59f3c3b8f9c4b8c00", "7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c0",
            "7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c000", "7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c0g",
            "7f9cf1c-67b4e-4bd5-9f3c-3b8f9c4b8c00", "{7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c0",
            "7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c0é", "7f9cf1c6-7b4e-4bd5-9f3c 3b8f9c4b8c00",
        ]
    )
    func malformed(text: String) {
        #expect(UUID(utf8: text.utf8) == nil)
    }
}

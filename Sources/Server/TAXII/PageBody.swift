import Exchange
import NIOCore
import Node
import Store

/// Splices a page's stored bytes into an envelope, a manifest or a list of versions.
enum PageBody {
    /// - Parameter next: the cursor of the page after this one; nil when there is none.
    static func body(_ versions: [PagedVersion], as form: Disclosure.Form, next: String?) -> ByteBuffer {
        let contents = versions.reduce(0) { $0 + $1.bytes.count + 1 }
        var buffer = ByteBufferAllocator().buffer(
            capacity: contents + (form == .objects ? 256 : versions.count * 256 + 256)
        )
        buffer.writeStaticString("{")
        if let next {
            buffer.writeStaticString("\"more\":true,\"next\":\"")
            buffer.writeString(next)
            buffer.writeStaticString(versions.isEmpty ? "\"" : "\",")
        }
        if !versions.isEmpty {
            buffer.writeStaticString(form == .versions ? "\"versions\":[" : "\"objects\":[")
            for (place, version) in versions.enumerated() {
                if place > 0 { buffer.writeStaticString(",") }
                write(version, as: form, to: &buffer)
            }
            buffer.writeStaticString("]")
        }
        buffer.writeStaticString("}")
        return buffer
    }

    /// Ids and versions hold no character that JSON escapes: they were checked when they came in.
    private static func write(_ version: PagedVersion, as form: Disclosure.Form, to buffer: inout ByteBuffer) {
        switch form {
        case .objects: buffer.writeBytes(version.bytes)
        case .manifest:
            buffer.writeString(
                "{\"id\":\"\(version.id)\",\"date_added\":\"\(version.tick.text)\",\"version\":\"\(version.version)\","
                    + "\"media_type\":\"\(MediaType.stix)\"}"
            )
        case .versions: buffer.writeString("\"\(version.version)\"")
        }
    }
}

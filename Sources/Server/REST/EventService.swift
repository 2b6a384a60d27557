import Exchange
import NIOCore
import NIOHTTP1
import Node
import Store

/// `/v1/events`: the caller's own feed as server-sent events (WHATWG HTML §9.2), resumable with `Last-Event-ID`.
///
/// An event's id is its tick; its data is the pool's name, the date added, and the object as it came. Before the first
/// object of a recall comes the notice of it, which has no id: who is cut off between the two gets both again.
struct EventService: Sendable {
    /// The longest silence: a comment shows that the connection lives.
    static let silence = Duration.seconds(15)
    static let routes = RouteTable([["events"]: [.GET]])

    let node: Node

    func answer(_ request: Request, _ session: Session) throws(HTTPFault) -> Response {
        var after = Tick.zero
        if let text = request["Last-Event-ID"] ?? request.parameter("after") {
            guard let tick = Int64(text), String(tick) == text, tick >= 0 else {
                throw .malformed("Last-Event-ID", "must be the id of an event of this feed")
            }
            after = Tick(microseconds: tick)
        }
        var response = Response(.ok, "text/event-stream")
        response.headers.add(name: "Cache-Control", value: "no-store")
        response.stream = { [after] write in try await send(after, session, write) }
        return response
    }

    /// Sends until the caller goes, is no longer let in, or the daemon ends.
    private func send(
        _ start: Tick,
        _ session: Session,
        _ write: @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        var after = start
        for await _ in node.feed.beats(every: Self.silence) {
            if !node.live.isCurrent { try await node.live.follow() }
            guard let now = try node.authentication.session(again: session)?.acting(for: session.reader.purpose) else {
                return
            }
            var isSilent = true
            while true {
                let events = try await node.feed.events(after: after, for: now, over: .events)
                guard let last = events.last else { break }
                for event in events { try await write(Self.text(event)) }
                after = last.version.tick
                isSilent = false
            }
            if isSilent { try await write(ByteBuffer(string: ": \(after.microseconds)\n\n")) }
        }
    }

    private static func text(_ event: Feed.Event) -> ByteBuffer {
        var text = ByteBuffer()
        if let recall = event.recall {
            text.writeString(
                "event: recall\ndata: {\"pool\":\"\(event.pool.name.text)\",\"report\":\"\(recall.report)\","
            )
            text.writeString("\"recalled\":\"\(recall.owed.recalled.text)\",\"due\":\"\(recall.owed.ends.text)\"}\n\n")
        }
        text.writeString("id: \(event.version.tick.microseconds)\nevent: object\ndata: {\"pool\":\"")
        text.writeString(event.pool.name.text)
        text.writeString("\",\"date_added\":\"\(event.version.tick.text)\",\"object\":")
        // Without white space outside its strings, so there is no line break in it.
        text.writeBytes(event.version.bytes)
        text.writeString("}\n\n")
        return text
    }
}

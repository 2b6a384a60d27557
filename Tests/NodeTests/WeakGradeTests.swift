import Exchange
import Node
import Store
import TestSupport
import Testing

@Suite("Weak grades of what is about a person")
struct WeakGradeTests {
    /// A grade, and who is shown what bears it before and after somebody confirmed it.
    struct Line: Sendable {
        let grade: String
        var before = false
        var after = true
    }

    static let lines = [
        Line(grade: "F6"), Line(grade: "F3"), Line(grade: "B6"), Line(grade: "D4", before: true),
        Line(grade: "E3", after: false), Line(grade: "B5", after: false), Line(grade: "F5", after: false),
        Line(grade: "E6", after: false),
    ]

    @Test(
        "keep it from industry, until it is corroborated where nobody could judge it",
        arguments: Engine.both,
        lines
    )
    func weak(engine: Engine, line: Line) async throws {
        let readers: [(name: String, kind: MemberKind)] = [("bank", .bank), ("police", .police)]
        let world = try await AdvisoryExchange(engine, readers: readers)
        let witness = try await Witness(of: "police", world)
        let observed = try await witness.commit()
        _ = try await world.published(graded: try #require(Grade(code: line.grade)))
        #expect(try await world.reports("police") == ["full"])
        #expect(try await world.reports("bank") == (line.before ? ["full"] : []))
        let head = try await world.head
        #expect(try await witness.confirm(with: observed).outcome == .corroborated)
        // A poller that only knows added_after is given what it was not shown before.
        #expect(try await world.reports("bank", after: head) == (line.after && !line.before ? ["full"] : []))
        #expect(try await world.reports("bank") == (line.after ? ["full"] : []))
        #expect(try await world.reports("police") == ["full"])
        await world.exchange.close()
    }
}

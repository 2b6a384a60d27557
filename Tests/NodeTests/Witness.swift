import Exchange
import Node
import Store
import TestSupport

/// Somebody who commits what it saw of the person that `AdvisoryExchange.content` is about, and confirms by it.
struct Witness {
    private static let salt = [UInt8](repeating: 7, count: Observation.saltBytesMin)

    private let world: AdvisoryExchange
    private let member: String
    private let token: String

    init(of member: String, _ world: AdvisoryExchange) async throws {
        (self.world, self.member) = (world, member)
        token = try await world.exchange.principal("\(member)-clerk", of: member, roles: [.reporter])
    }

    /// The person, with a number that the advisory does not say.
    private func observation() throws -> ReportContent {
        let known = try AdvisoryExchange.content()
        let properties = (known.subjects.first?.properties ?? [:]).merging(["phone": ["+31 6 5550 1234"]]) { $1 }
        return try ReportContent(
            categories: Set(known.categories),
            severity: .serious,
            facts: "Seen.",
            subjects: [try Subject(.person, key: "s1", properties: properties, standing: .suspect)]
        )
    }

    func commit() async throws -> ID<Observation> {
        let digest = Observation.digest(of: try observation().facts, salt: Self.salt)
        return try await world.node.reports.observe(digest, by: try await world.exchange.session(token)).id
    }

    /// Reads all that the member is shown, and confirms the last advisory in it.
    func confirm(with observed: ID<Observation>) async throws -> Feedback {
        let said = try observation()
        return try await world.node.reports.confirm(
            try await world.report(member),
            with: observed,
            said.facts,
            said,
            salt: Self.salt,
            by: try await world.exchange.session(token)
        )
    }
}

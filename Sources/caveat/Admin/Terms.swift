public import ArgumentParser
public import Exchange

// The exchange's own terms, as options take them: each is typed as it travels.

extension MemberKind: ExpressibleByArgument {}
extension SizeClass: ExpressibleByArgument {}

extension Role: ExpressibleByArgument {}

extension Purpose: ExpressibleByArgument {}

extension PoolKind: ExpressibleByArgument {}

extension Source.Kind: ExpressibleByArgument {}

extension Disposal: ExpressibleByArgument {}

extension Audience: ExpressibleByArgument {}

extension TLP: ExpressibleByArgument {
    /// Reads a level by its code, as `amber+strict`.
    public init?(argument: String) { self.init(code: argument) }

    /// The codes of all levels.
    public static var allValueStrings: [String] { allCases.map(\.code) }

    /// The codes say all there is to say.
    public static var allValueDescriptions: [String: String] { [:] }

    /// The code, where a level is a default.
    public var defaultValueDescription: String { code }
}

/// How a principal proves who it is.
enum CredentialType: String, CaseIterable, ExpressibleByArgument, Encodable {
    case token, password, certificate
}

/// A value in the body of a change that may be taken away: as null.
enum Removable: Encodable, Equatable {
    case to(String)
    case gone

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .to(let text): try container.encode(text)
        case .gone: try container.encodeNil()
        }
    }
}

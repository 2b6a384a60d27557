public import ArgumentParser
public import Exchange

// The codes of reports and requests, as options take them: each is typed as it travels.

extension Report.ReportRefusal: ExpressibleByArgument {}

extension InformationRequest.Refusal: ExpressibleByArgument {}

/// An outcome that an authority may tell.
struct AuthorityOutcome: ExpressibleByArgument {
    let outcome: Outcome

    init?(argument: String) {
        guard let outcome = Outcome(rawValue: argument), outcome.speaker == .authority else { return nil }
        self.outcome = outcome
    }

    static let allValueStrings = Outcome.allCases.filter { $0.speaker == .authority }.map(\.rawValue)
}

/// An outcome that a member tells an originator.
struct MemberOutcome: ExpressibleByArgument {
    let outcome: Outcome

    init?(argument: String) {
        guard let outcome = Outcome(rawValue: argument), outcome.speaker == .member else { return nil }
        self.outcome = outcome
    }

    static let allValueStrings = Outcome.allCases.filter { $0.speaker == .member }.map(\.rawValue)
}

/// The report that a command is about.
struct ReportTarget: ParsableArguments {
    @Argument(help: "The report's id.") var id: String

    func validate() throws {
        guard ID<Report>(parsing: id) != nil else {
            throw ValidationError("\(id.printable) is no report's id: give one that caveat report list prints")
        }
    }

    /// Where it is below `/v1/`.
    var path: String { "reports/\(id.percentEncoded)" }
}

/// The request that a command is about.
struct RequestTarget: ParsableArguments {
    @Argument(help: "The request's id.") var id: String

    func validate() throws {
        guard ID<InformationRequest>(parsing: id) != nil else {
            throw ValidationError("\(id.printable) is no request's id: give one that caveat requests prints")
        }
    }

    /// Where it is below `/v1/`.
    var path: String { "requests/\(id.percentEncoded)" }
}

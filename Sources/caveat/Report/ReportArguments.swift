public import ArgumentParser
public import Exchange

// The codes of reports, requests and entitlements, as options take them: each is typed as it travels.

extension Report.ReportRefusal: ExpressibleByArgument {}

extension InformationRequest.Refusal: ExpressibleByArgument {}
/// How much a request asks, as an argument.
extension RequestWeight: ExpressibleByArgument {}

extension Entitlement.Kind: ExpressibleByArgument {}

/// An outcome that an authority may tell.
struct AuthorityOutcome: ExpressibleByArgument {
    let outcome: Outcome

    init?(argument: String) {
        guard let outcome = Outcome(rawValue: argument), outcome.speaker == .authority else { return nil }
        self.outcome = outcome
    }

    static let allValueStrings = Outcome.allCases.filter { $0.speaker == .authority }.map(\.rawValue)
}

/// An outcome that a member, or an authority, tells an originator.
struct FeedbackOutcome: ExpressibleByArgument {
    let outcome: Outcome

    init?(argument: String) {
        guard let outcome = Outcome(rawValue: argument), outcome.speaker != .exchange else { return nil }
        self.outcome = outcome
    }

    static let allValueStrings = Outcome.allCases.filter { $0.speaker != .exchange }.map(\.rawValue)
}

/// How much was seized.
struct SeizureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("How much was seized, and of what unit: \"40 kg\".", valueName: "amount"),
        transform: { try Amount($0, suchAs: "40 kg") }
    )
    var quantity: Amount?
    @Option(
        help: ArgumentHelp("What it is worth, and in which currency: \"1200000 EUR\".", valueName: "amount"),
        transform: { try Amount($0, suchAs: "1200000 EUR") }
    )
    var value: Amount?

    /// As the API takes it; nil where nothing is said.
    var seized: Seizure? {
        get throws {
            guard quantity != nil || value != nil else { return nil }
            do {
                return try Seizure(
                    quantity: quantity?.number,
                    unit: quantity?.unit,
                    value: value?.number,
                    currency: value?.unit
                )
            } catch {
                throw ValidationError("--quantity or --value: \(error)")
            }
        }
    }

    func validate() throws { _ = try seized }

    /// A number and what it counts.
    struct Amount {
        let number: Double
        let unit: String

        /// Reads one; its error says what one looks like.
        init(_ text: String, suchAs example: String) throws {
            let parts = text.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let number = Double(parts[0]) else {
                throw ValidationError("must be a number, a space and its unit in one argument, such as \"\(example)\"")
            }
            self.number = number
            unit = String(parts[1])
        }
    }
}

/// What came of a report, or of an advisory, as the exchange takes it.
struct SaidOutcome: Encodable {
    let report: String?
    let outcome: String
    let seized: Seizure?
    let note, embargo: String?

    init(_ outcome: Outcome, _ seized: Seizure?, _ note: String?, of report: String? = nil, embargo: String? = nil) {
        self.outcome = outcome.rawValue
        self.seized = seized
        self.note = note
        self.report = report
        self.embargo = embargo
    }
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

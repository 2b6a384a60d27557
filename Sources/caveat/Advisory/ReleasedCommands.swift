import ArgumentParser
import Exchange

extension AdvisoryCommand {
    /// Publishes for the first time.
    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Publish an approved advisory, under a reference of its own.",
            discussion: """
                A safety advisory (ADV-SAFE) may go out before it is approved, and must be ratified within 24 hours.

                Examples:
                  caveat advisory publish 5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await exchange.act("publish", on: advisory) }
    }

    /// Puts an amendment in the published version's place.
    struct PublishAmendment: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put the approved amendment in the published version's place.",
            discussion: """
                Under an embargo it waits, and takes that place by itself when the embargo ends.

                Examples:
                  caveat advisory publish-amendment CVT-2026-00417
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await exchange.act("publish-amendment", on: advisory) }
    }

    /// Keeps an advisory longer.
    struct Review: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a published advisory until another date: you have looked, and it still holds.",
            discussion: """
                Examples:
                  caveat advisory review CVT-2026-00417
                  caveat advisory review CVT-2026-00417 --until 2027-03-01T00:00:00Z
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @Option(
            help: ArgumentHelp("When it expires (RFC 3339); otherwise the pool's usual time.", valueName: "time"),
            transform: readTime
        )
        var until: Timestamp?
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            try await exchange.act("review", on: advisory, ["until": until?.text].compactMapValues(\.self))
        }
    }

    /// Takes an advisory back that is no longer needed.
    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an advisory back as no longer needed, or give a draft up; this is final.",
            discussion: """
                What was wrong, or must not be acted on any more, is recalled instead.

                Examples:
                  caveat advisory withdraw CVT-2026-00417 --reason resolved
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @Option(help: "Why.") var reason: WithdrawalReason
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await exchange.act("withdraw", on: advisory, ["reason": reason.rawValue]) }
    }

    /// Calls every copy back.
    struct Recall: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Call back every copy of an advisory, at once; this is final.",
            discussion: """
                Whoever was given it owes an acknowledgement; caveat who-saw shows who still does.

                Examples:
                  caveat advisory recall CVT-2026-00417 --reason mistaken-identity
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @Option(help: "Why.") var reason: RecallReason
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws {
            try await exchange.act("recall", on: advisory, ["reason": reason.rawValue])
            if exchange.json { return }
            do {
                let owed = try await exchange.get("\(advisory.path)/receipts")["owed"]?.elements ?? []
                let count = owed.count { $0["acknowledged"]?.string == nil }
                try Output.line("\(members(count)) an acknowledgement")
                if count > 0 { Output.note("see who: caveat who-saw \(advisory.id)") }
            } catch let fault as CommandFault {
                // The recall stands all the same.
                Output.note("it is recalled; who owes an acknowledgement could not be read: \(fault)")
            }
        }

        private func members(_ count: Int) -> String { count == 1 ? "1 member owes" : "\(count) members owe" }
    }

    /// Erases what an advisory said.
    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase what an advisory said, once it was withdrawn, recalled or has expired; this is final.",
            discussion: """
                For an approver who did not write it. Its names, states and terms stay, and who was given it and owes \
                an acknowledgement. Who holds a copy is told that it is withdrawn.

                Examples:
                  caveat advisory erase CVT-2026-00417 --reason retention
                """
        )

        @OptionGroup var advisory: AdvisoryTarget
        @Option(help: "Why.") var reason: ErasureReason
        @OptionGroup var exchange: ExchangeOptions

        func run() async throws { try await exchange.act("erase", on: advisory, ["reason": reason.rawValue]) }
    }
}

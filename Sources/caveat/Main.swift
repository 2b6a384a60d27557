import ArgumentParser

/// The members' and operators' command line.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "caveat",
        abstract: "Publish to an advisory exchange, poll it, and administer it.",
        discussion: """
            Where the exchange is and who you are come from options or from the environment: CAVEAT_URL, and \
            CAVEAT_TOKEN or CAVEAT_USER with CAVEAT_PASSWORD. Secrets are never given on the command line.

            Exit codes: 0 done, 1 failed, 64 misused.

            Examples:
              caveat pools --url https://exchange.example.org --token-file ~/.caveat-token
              caveat publish advisory.json --pool commons
              caveat poll warnings --follow
              caveat advisory draft advisory.json --pool warnings --kind ADV-SUB
              caveat --generate-completion-script bash > /etc/bash_completion.d/caveat
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Exchanging",
                subcommands: [
                    PublishCommand.self, PollCommand.self, GetCommand.self, PoolsCommand.self, MembersCommand.self,
                    StatementCommand.self, ImportCommand.self, VerifyCommand.self,
                ]
            ),
            CommandGroup(
                name: "Screening",
                subcommands: [ScreenCommand.self, WatchCommand.self, ClearCommand.self, ClearedCommand.self]
            ),
            CommandGroup(
                name: "Connecting",
                subcommands: [LinksCommand.self, JudgeCommand.self, JudgementsCommand.self, NetworkCommand.self]
            ),
            CommandGroup(
                name: "Releasing",
                subcommands: [StatusCommand.self, PendingCommand.self, ApproveCommand.self, RefuseCommand.self]
            ),
            CommandGroup(
                name: "Advising",
                subcommands: [
                    AdvisoryCommand.self, WhoSawCommand.self, ExplainCommand.self, RecallsCommand.self,
                    RelyCommand.self, ConsentsCommand.self,
                ]
            ),
            CommandGroup(
                name: "Reporting and asking",
                subcommands: [
                    ReportCommand.self, AskCommand.self, RequestsCommand.self, LinesCommand.self,
                    FeedbackCommand.self, ObserveCommand.self, ConfirmCommand.self, RequirementCommand.self,
                    EntitlementCommand.self,
                ]
            ),
            CommandGroup(name: "Being told", subcommands: [SubscribeCommand.self, DestinationsCommand.self]),
            CommandGroup(name: "Joining forces", subcommands: [TaskForceCommand.self]),
            CommandGroup(name: "Operating", subcommands: [AdminCommand.self]),
        ]
    )
}

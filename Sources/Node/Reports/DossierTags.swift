public import Exchange

extension Report {
    /// What tells this state of it, as one of its parties sees it, from any other.
    ///
    /// An outcome under an embargo moves nothing that the member is shown.
    public func tag(for reader: ID<Member>, at now: Timestamp) -> String {
        EntityTag.of(
            Seen(
                state: state,
                content: content,
                committed: committed,
                messages: messages,
                outcomes: outcomes(for: reader, at: now),
                badFaith: badFaith(for: reader)
            )
        )
    }

    private struct Seen: Encodable {
        let state: State
        let content: ReportContent
        let committed: Tick?
        let messages: [Message]
        let outcomes: [Entry]
        let badFaith: BadFaith?
    }
}

extension InformationRequest {
    /// What tells this state of it, as one of its parties sees it, from any other.
    ///
    /// Who was asked, and what others answered, moves nothing.
    public func tag(for reader: ID<Member>, at now: Timestamp) -> String {
        EntityTag.of(Seen(id: id, isLate: now > due, closed: closed, answers: answers(for: reader)))
    }

    private struct Seen: Encodable {
        let id: ID<InformationRequest>
        let isLate: Bool
        let closed: Timestamp?
        let answers: [Answer]
    }
}

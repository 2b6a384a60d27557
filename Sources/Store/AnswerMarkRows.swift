public import Exchange

/// What requests were about that groups answered, as rows.
public enum AnswerMarkRows {
    /// Of what clusters a group's answers are that share a mark with one.
    public static func clusters(
        sharing marks: Set<SubjectMark>,
        of group: Name,
        in pool: Int64,
        _ connection: any SQLConnection
    ) throws -> [SubjectMark: ID<SubjectCluster>] {
        var found: [SubjectMark: ID<SubjectCluster>] = [:]
        for mark in marks {
            let cluster = try connection.first(
                "select min(cluster) from answer_mark where pool = $1 and owner_group = $2 and mark = $3",
                .integer(pool),
                .text(group.text),
                .text(mark.text)
            ) { $0.isNull(0) ? nil : ID<SubjectCluster>(parsing: $0.text(0)) }
            found[mark] = cluster ?? nil
        }
        return found
    }
}

extension Transaction {
    /// Keeps what a request was about that a group answered.
    public func keep(
        _ marks: Set<SubjectMark>,
        of item: ID<LedgerItem>,
        in cluster: ID<SubjectCluster>,
        for group: Name,
        _ ledger: LedgerRow
    ) throws {
        for mark in marks.sorted() {
            try connection.run(
                """
                insert into answer_mark (pool, owner_group, mark, item, cluster) values ($1, $2, $3, $4, $5)
                on conflict (pool, owner_group, mark, item) do nothing
                """,
                .integer(ledger.pool),
                .text(group.text),
                .text(mark.text),
                .text(item.text),
                .text(cluster.text)
            )
        }
    }
}

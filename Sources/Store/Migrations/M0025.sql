-- Pairs of one asked about and one who is known that a member found to be two: `pair` is a keyed digest of all that was
-- known of both, so that the pair comes back once anything of that changes.
create table cleared_pair (
    number {int} not null primary key,
    id {text} not null unique,
    member {int} not null references member (number),
    principal {int} not null references principal (number),
    pair {bytes} not null,
    object {text} not null,
    reason {text} not null,
    unique (member, pair)
) {strict};
create index cleared_pair_by_member on cleared_pair (member, number);

-- Terms of reciprocity that were proposed for the ledger of a pool, whether it has begun or not: a version counts from the
-- opening of `epoch` on, unless it was withdrawn, or another took its place, at `ended`. Times are microseconds since 1970;
-- `body` has the figures that are not their defaults.
create table ledger_terms (
    pool {int} not null references pool (number),
    version {int} not null check (version > 0),
    epoch {int} not null check (epoch > 0),
    proposed {int} not null,
    ended {int},
    body {bytes} not null,
    primary key (pool, version)
) {strict};
create unique index ledger_terms_counting on ledger_terms (pool, epoch) where ended is null;

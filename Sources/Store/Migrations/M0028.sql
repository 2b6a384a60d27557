-- How large a member is: of an ownership group the largest counts.
alter table member add column size {text} not null default 'medium' check (size in ('small', 'medium', 'large'));

-- What each group came to at each close of a ledger: it never changes.
create table ledger_standing (
    pool {int} not null references ledger (pool),
    epoch {int} not null,
    owner_group {text} not null,
    standing {int} not null,
    size {text} not null check (size in ('small', 'medium', 'large')),
    tier {int} not null check (tier between 0 and 3),
    low {int} not null check (low >= 0),
    primary key (pool, epoch, owner_group)
) {strict};
create index ledger_standing_by_group on ledger_standing (pool, owner_group, epoch);

-- What each group used of a quota since it was whole last, at `began`: microseconds since 1970.
create table quota_use (
    owner_group {text} not null,
    quota {text} not null,
    began {int} not null,
    used {int} not null check (used > 0),
    primary key (owner_group, quota)
) {strict};

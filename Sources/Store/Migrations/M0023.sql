-- Reports that an authority owes a word on, by the report's number. `next` is when time alone changes one: its word
-- becomes overdue, or silence accepts it. Instants are microseconds since 1970.
create table debt (
    number {int} not null primary key references dossier (number),
    item {text} not null unique,
    pool {int} not null references ledger (pool),
    authority {text} not null,
    owner_group {text} not null,
    submitted {int} not null,
    due {int} not null,
    vests {int} not null,
    answered {int},
    decided {int},
    overdue {int} not null default 0 check (overdue in (0, 1)),
    next {int},
    check (due < vests)
) {strict};
create index debt_by_next on debt (next);
create index debt_by_group on debt (owner_group, number);
create index debt_by_authority on debt (authority, answered, number);

-- Transfers of obligations from one state's account to another's: they never change.
create table debt_entry (
    number {int} not null primary key,
    pool {int} not null references ledger (pool),
    key {text} not null,
    cause {text} not null,
    item {text} not null references debt (item),
    debit {text} not null,
    credit {text} not null,
    amount {int} not null check (amount > 0),
    day {int} not null,
    unique (pool, key)
) {strict};

-- What ownership groups owe each other for answers to requests, in request units: `posted` is below zero for the one that
-- owes, `leaving` is what it asked and `coming` what it was asked and may yet be answered. Each line has two rows.
create table line_balance (
    owner_group {text} not null,
    other {text} not null,
    posted {int} not null,
    leaving {int} not null check (leaving >= 0),
    coming {int} not null check (coming >= 0),
    primary key (owner_group, other),
    check (owner_group <> other)
) {strict};

-- Transfers on the line between the groups of `debit` and `credit`: they never change. One that was pending is posted or
-- voided once.
create table line_entry (
    number {int} not null primary key,
    key {text} not null unique,
    cause {text} not null,
    item {text},
    debit {text} not null,
    credit {text} not null,
    amount {int} not null check (amount > 0),
    step {text} not null check (step in ('posted', 'pending', 'posts', 'voids')),
    settles {text} unique references line_entry (key),
    day {int} not null,
    check ((settles is not null) = (step in ('posts', 'voids'))),
    check (debit <> credit)
) {strict};
create index line_entry_by_debit on line_entry (debit, number);
create index line_entry_by_credit on line_entry (credit, number);

-- Requests that groups owe for: `responder` is whose member was named, null where it is to a pool; `open` until it is
-- closed, its time (`due`, microseconds since 1970) is over, or the member that was named answered.
create table line_request (
    number {int} not null primary key references dossier (number),
    item {text} not null unique,
    asker {text} not null,
    responder {text},
    weight {text} not null check (weight in ('simple', 'moderate', 'deep')),
    due {int} not null,
    open {int} not null default 1 check (open in (0, 1))
) {strict};
create index line_request_by_due on line_request (open, due);
create index line_request_by_asker on line_request (asker, open);

-- Whom of a group it was put to, ids parted by spaces, and what became of it.
create table line_hold (
    request {int} not null references line_request (number),
    responder {text} not null,
    members {text} not null,
    state {text} not null default 'pending' check (state in ('pending', 'posted', 'void')),
    primary key (request, responder)
) {strict};

-- Months, counted from January 1970, at whose end debts in a circle were cancelled, and the one before the first request.
create table line_month (
    month {int} not null primary key
) {strict};

-- What requests were about that a group answered, so that answers on one matter count once.
create table answer_mark (
    pool {int} not null references ledger (pool),
    owner_group {text} not null,
    mark {text} not null,
    item {text} not null,
    cluster {text} not null,
    primary key (pool, owner_group, mark, item)
) {strict};

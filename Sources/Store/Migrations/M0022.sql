-- Vouchers of an office for an ownership group, each in one state. `due` is the day of the ledger on which time alone
-- changes it next; `reservation` is what it is or was used for; `reason` is why the office ended a reservation last.
create table entitlement (
    number {int} not null primary key,
    id {text} not null unique,
    pool {int} not null references ledger (pool),
    office {text} not null,
    owner_group {text} not null,
    issued {int} not null,
    expires {int} not null,
    state {text} not null check (state in ('available', 'reserved', 'redeemed', 'expired', 'void')),
    reservations {int} not null,
    reservation {bytes},
    redeemed {int},
    due {int},
    reason {text},
    check ((reservation is not null) = (state in ('reserved', 'redeemed'))),
    check ((redeemed is not null) = (state = 'redeemed')),
    check ((due is not null) = (state in ('available', 'reserved')))
) {strict};
create index entitlement_by_group on entitlement (owner_group, number);
create index entitlement_by_office on entitlement (office, number);
create index entitlement_by_due on entitlement (pool, due);

-- Transfers of vouchers from one state's account to another's: they never change.
create table entitlement_entry (
    number {int} not null primary key,
    pool {int} not null references ledger (pool),
    owner_group {text} not null,
    key {text} not null,
    cause {text} not null,
    debit {text} not null,
    credit {text} not null,
    amount {int} not null check (amount > 0),
    day {int} not null,
    unique (pool, key)
) {strict};

-- What each account of them has; what was issued alone counts downwards.
create table entitlement_balance (
    pool {int} not null references ledger (pool),
    account {text} not null,
    balance {int} not null,
    primary key (pool, account),
    check (balance >= 0 or account like '%:issued')
) {strict};

-- What reports are about, so that it is found whether a consignment is linked to one.
create table report_mark (
    mark {text} not null,
    report {int} not null references dossier (number),
    primary key (mark, report)
) {strict};
create index report_mark_by_report on report_mark (report);

-- Up to where reports were brought before there were marks of them: those are filled in, the newest first.
create table report_unmarked (number {int} not null) {strict};
insert into report_unmarked (number) select coalesce(max(number), 0) from dossier where kind = 'report';

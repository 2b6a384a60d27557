-- The contribution ledger of an inbox: from when on its days count, the epoch that is open, and the last of which all is
-- posted.
create table ledger (
    pool {int} not null primary key references pool (number),
    started {int} not null,
    epoch {int} not null,
    opens {int} not null,
    closes {int} not null,
    closed {int} not null default 0
) {strict};

-- What may be posted at the close of an epoch, once each: claims, and items that are taken back. `epoch` is the one that
-- was open when it was entered: none before that one posts it.
create table ledger_event (
    number {int} not null primary key,
    pool {int} not null references ledger (pool),
    owner_group {text} not null,
    key {text} not null,
    epoch {int} not null,
    body {bytes} not null,
    unique (pool, key)
) {strict};
create index ledger_event_by_group on ledger_event (pool, owner_group, number);

-- What an item tells, as far as others are compared with it.
create table ledger_item (
    number {int} not null primary key,
    item {text} not null unique,
    pool {int} not null references ledger (pool),
    owner_group {text} not null,
    body {bytes} not null
) {strict};
create table ledger_mark (
    pool {int} not null,
    mark {text} not null,
    item {text} not null references ledger_item (item) on delete cascade,
    primary key (pool, mark, item)
) {strict};

-- Transfers from one account to another: they never change, and others correct them.
create table ledger_entry (
    number {int} not null primary key,
    pool {int} not null references ledger (pool),
    owner_group {text} not null,
    key {text} not null,
    epoch {int} not null,
    cause {text} not null,
    item {text},
    debit {text} not null,
    credit {text} not null,
    amount {int} not null check (amount > 0),
    day {int} not null,
    unique (pool, key)
) {strict};
create index ledger_entry_by_group on ledger_entry (pool, owner_group, number);

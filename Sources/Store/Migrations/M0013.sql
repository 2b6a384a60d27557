-- Where members have their feeds pushed to, and how far each has got.
create table destination (
    number {int} not null primary key,
    id {text} not null unique,
    principal {int} not null references principal (number),
    credential {text} not null,
    purpose {text} not null,
    url {text} not null,
    generation {int} not null,
    overlap_ends {int},
    cursor {int} not null,
    recalls {int} not null,
    phase {text} not null check (phase in ('flowing', 'retrying', 'paused')),
    failures {int} not null,
    refusals {int} not null,
    since {int},
    fault {text},
    fault_status {int},
    pause {text},
    holder {text},
    held_until {int} not null default 0
) {strict};
create index destination_by_principal on destination (principal, number);

-- Messages that a receiver would not have: `after` and `through` say which part of the feed each was.
create table dead_letter (
    number {int} not null primary key,
    destination {int} not null references destination (number) on delete cascade,
    after {int} not null,
    through {int} not null,
    urgent {int} not null check (urgent in (0, 1)),
    fault {text} not null,
    fault_status {int} not null
) {strict};
create index dead_letter_by_destination on dead_letter (destination, number);

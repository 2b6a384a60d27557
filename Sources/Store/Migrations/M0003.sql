-- What the whole access table needs to know of members, principals, credentials and pools.
alter table principal add column unit {text};
alter table credential add column purposes {text} not null default 'P02';
alter table pool add column ends {int};

-- Facts that legal gateways ask for, as the operator records them; no end where they have none.
create table member_fact (
    member {int} not null references member (number),
    fact {text} not null,
    ends {int},
    primary key (member, fact)
) {strict};

-- Compartments that a principal is cleared for by name.
create table clearance (
    principal {int} not null references principal (number),
    compartment {text} not null,
    ends {int},
    primary key (principal, compartment)
) {strict};

-- Marks of what a member declared as itself or as linked to it: no advisory about one of them exists for it.
create table subject_link (
    member {int} not null references member (number),
    mark {text} not null,
    primary key (member, mark)
) {strict};

-- The legal gateways of the exchange as its configuration last gave them, so that all nodes decide alike.
create table gateway (
    name {text} not null primary key,
    body {bytes} not null
) {strict};

-- What an originator let one member have of one advisory beyond its scope. It ends by itself.
create table consent (
    number {int} not null primary key,
    advisory {text} not null,
    reader {int} not null references member (number),
    purpose {text} not null,
    rendition {text} not null,
    of_unit {int} not null check (of_unit in (0, 1)),
    ends {int} not null
) {strict};

-- Versions that somebody gained after they were released: it is given them again, at a tick of its own.
create table catchup (
    tick {int} not null primary key,
    principal {int} not null references principal (number),
    pool {int} not null references pool (number),
    version {int} not null
) {strict};
create index catchup_by_principal on catchup (principal, pool, tick);

-- Which page of which versions was given to whom, over what and what for; `versions` holds their ticks, each as the
-- distance from the one before in base-128 digits.
create table receipt (
    tick {int} not null primary key,
    principal {int} not null references principal (number),
    pool {int} not null references pool (number),
    oldest {int} not null,
    newest {int} not null,
    channel {text} not null,
    purpose {text} not null,
    versions {bytes} not null
) {strict};
create index receipt_by_pool on receipt (pool, newest);

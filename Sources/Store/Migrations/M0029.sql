-- The keys that members' watch lists are sealed with, each itself sealed with the exchange's for its member alone.
create table watch_key (
    member {int} not null primary key references member (number),
    sealed {bytes} not null
) {strict};

-- Watch lists: `changed` is when anything of one changed last, `removed` when rows were taken from it, `finished` names the
-- last upload whose end took away what it had not.
create table watch_list (
    number {int} not null primary key,
    member {int} not null references member (number),
    name {text} not null,
    changed {int} not null,
    removed {int} not null,
    finished {text} not null,
    unique (member, name)
) {strict};

-- Their rows, sealed: `reference` is a keyed digest of what the member calls it, `content` of all that it says, `upload`
-- names the last upload that had it. `changed` is another tick for every row.
create table watch_row (
    list {int} not null references watch_list (number),
    reference {bytes} not null,
    changed {int} not null,
    upload {text} not null,
    content {bytes} not null,
    sealed {bytes} not null,
    primary key (list, reference)
) {strict};
create unique index watch_row_by_change on watch_row (changed);

-- Rows that are alike to who is known: `pair` is the keyed digest of all that was known of both, as of a cleared pair.
-- `version` is by which it was found, `score` in thousandths.
create table watch_hit (
    number {int} not null primary key,
    list {int} not null,
    reference {bytes} not null,
    pair {bytes} not null,
    version {int} not null,
    pool {int} not null,
    object {int} not null,
    score {int} not null check (score between 0 and 1000),
    unique (list, reference, pair),
    foreign key (list, reference) references watch_row (list, reference)
) {strict};
create index watch_hit_by_object on watch_hit (pool, object);

-- Which reader was told of which, once each.
create table watch_told (
    tick {int} not null primary key,
    hit {int} not null references watch_hit (number),
    principal {int} not null references principal (number),
    purpose {text} not null,
    unique (hit, principal, purpose)
) {strict};
create index watch_told_by_principal on watch_told (principal, purpose, tick);

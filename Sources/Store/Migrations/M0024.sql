-- Who screened how many, when and what for. Of what was asked there is a keyed digest each: it tells nothing to whoever
-- has no key, and to the exchange whether a thing that somebody names was asked for.
create table screening (
    tick {int} not null primary key,
    principal {int} not null references principal (number),
    owner_group {text} not null,
    purpose {text} not null,
    count {int} not null check (count > 0),
    digests {bytes} not null
) {strict};
create index screening_by_group on screening (owner_group, tick);

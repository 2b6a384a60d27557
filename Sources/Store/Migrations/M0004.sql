-- Advisories. What they say is in a table of its own, so that it can be erased; `due` is the next instant at which time
-- alone changes one, `released` the number of the version whose renditions are out.
create table advisory (
    number {int} not null primary key,
    id {text} not null unique,
    reference {text} unique,
    pool {int} not null references pool (number),
    member {int} not null references member (number),
    released {int} not null,
    due {int}
) {strict};
create index advisory_by_member on advisory (member, number);
create index advisory_by_due on advisory (due) where due is not null;

create table advisory_body (
    advisory {int} not null primary key references advisory (number) on delete cascade,
    body {bytes} not null
) {strict};

-- The last serial number of each year's references.
create table advisory_year (
    year {int} not null primary key,
    serial {int} not null
) {strict};

-- Which released versions are of which advisory, and whose copies a recall calls back. Stays when they are deleted.
create table rendition (
    tick {int} not null primary key,
    advisory {int} not null references advisory (number),
    pool {int} not null references pool (number),
    object {text} not null,
    version {int} not null,
    rendition {text} not null
) {strict};
create index rendition_by_advisory on rendition (advisory);
create index rendition_by_object on rendition (object);

-- Who owes an acknowledgement of a recall, until when, and when it came.
create table owed (
    advisory {int} not null references advisory (number),
    member {int} not null references member (number),
    recalled {int} not null,
    ends {int} not null,
    acknowledged {int},
    primary key (advisory, member)
) {strict};
create index owed_by_member on owed (member, advisory);

-- Decisions of readers that relied on an advisory: a recall lists them.
create table reliance (
    number {int} not null primary key,
    advisory {int} not null references advisory (number),
    member {int} not null references member (number),
    decision {text} not null
) {strict};
create index reliance_by_advisory on reliance (advisory, member);

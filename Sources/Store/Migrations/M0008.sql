-- What makes a pool a task force: who leads it, and what becomes of contributions about which nobody chose. `cohort` is how
-- often a member joined. `closed` is the number up to which contributions were returned, kept or destroyed since it
-- ended; null once all were.
create table task_force (
    pool {int} not null primary key references pool (number),
    lead {int} not null references member (number),
    closing {text} not null check (closing in ('return', 'keep', 'destroy')),
    cohort {int} not null,
    closed {int}
) {strict};

-- The cohort that a member came with; it sees what was released since then.
alter table enrolment add column cohort {int} not null default 0;

-- The advisories of before that the lead released to a member.
create table late_release (
    pool {int} not null,
    member {int} not null,
    advisory {text} not null,
    primary key (pool, member, advisory),
    foreign key (pool, member) references enrolment (pool, member) on delete cascade
) {strict};

-- The cohort of the task force when the version that is out was released.
alter table advisory add column cohort {int} not null default 0;

-- What an owner chose for a contribution: an advisory's id, a STIX id, or nothing for all of its own.
create table disposal (
    pool {int} not null references pool (number),
    member {int} not null references member (number),
    contribution {text} not null,
    choice {text} not null check (choice in ('return', 'keep', 'destroy')),
    primary key (pool, member, contribution)
) {strict};

-- Objects that were taken out of their pool, until their owner says that it has them.
create table returned (
    tick {int} not null primary key,
    member {int} not null references member (number),
    object {text} not null,
    bytes {bytes} not null
) {strict};
create index returned_by_member on returned (member, tick);

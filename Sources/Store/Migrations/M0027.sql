-- What people judged of two subjects of advisories: that they are one, or that they are two. A subject is an object of a
-- rendition, whose id outlives recalls; its facts are a digest of what was known of it then.
create table judgement (
    number {int} not null primary key,
    id {text} not null unique,
    member {int} not null references member (number),
    principal {int} not null references principal (number),
    left_advisory {text} not null references advisory (id),
    left_object {text} not null,
    right_advisory {text} not null references advisory (id),
    right_object {text} not null,
    verdict {text} not null,
    reason {text} not null,
    left_facts {bytes} not null,
    right_facts {bytes} not null,
    withdrawn {int},
    withdrawer {int} references principal (number)
) {strict};
create index judgement_by_left on judgement (left_advisory);
create index judgement_by_right on judgement (right_advisory);

-- Of which advisories their originators were told that another member holds something in common: each once.
create table notice (
    advisory {text} not null primary key references advisory (id),
    member {int} not null references member (number),
    day {int} not null
) {strict};
create index notice_by_member on notice (member, day);

-- The days, counted from 1970, on which it was looked whom to tell.
create table notice_day (
    day {int} not null primary key
) {strict};

-- What is known of each release that goes, or came, between exchanges: `body` is from whom, to whom, and under which
-- terms; the rest is what of it is here.
create table federated_copy (
    number {int} not null primary key,
    origin {text} not null,
    release {text} not null,
    pool {int} not null references pool (number),
    label {int},
    advisory {int} references advisory (number),
    rendition {text},
    note {int},
    body {text} not null,
    unique (origin, release)
) {strict};
create index federated_copy_by_advisory on federated_copy (advisory);

-- The objects of its newest version, as they are given on.
create table federated_object (
    copy {int} not null references federated_copy (number) on delete cascade,
    place {int} not null,
    id {text} not null,
    digest {bytes} not null,
    bytes {bytes} not null,
    primary key (copy, id)
) {strict};
create index federated_object_by_id on federated_object (id);

-- Every version that was ever out here of what another exchange released.
create table federated_version (
    tick {int} not null primary key,
    copy {int} not null references federated_copy (number) on delete cascade,
    object {text} not null
) {strict};
create index federated_version_by_copy on federated_version (copy);

-- What is to go to other exchanges, in the order of the journal: a release as it came, or, without one, a word about a
-- recall.
create table federated_entry (
    tick {int} not null primary key,
    copy {int} not null references federated_copy (number) on delete cascade,
    pool {int} not null references pool (number),
    notice {int} not null check (notice in (0, 1)),
    ends {int} not null check (ends in (0, 1)),
    signed {bytes}
) {strict};
create index federated_entry_by_copy on federated_entry (copy);

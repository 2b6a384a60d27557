-- What the exchange pulls from, on what terms, and how far each pull has got; `due` is null where it waits for somebody.
create table source (
    number {int} not null primary key,
    name {text} not null unique,
    kind {text} not null,
    terms {text} not null,
    pull {text} not null,
    due {int},
    holder {text},
    held_until {int} not null default 0
) {strict};

-- Records that could not be taken, as they came: objects of STIX, and what could not be made into any.
create table quarantine (
    number {int} not null primary key,
    source {int} not null references source (number) on delete cascade,
    digest {bytes} not null,
    place {text} not null,
    reason {text} not null,
    form {text} not null check (form in ('object', 'record')),
    bytes {bytes} not null,
    dismissed {int} not null default 0 check (dismissed in (0, 1)),
    unique (source, digest)
) {strict};
create index quarantine_by_source on quarantine (source, number);

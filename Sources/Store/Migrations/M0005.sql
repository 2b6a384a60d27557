-- Reports and requests: between the members named as parties, and nobody else. What they say is apart, to be erasable.
create table dossier (
    number {int} not null primary key,
    id {text} not null unique,
    kind {text} not null check (kind in ('report', 'request'))
) {strict};

create table dossier_body (
    dossier {int} not null primary key references dossier (number) on delete cascade,
    body {bytes} not null
) {strict};

create table dossier_party (
    member {int} not null references member (number),
    dossier {int} not null references dossier (number),
    primary key (member, dossier)
) {strict};

-- What holders say of an advisory.
create table feedback (
    number {int} not null primary key,
    advisory {int} not null references advisory (number),
    body {bytes} not null
) {strict};
create index feedback_by_advisory on feedback (advisory, number);

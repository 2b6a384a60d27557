-- What members saw by themselves, committed by a digest before they told it.
create table observation (
    number {int} not null primary key,
    id {text} not null unique,
    member {int} not null references member (number),
    digest {bytes} not null
) {strict};

-- Advisories that somebody confirmed on its own: a weak grade keeps them from industry no more.
alter table advisory add column corroborated {int} not null default 0;

-- What a member said when it acknowledged a recall.
alter table owed add column note {text};

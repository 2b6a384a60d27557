-- Holders that ask an originator to let them have more of an advisory, each once for a purpose.
create table consent_request (
    number {int} not null primary key,
    advisory {int} not null references advisory (number),
    reader {int} not null references member (number),
    purpose {text} not null,
    report {text} not null,
    reason {text} not null,
    state {text} not null check (state in ('asked', 'granted', 'refused')),
    unique (advisory, reader, purpose)
) {strict};
create index consent_request_by_reader on consent_request (reader, number);

-- Whether a member was given anything of an advisory is asked for one principal at a time.
create index receipt_by_principal on receipt (principal, pool, newest);

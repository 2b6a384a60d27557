-- What calls made that their callers named by a key: key and call as keyed digests, `made` the number of what it made.
create table keyed_call (
    key {text} not null primary key,
    call {text} not null,
    made {int} not null
) {strict};

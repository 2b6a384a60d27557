-- What authorities publish that they want to know: `categories` and `kinds` are codes parted by spaces, `until` and `ended`
-- microseconds since 1970; `ended` is when it was withdrawn.
create table requirement (
    number {int} not null primary key,
    member {int} not null references member (number),
    name {text} not null,
    about {text} not null,
    categories {text} not null,
    kinds {text} not null,
    until {int} not null,
    ended {int},
    unique (member, name)
) {strict};
create index requirement_by_until on requirement (until);

-- Other exchanges: what was agreed on with each, the principal as which it is let in here, and where it is given what.
create table peer (
    number {int} not null primary key,
    id {text} not null unique,
    name {text} not null unique,
    principal {int} not null unique references principal (number),
    signs {int} not null check (signs in (0, 1)),
    terms {text} not null
) {strict};

-- A destination for each pool that is, or was, shared with a peer; the first also has the words about what was recalled.
create table peer_route (
    destination {int} not null primary key references destination (number) on delete cascade,
    peer {int} not null references peer (number) on delete cascade,
    pool {int} not null references pool (number),
    unique (peer, pool)
) {strict};

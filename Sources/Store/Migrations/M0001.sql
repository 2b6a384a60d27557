-- The exchange itself, one row: its id, the key that signs paging cursors, and the journal's last tick.
-- Whoever updates `tick` holds the row until its commit is visible, so commits happen in the order of their ticks.
create table exchange (
    one {int} not null primary key check (one = 1),
    id {text} not null,
    cursor_key {bytes} not null,
    tick {int} not null
) {strict};

-- Keys named `number` are the tick at which the row was made.
create table member (
    number {int} not null primary key,
    id {text} not null unique,
    name {text} not null unique,
    title {text} not null,
    kind {text} not null,
    sector {text} not null,
    jurisdiction {text} not null,
    owner_group {text} not null,
    standing {text} not null check (standing in ('active', 'suspended'))
) {strict};

create table principal (
    number {int} not null primary key,
    id {text} not null unique,
    name {text} not null unique,
    member {int} not null references member (number),
    roles {text} not null,
    standing {text} not null check (standing in ('active', 'suspended'))
) {strict};

create table credential (
    number {int} not null primary key,
    id {text} not null unique,
    principal {int} not null references principal (number),
    kind {text} not null check (kind in ('token', 'password', 'certificate', 'uri')),
    secret {bytes} not null unique,
    salt {bytes} not null,
    expires {int},
    revoked {int} not null check (revoked in (0, 1))
) {strict};

create table pool (
    number {int} not null primary key,
    id {text} not null unique,
    name {text} not null unique,
    kind {text} not null,
    title {text} not null,
    about {text} not null,
    reading {text} not null,
    writing {text} not null,
    release_by {text} not null,
    ceiling {text} not null,
    default_marking {text} not null,
    standing {text} not null check (standing in ('active', 'suspended'))
) {strict};

create table enrolment (
    pool {int} not null references pool (number),
    member {int} not null references member (number),
    reads {int} not null check (reads in (0, 1)),
    writes {int} not null check (writes in (0, 1)),
    primary key (pool, member)
) {strict};

-- `value` is the label's canonical text; a label is never changed or removed.
create table label (
    number {int} not null primary key,
    pool {int} not null references pool (number),
    value {text} not null unique
) {strict};

-- A STIX id and the member that first brought it; no owner for an id that belongs to nobody.
create table object (
    number {int} not null primary key,
    id {text} not null unique,
    owner {int} references member (number),
    created {int}
) {strict};

-- One version of an object in one pool; its tick is its place in the journal and its date added.
-- `instant` and `created` are nanoseconds since 1970. `dated` tells whether `instant` comes from the object itself.
create table version (
    tick {int} not null primary key,
    pool {int} not null references pool (number),
    object {int} not null references object (number),
    label {int} not null references label (number),
    member {int} not null references member (number),
    standing {int} not null check (standing in (0, 1, 2)),
    instant {int} not null,
    dated {int} not null check (dated in (0, 1)),
    revoked {int} not null check (revoked in (0, 1)),
    version {text} not null,
    digest {bytes} not null
) {strict};
create index version_by_label on version (label, standing, tick);
create index version_by_object on version (object, pool);

-- What was brought, as it came. Erasing removes content and salt; the journal's leaf stays.
create table content (
    tick {int} not null primary key references version (tick) on delete cascade,
    salt {bytes} not null,
    bytes {bytes} not null
) {strict};

-- The append-only record: who did what, when, to what; `leaf` commits to the content.
create table journal (
    tick {int} not null primary key,
    kind {int} not null,
    principal {int},
    pool {int},
    object {int},
    leaf {bytes}
) {strict};

-- Answers to POSTs, kept for a while (TAXII 2.1 section 4.3). The tick is a part of the id: rows come in order, where
-- random keys would cost a page each. `ended` is the tick at which nothing of it waited any more; null until then.
create table status (
    tick {int} not null primary key,
    id {text} not null,
    principal {int} not null references principal (number),
    pool {int} not null references pool (number),
    ended {int},
    body {bytes} not null
) {strict};
create index status_by_end on status (ended);

-- Objects that wait for a second person, in the order of their envelope.
create table waiting (
    status {int} not null references status (tick) on delete cascade,
    place {int} not null,
    bytes {bytes} not null,
    primary key (status, place)
) {strict};

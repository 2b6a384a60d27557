-- Reports that an authority looked at beside an earlier one of another's: `item` corroborates `original`, or is a sighting
-- for a `reason`. `credibility` is C of the original before, in thousandths, `day` one of the ledger, and `undone` the day
-- on which one of the two was taken back.
create table corroboration (
    number {int} not null primary key,
    pool {int} not null references ledger (pool),
    item {text} not null unique references ledger_item (item),
    owner_group {text} not null,
    original {text} not null references ledger_item (item),
    original_group {text} not null,
    reason {text},
    credibility {int} not null check (credibility between 0 and 1000),
    day {int} not null,
    undone {int}
) {strict};
create index corroboration_by_original on corroboration (original);
create index corroboration_by_group on corroboration (pool, owner_group, day);

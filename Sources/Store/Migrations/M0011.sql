-- Changes of the directory and deletions are looked for at each write, among many more entries of other kinds.
create index journal_by_rare_kind on journal (kind, tick) where kind = 2 or kind = 3;

-- A receipt's place in this one is another page of the store to write, and the index by principal finds it as well.
drop index receipt_by_pool;

-- Statuses are forgotten in the order in which they came, and those that wait are found by what waits: an index by their
-- end would cost every write a page more.
drop index status_by_end;

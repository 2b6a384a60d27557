-- Pages that are read in any order leave receipts whose newest versions lie anywhere: each was another page of the index
-- to write. By its own tick a receipt stands next to the principal's one before it.
drop index receipt_by_principal;
create index receipt_by_principal on receipt (principal, pool, tick);

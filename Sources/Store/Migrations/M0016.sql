-- Destinations that are no webhooks: a credential that only the exchange can read, the keys of a host, and what became
-- of an envelope that a TAXII server has taken but not yet stored.
alter table destination add column kind {text} not null default 'webhook'
    check (kind in ('webhook', 'taxii', 'mail', 'sftp'));
alter table destination add column sealed {bytes};
alter table destination add column host_keys {text};
alter table destination add column status {text};
alter table destination add column status_through {int};
alter table destination add column status_since {int};

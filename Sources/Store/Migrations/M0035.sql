-- Vouchers may be withdrawn by now: what they were issued for was taken back.
create table entitlement_next (
    number {int} not null primary key,
    id {text} not null unique,
    pool {int} not null references ledger (pool),
    office {text} not null,
    owner_group {text} not null,
    issued {int} not null,
    expires {int} not null,
    state {text} not null check (state in ('available', 'reserved', 'redeemed', 'expired', 'void', 'withdrawn')),
    reservations {int} not null,
    reservation {bytes},
    redeemed {int},
    due {int},
    reason {text},
    check ((reservation is not null) = (state in ('reserved', 'redeemed'))),
    check ((redeemed is not null) = (state = 'redeemed')),
    check ((due is not null) = (state in ('available', 'reserved')))
) {strict};
insert into entitlement_next (
    number, id, pool, office, owner_group, issued, expires, state,
    reservations, reservation, redeemed, due, reason
)
select
    number, id, pool, office, owner_group, issued, expires, state,
    reservations, reservation, redeemed, due, reason
from entitlement;
drop table entitlement;
alter table entitlement_next rename to entitlement;
create index entitlement_by_group on entitlement (owner_group, number);
create index entitlement_by_office on entitlement (office, number);
create index entitlement_by_due on entitlement (pool, due);

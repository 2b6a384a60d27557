-- Public keys that sign releases: of this exchange, of others, and of their members. Of its own, `generation` says which
-- one it is: the private half follows from the exchange's own key and is stored nowhere.
create table federation_key (
    id {text} not null primary key,
    exchange {text} not null,
    member {text},
    name {text} not null,
    public {bytes} not null,
    since {int} not null,
    until {int},
    revoked {int},
    generation {int} unique
) {strict};

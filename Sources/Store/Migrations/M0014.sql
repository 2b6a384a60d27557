-- Which advisory was hidden from which member because of whom it is about; no advisory for what was noted before.
create table conflict (
    tick {int} not null primary key,
    member {int} not null references member (number),
    advisory {int} references advisory (number)
) {strict};
insert into conflict (tick, member) select tick, object from journal where kind = 11;

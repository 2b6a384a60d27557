-- Which renditions of which advisories a member was given, so that what a name stands for is found without its receipts:
-- a look takes as long whether there is such an advisory or not.
create table holding (
    advisory {int} not null references advisory (number),
    member {int} not null references member (number),
    rendition {text} not null,
    primary key (advisory, member, rendition)
) {strict};

-- Up to where receipts were kept before there were holdings: what they tell is filled in, the newest first.
create table holding_unread (tick {int} not null) {strict};
insert into holding_unread (tick) select coalesce(max(tick), 0) from receipt;

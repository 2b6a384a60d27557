-- Delays by tier. Up to when what is released is given to a member, in microseconds since 1970; null where all of it is.
-- It only ever grows, and changes with the catch-up of what it lets through, so that nobody misses anything.
alter table member add column given_until {int};
-- From when the delays of an advisory count, in microseconds since 1970; null for one that is put off for nobody.
alter table advisory add column counts_from {int};

-- References are drawn, not counted.
drop table advisory_year;

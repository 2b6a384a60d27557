create table x (a integer);

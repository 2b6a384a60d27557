-- A digest that tells the exchange's key from any other: null for a store that was made before there was one.
alter table exchange add column key_check {bytes};

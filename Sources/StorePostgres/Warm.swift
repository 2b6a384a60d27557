enum StorePostgresWarm {}

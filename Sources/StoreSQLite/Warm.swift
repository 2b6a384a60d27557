enum StoreSQLiteWarm {}

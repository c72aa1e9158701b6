CREATE TABLE test_table (id integer PRIMARY KEY);

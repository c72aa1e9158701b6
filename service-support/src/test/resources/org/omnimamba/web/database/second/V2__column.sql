ALTER TABLE test_table ADD COLUMN added text;

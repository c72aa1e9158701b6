-- what a later version may do while this one runs
ALTER TABLE queue_job ADD COLUMN added_later text;

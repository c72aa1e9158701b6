-- what a later version may do while this one runs
ALTER TABLE job_event ADD COLUMN added_later text;
CREATE TABLE job_added_later (job_id uuid PRIMARY KEY REFERENCES queue_job (id) ON DELETE CASCADE);

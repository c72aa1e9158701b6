-- Progress is replaced several times a second, so this table turns over like the queue's: vacuum it
-- by a fixed number of dead rows instead of a share of a table that is mostly history.
ALTER TABLE job_event SET (
    autovacuum_vacuum_scale_factor = 0.0,
    autovacuum_vacuum_threshold = 2000,
    autovacuum_analyze_scale_factor = 0.05,
    autovacuum_vacuum_cost_delay = 0
);

-- How many attempts a delivery had when it was last replayed. Where it stands in its schedule is
-- counted from there by the attempts that were really made, not by how often a worker took it.
ALTER TABLE webhook_delivery ADD COLUMN attempts_before integer NOT NULL DEFAULT 0;

-- the last attempt of a series is the one that announced no next
UPDATE webhook_delivery d SET attempts_before = done.number
FROM (SELECT a.delivery_id, max(a.number) AS number FROM webhook_attempt a
      WHERE a.next_at IS NULL GROUP BY a.delivery_id) done
WHERE d.id = done.delivery_id AND d.status = 'pending';

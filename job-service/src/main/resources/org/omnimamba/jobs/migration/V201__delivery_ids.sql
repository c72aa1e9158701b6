-- made by the queue's function, which every supported version of PostgreSQL has
ALTER TABLE webhook_delivery ALTER COLUMN id SET DEFAULT queue_uuidv7();

-- A secret that is replaced twice within its overlap: what was replaced first keeps its own time
-- here, beside the one before the present in webhook_secret. A version of the service that does not
-- know this table signs with the present and the previous secret only.
CREATE TABLE webhook_earlier_secret (
    secret_id   uuid        NOT NULL REFERENCES webhook_secret (id) ON DELETE CASCADE,
    sealed      bytea       NOT NULL,
    signs_until timestamptz NOT NULL
);
CREATE INDEX webhook_earlier_secret_of ON webhook_earlier_secret (secret_id, signs_until);

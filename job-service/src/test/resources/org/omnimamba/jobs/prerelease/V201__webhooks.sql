-- Webhook endpoints, their secrets, deliveries and attempts.

-- Signing secrets, sealed by the service before they get here. While a secret is being rotated the
-- one before signs too, until previous_until.
CREATE TABLE webhook_secret (
    id             uuid        PRIMARY KEY,
    tenant         text        NOT NULL,
    sealed         bytea       NOT NULL,
    previous       bytea,
    previous_until timestamptz,
    created_at     timestamptz NOT NULL,
    rotated_at     timestamptz,
    CHECK ((previous IS NULL) = (previous_until IS NULL))
);

-- The secret that signs webhooks given with a job instead of registered.
CREATE TABLE webhook_tenant_secret (
    tenant    text PRIMARY KEY,
    secret_id uuid NOT NULL REFERENCES webhook_secret (id)
);

CREATE TABLE webhook_endpoint (
    id              uuid        PRIMARY KEY,
    tenant          text        NOT NULL,
    url             text        NOT NULL,
    events          text[]      NOT NULL CHECK (cardinality(events) > 0),
    description     text,
    secret_id       uuid        NOT NULL REFERENCES webhook_secret (id),
    disabled_reason text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL
);
CREATE INDEX webhook_endpoint_tenant ON webhook_endpoint (tenant, id);

-- One message for one receiver. The id is the webhook-id of every attempt; the payload is kept as
-- the bytes that are signed. The secret is the endpoint's, or without one the tenant's. Deliveries go
-- with their job.
CREATE TABLE webhook_delivery (
    id          uuid        PRIMARY KEY DEFAULT uuidv7(),
    tenant      text        NOT NULL,
    job_id      uuid        NOT NULL REFERENCES queue_job (id) ON DELETE CASCADE,
    endpoint_id uuid        REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
    url         text        NOT NULL,
    event       text        NOT NULL,
    payload     text        NOT NULL,
    status      text        NOT NULL DEFAULT 'pending' CHECK (status IN
        ('pending', 'delivered', 'failed')),
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    CHECK ((status = 'pending') = (finished_at IS NULL))
);
CREATE INDEX webhook_delivery_job ON webhook_delivery (job_id, id);
CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (endpoint_id, id);

CREATE TABLE webhook_attempt (
    delivery_id   uuid        NOT NULL REFERENCES webhook_delivery (id) ON DELETE CASCADE,
    number        integer     NOT NULL,
    at            timestamptz NOT NULL,
    http_status   integer,
    latency_ms    integer     NOT NULL,
    error         text,
    next_at       timestamptz,
    -- For the operator only: it may come from a host that the tenant must not be able to read.
    response_head bytea       NOT NULL,
    PRIMARY KEY (delivery_id, number)
);

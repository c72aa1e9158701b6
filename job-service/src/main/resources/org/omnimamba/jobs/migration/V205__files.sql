-- Files that clients upload. A file is there for its tenant once it is 'processed'; while it is
-- 'uploading' or 'deleting' only the upkeep sees it.
CREATE TABLE stored_file (
    id         uuid        PRIMARY KEY DEFAULT queue_uuidv7(),
    tenant     text        NOT NULL,
    filename   text        NOT NULL,
    purpose    text        NOT NULL,
    bytes      bigint      NOT NULL DEFAULT 0,
    -- how many pieces it has, and which store holds them
    pieces     integer     NOT NULL DEFAULT 0,
    store      text        NOT NULL CHECK (store IN ('postgres', 's3')),
    status     text        NOT NULL CHECK (status IN ('uploading', 'processed', 'deleting')),
    created_at timestamptz NOT NULL,
    -- when the last piece arrived, or the deletion began
    touched_at timestamptz NOT NULL,
    expires_at timestamptz
);
CREATE INDEX stored_file_listing ON stored_file (tenant, id) WHERE status <> 'deleting';
CREATE INDEX stored_file_expiry ON stored_file (expires_at)
    WHERE status = 'processed' AND expires_at IS NOT NULL;
CREATE INDEX stored_file_unfinished ON stored_file (touched_at) WHERE status <> 'processed';

-- The bytes of a file in pieces of one size, but for the last.
CREATE TABLE stored_file_piece (
    file_id uuid    NOT NULL REFERENCES stored_file (id) ON DELETE CASCADE,
    number  integer NOT NULL,
    body    bytea   NOT NULL,
    PRIMARY KEY (file_id, number)
);

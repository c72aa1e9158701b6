-- Pictures behind an address. Each row goes soon after its time is over, or when its tenant has too many.
CREATE TABLE gateway_picture (
  id         text        PRIMARY KEY,
  tenant     text        NOT NULL,
  size       integer     NOT NULL CHECK (size = octet_length(bytes)),
  bytes      bytea       NOT NULL,
  expires_at timestamptz NOT NULL
);

-- PNG and JPEG are compressed already.
ALTER TABLE gateway_picture ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE INDEX gateway_picture_of_tenant ON gateway_picture (tenant, expires_at DESC, id) INCLUDE (size);
CREATE INDEX gateway_picture_expiry ON gateway_picture (expires_at);

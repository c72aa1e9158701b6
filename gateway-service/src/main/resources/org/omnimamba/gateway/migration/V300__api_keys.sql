-- API keys. The key itself is never stored: only its SHA-256 and the first characters, by which it is found.
CREATE TABLE gateway_api_key (
  id           uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
  prefix       text        NOT NULL UNIQUE,
  digest       bytea       NOT NULL CHECK (octet_length(digest) = 32),
  tenant       text        NOT NULL CHECK (tenant ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'),
  name         text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  scopes       text[]      NOT NULL CHECK (cardinality(scopes) > 0),
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz
);

CREATE INDEX gateway_api_key_live ON gateway_api_key (tenant, name) WHERE revoked_at IS NULL;

-- Every gateway listens, so that a revoked key stops working at once and not when a cache forgets it.
CREATE FUNCTION gateway_api_key_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('omnimamba_gateway_keys', OLD.prefix);
  RETURN NULL;
END
$$;

CREATE TRIGGER gateway_api_key_changed
  AFTER DELETE OR UPDATE OF digest, tenant, scopes, expires_at, revoked_at ON gateway_api_key
  FOR EACH ROW EXECUTE FUNCTION gateway_api_key_changed();

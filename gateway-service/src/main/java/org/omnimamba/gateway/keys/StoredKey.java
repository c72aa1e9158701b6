package org.omnimamba.gateway.keys;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.access.Caller;
import org.omnimamba.gateway.access.Scope;

/** A key as the database has it, without its digest. */
record StoredKey(
    UUID id,
    String prefix,
    String tenant,
    String name,
    Set<Scope> scopes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant revokedAt) {

  boolean isLive(Instant now) {
    return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
  }

  Caller caller() {
    return new Caller(prefix, tenant, scopes);
  }

  /** A key with what proves it. */
  record WithDigest(StoredKey key, byte[] digest) {
    /** Takes the same time whether and wherever the digests differ. */
    boolean isProvenBy(ApiKey presented) {
      return MessageDigest.isEqual(digest, presented.digest());
    }
  }
}

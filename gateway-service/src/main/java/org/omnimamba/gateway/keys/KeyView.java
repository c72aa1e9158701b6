package org.omnimamba.gateway.keys;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.access.Scope;

/** A key as the admin API shows it. */
record KeyView(
    @JsonProperty("id") UUID id,
    @JsonProperty("prefix") String prefix,
    @JsonProperty("name") String name,
    @JsonProperty("tenant") String tenant,
    @JsonProperty("scopes") List<String> scopes,
    @JsonProperty("created_at") Instant createdAt,
    @JsonProperty("expires_at") @Nullable Instant expiresAt,
    @JsonProperty("last_used_at") @Nullable Instant lastUsedAt,
    @JsonProperty("revoked_at") @Nullable Instant revokedAt) {

  static KeyView of(StoredKey key) {
    return new KeyView(
        key.id(),
        key.prefix(),
        key.name(),
        key.tenant(),
        key.scopes().stream().map(Scope::wireName).sorted().toList(),
        key.createdAt(),
        key.expiresAt(),
        key.lastUsedAt(),
        key.revokedAt());
  }

  /**
   * A key that was just made.
   *
   * @param key the key in full, which is shown here and never again
   */
  record Created(
      @JsonProperty("key") String key,
      @com.fasterxml.jackson.annotation.JsonUnwrapped KeyView details) {
    static Created of(KeyService.Made made) {
      return new Created(made.key().value(), KeyView.of(made.stored()));
    }
  }
}

package org.omnimamba.gateway.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.access.Caller;
import org.omnimamba.gateway.access.Scope;

/** The one key that the configuration may name. It has every scope and needs no database. */
final class ConfiguredKey {
  static final Caller CALLER = new Caller("configured", "default", EnumSet.allOf(Scope.class));

  private final byte @Nullable [] digest;

  ConfiguredKey(@Nullable String key) {
    this.digest = key == null ? null : Sha256.of(key.getBytes(StandardCharsets.UTF_8));
  }

  /** The caller if {@code key} is the configured key. The comparison's time tells nothing. */
  Optional<Caller> match(String key) {
    if (digest == null) {
      return Optional.empty();
    }
    byte[] presented = Sha256.of(key.getBytes(StandardCharsets.UTF_8));
    return MessageDigest.isEqual(digest, presented) ? Optional.of(CALLER) : Optional.empty();
  }
}

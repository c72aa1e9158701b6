package org.omnimamba.gateway.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a key may do. */
public enum Scope {
  /** Chat, images and models. */
  INFERENCE,
  /** Jobs and webhook endpoints. */
  JOBS,
  /** Managing keys and reading what was used; gives nothing else. */
  ADMIN;

  /** The name in JSON, configuration and the database. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Scope> ofWireName(String name) {
    return Arrays.stream(values()).filter(scope -> scope.wireName().equals(name)).findFirst();
  }
}

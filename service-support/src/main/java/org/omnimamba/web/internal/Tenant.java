package org.omnimamba.web.internal;

import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/**
 * On whose behalf a request is made.
 *
 * @param name 1 to 128 letters, digits and {@code . _ : -}
 */
public record Tenant(String name) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  /** For whom a request is made that names nobody. */
  private static final Tenant DEFAULT = new Tenant("default");

  /**
   * The tenant that the gateway names in its header, {@code default} where it names none; empty for
   * a name that is not valid.
   */
  public static Optional<Tenant> of(HttpHeaders headers) {
    String name = headers.getFirst(PlatformHeaders.TENANT);
    if (name == null) {
      return Optional.of(DEFAULT);
    }
    return NAME.matcher(name).matches() ? Optional.of(new Tenant(name)) : Optional.empty();
  }
}

package org.omnimamba.hub.http;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * Whom an address reaches: scheme, host and port.
 *
 * @param scheme {@code http} or {@code https}
 * @param host in lower case
 */
public record Origin(String scheme, String host, int port) {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  /**
   * Whom this address reaches.
   *
   * @throws IllegalArgumentException if it is no http or https address with a host
   */
  public static Origin of(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if ((!scheme.equals("https") && !scheme.equals("http")) || uri.getHost() == null) {
      throw new IllegalArgumentException(uri + " is no http or https address");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
    return new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), port);
  }

  public boolean isEncrypted() {
    return scheme.equals("https");
  }

  /** Whether nobody on a network can read or change what is sent. */
  public boolean isPrivate() {
    return isEncrypted() || LOOPBACK.contains(host);
  }
}

package org.omnimamba.gateway.observability;

import java.util.regex.Pattern;

/** Names of addresses without what is different in each: few enough for a metric's tag. */
final class Routes {
  private static final Pattern ID =
      Pattern.compile("/[0-9a-fA-F-]{32,36}(?=/|$)|(?<=^/v1/models)/.+|(?<=/deliveries)/.+");

  private Routes() {}

  static String of(String path) {
    String named = ID.matcher(path).replaceAll("/{id}");
    return named.length() > 100 ? "other" : named;
  }
}

package org.omnimamba.web.replica;

import org.jspecify.annotations.Nullable;

/** What a replica says of its load, with every answer. */
public final class LoadReport {
  private LoadReport() {}

  /** Notes the header's value, if there is one and it is a number. */
  public static void read(@Nullable String value, Replica replica) {
    if (value == null || value.isEmpty() || value.length() > 18) {
      return;
    }
    long tokens = 0;
    for (char digit : value.toCharArray()) {
      if (digit < '0' || digit > '9') {
        return;
      }
      tokens = tokens * 10 + (digit - '0');
    }
    replica.reported(tokens, System.nanoTime());
  }
}

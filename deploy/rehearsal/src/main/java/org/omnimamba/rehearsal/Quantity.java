package org.omnimamba.rehearsal;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sizes as Kubernetes and Compose write them. */
final class Quantity {
  private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([a-z]*)");

  private Quantity() {}

  /** Bytes of {@code 768Mi}, {@code 1g}, {@code 16Gi}; 0 for null. */
  static long bytes(@Nullable Object value) {
    if (value == null) {
      return 0;
    }
    Matcher size = SIZE.matcher(String.valueOf(value).toLowerCase(Locale.ROOT));
    if (!size.matches()) {
      throw new IllegalArgumentException("not a size: " + value);
    }
    long factor =
        switch (size.group(2)) {
          case "", "b" -> 1L;
          case "k", "ki", "kb" -> 1L << 10;
          case "m", "mi", "mb" -> 1L << 20;
          case "g", "gi", "gb" -> 1L << 30;
          default -> throw new IllegalArgumentException("not a size: " + value);
        };
    return Long.parseLong(size.group(1)) * factor;
  }
}

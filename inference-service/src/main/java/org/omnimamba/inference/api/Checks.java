package org.omnimamba.inference.api;

import org.jspecify.annotations.Nullable;

/** Range checks of request fields; each failure names its field and the range. */
public final class Checks {
  private Checks() {}

  /** The value, or {@code absent} where there is none. */
  public static double range(
      String param, @Nullable Double value, double absent, double min, double max) {
    if (value == null) {
      return absent;
    }
    if (!(value >= min && value <= max)) {
      throw ApiException.invalidValue(
          param, "'%s' must be from %s to %s.".formatted(param, trim(min), trim(max)));
    }
    return value;
  }

  /** The value, or {@code absent} where there is none. */
  public static int range(String param, @Nullable Integer value, int absent, int min, int max) {
    if (value == null) {
      return absent;
    }
    if (value < min || value > max) {
      throw ApiException.invalidValue(
          param,
          max == Integer.MAX_VALUE
              ? "'%s' must be at least %d.".formatted(param, min)
              : "'%s' must be from %d to %d.".formatted(param, min, max));
    }
    return value;
  }

  public static boolean flag(@Nullable Boolean value) {
    return value != null && value;
  }

  private static String trim(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}

package org.omnimamba.standalone.cli;

import java.util.Locale;

/** Writes numbers the way people read them. */
final class Sizes {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

  private Sizes() {}

  /** Decimal units, as disks and checkpoints are measured: {@code 9.12 GB}. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.995 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.2f %s", value, UNITS[unit]);
  }

  /** With separators: {@code 2,280,114,379}. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}

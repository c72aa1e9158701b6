package org.omnimamba.hub.repository;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Names from elsewhere that become paths here. */
final class SafeNames {
  private static final int MOST_SEGMENT_BYTES = 255;
  private static final int MOST_BYTES = 2_000;

  private SafeNames() {}

  /** Whether a relative path with slashes stays below its folder. */
  static boolean isPath(String path) {
    return !path.isEmpty()
        && path.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES
        && List.of(path.split("/", -1)).stream().allMatch(SafeNames::isSegment);
  }

  /** Whether it is the name of one file. */
  static boolean isSegment(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.getBytes(StandardCharsets.UTF_8).length <= MOST_SEGMENT_BYTES
        && name.chars().noneMatch(SafeNames::isHarmful);
  }

  /** Separators, also of other systems, and what a terminal would obey. */
  private static boolean isHarmful(int c) {
    return c == '/' || c == '\\' || Character.isISOControl(c);
  }
}

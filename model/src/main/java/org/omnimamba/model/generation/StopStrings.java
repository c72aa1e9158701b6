package org.omnimamba.model.generation;

import java.util.List;

/**
 * Looks for stop strings in a stream of text. Text that may be the beginning of one is held back
 * until that is decided.
 */
final class StopStrings {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean found;

  StopStrings(List<String> stops) {
    this.stops = stops;
  }

  /** Takes more text and returns what is certain to stand before any stop string. */
  String append(String text) {
    held.append(text);
    int end = firstStop();
    found = end >= 0;
    return release(found ? end : held.length() - undecided());
  }

  /** Whether a stop string came; the stream ends with what {@link #append} returned then. */
  boolean found() {
    return found;
  }

  /** The text that was still held back, when no more is to come. */
  String rest() {
    return release(found ? 0 : held.length());
  }

  private String release(int length) {
    String released = held.substring(0, length);
    held.delete(0, length);
    return released;
  }

  private int firstStop() {
    int first = -1;
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    return first;
  }

  /** Length of the longest end of the held text that begins a stop string. */
  private int undecided() {
    int longest = 0;
    for (String stop : stops) {
      for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
        if (stop.startsWith(held.substring(held.length() - n))) {
          longest = n;
        }
      }
    }
    return longest;
  }
}

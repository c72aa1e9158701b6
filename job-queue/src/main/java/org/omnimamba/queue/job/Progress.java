package org.omnimamba.queue.job;

import org.jspecify.annotations.Nullable;

/**
 * How far the present attempt has come.
 *
 * @param done units done, for example tokens; from 0
 * @param total units in all, 0 while unknown
 * @param detail a small JSON text of the handler's own, or null
 */
public record Progress(long done, long total, @Nullable String detail) {

  /** Nothing done yet and no total known. */
  public static final Progress NONE = new Progress(0, 0, null);

  public Progress {
    if (done < 0 || total < 0) {
      throw new IllegalArgumentException("progress must not be negative: " + done + "/" + total);
    }
  }

  /** Progress without a detail. */
  public static Progress of(long done, long total) {
    return new Progress(done, total, null);
  }
}

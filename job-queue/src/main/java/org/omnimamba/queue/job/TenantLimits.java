package org.omnimamba.queue.job;

import org.jspecify.annotations.Nullable;

/**
 * What one tenant may have of one kind.
 *
 * @param maxRunning jobs running at once, or null for no limit
 * @param maxQueued jobs waiting, or null for no limit
 */
public record TenantLimits(@Nullable Integer maxRunning, @Nullable Integer maxQueued) {

  /** No limits. */
  public static final TenantLimits NONE = new TenantLimits(null, null);

  public TenantLimits {
    if (maxRunning != null && maxRunning < 0) {
      throw new IllegalArgumentException("maxRunning must not be negative: " + maxRunning);
    }
    if (maxQueued != null && maxQueued < 0) {
      throw new IllegalArgumentException("maxQueued must not be negative: " + maxQueued);
    }
  }
}

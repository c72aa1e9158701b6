package org.omnimamba.inference.engine;

import org.jspecify.annotations.Nullable;

/**
 * For whom a request is generated, as far as sharing the device goes.
 *
 * @param tenant who pays; null if the caller does not say, which makes all such callers one
 * @param traffic whether the answer is waited for
 */
public record Requester(@Nullable String tenant, TrafficClass traffic) {
  /** A caller who does not say who it is and waits for its answer. */
  public static final Requester UNKNOWN = new Requester(null, TrafficClass.INTERACTIVE);
}

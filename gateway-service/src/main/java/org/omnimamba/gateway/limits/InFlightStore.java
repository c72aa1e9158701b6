package org.omnimamba.gateway.limits;

import reactor.core.publisher.Mono;

/** Where it is counted how much of something is going on. */
interface InFlightStore {
  /**
   * Enters {@code amount} unless more than {@code most} would then be going on.
   *
   * @return the entry, or empty if there is no room
   */
  Mono<Entry> enter(String key, int amount, int most);

  /** Something that is going on. */
  interface Entry {
    /** Ends it, where it was entered. */
    Mono<Void> leave();
  }
}

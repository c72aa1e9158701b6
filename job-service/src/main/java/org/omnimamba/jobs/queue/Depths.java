package org.omnimamba.jobs.queue;

import java.util.Map;

/**
 * How much waits and runs in the whole platform, at one moment.
 *
 * @param kinds by kind of job; a kind without jobs is missing
 * @param webhooksPending deliveries that have neither arrived nor been given up
 */
record Depths(Map<String, OfKind> kinds, long webhooksPending) {

  /**
   * The jobs of one kind.
   *
   * @param waiting could begin at once
   * @param delayed wait for their time, between two attempts for example
   * @param running held by workers
   * @param oldestSeconds how long the first of those that wait could have begun, 0 when none waits
   * @param dead failed or expired, and kept
   */
  record OfKind(long waiting, long delayed, long running, double oldestSeconds, long dead) {
    static final OfKind NONE = new OfKind(0, 0, 0, 0, 0);
  }

  OfKind of(String kind) {
    return kinds.getOrDefault(kind, OfKind.NONE);
  }
}

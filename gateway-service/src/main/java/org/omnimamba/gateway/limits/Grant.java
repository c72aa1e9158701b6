package org.omnimamba.gateway.limits;

import reactor.core.publisher.Mono;

/**
 * An answer of a budget.
 *
 * @param granted whether the amount was taken
 * @param taken how much was taken: the amount, or the whole budget where that is less
 * @param limit the size of the budget that was asked, which can be a share of the tenant's
 * @param remaining what is left
 * @param nanosUntilGranted after which time the amount would be granted; 0 if it was
 * @param nanosUntilFull after which time nothing is missing any more
 * @param settlement how to correct the amount later
 */
record Grant(
    boolean granted,
    long taken,
    long limit,
    long remaining,
    long nanosUntilGranted,
    long nanosUntilFull,
    Settlement settlement) {

  /** Corrects what was taken, where it was taken. */
  interface Settlement {
    /** Gives back what was not used of {@code taken}, or takes what was used beyond (negative). */
    Mono<Void> settle(long unused);
  }
}

package org.omnimamba.gateway.limits;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * What one request holds while it runs. It is made before anything is taken, and whatever comes
 * when it is over already goes straight back: so a client that goes away in between costs nothing.
 */
final class Reservation {
  private static final Logger log = LoggerFactory.getLogger(Reservation.class);

  private @Nullable Grant tokens;
  private InFlightStore.@Nullable Entry images;
  private boolean started;
  private boolean over;

  /** Keeps tokens until the end. */
  synchronized void hold(Grant grant) {
    if (!grant.granted()) {
      return;
    }
    if (over) {
      giveBack(grant, grant.taken()).subscribe();
    } else {
      tokens = grant;
    }
  }

  /** Keeps an entry until the end. */
  synchronized void hold(InFlightStore.Entry entry) {
    if (over) {
      leave(entry).subscribe();
    } else {
      images = entry;
    }
  }

  /** The request has all it needs and goes to a service. */
  synchronized void start() {
    started = true;
  }

  synchronized boolean hasStarted() {
    return started;
  }

  /** Tokens that are held. */
  synchronized long tokens() {
    return tokens == null ? 0 : tokens.taken();
  }

  /** Ends everything that is held, and corrects the tokens to those that were used. */
  synchronized void end(long used) {
    over = true;
    Mono<Void> settled = tokens == null ? Mono.empty() : giveBack(tokens, tokens.taken() - used);
    settled.then(images == null ? Mono.empty() : leave(images)).subscribe();
  }

  private static Mono<Void> giveBack(Grant grant, long unused) {
    return quietly(grant.settlement().settle(unused));
  }

  private static Mono<Void> leave(InFlightStore.Entry entry) {
    return quietly(entry.leave());
  }

  /** A correction that fails costs the tenant a part of a minute's budget, never a request. */
  private static Mono<Void> quietly(Mono<Void> correction) {
    return correction.onErrorResume(
        failure -> {
          log.debug("a limit could not be corrected: {}", failure.toString());
          return Mono.empty();
        });
  }
}

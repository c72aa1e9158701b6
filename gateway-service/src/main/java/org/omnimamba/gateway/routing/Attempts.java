package org.omnimamba.gateway.routing;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.omnimamba.web.replica.Replica;
import org.omnimamba.web.replica.Replicas;

/** Which replicas one request has been sent to. */
final class Attempts {
  private final Replicas replicas;
  private final long picture;
  private final int most;
  private final Set<Replica> tried = new HashSet<>();
  private int made;

  /**
   * No attempt so far.
   *
   * @param picture what names the request's picture, 0 for none
   * @param most how many attempts there may be
   */
  Attempts(Replicas replicas, long picture, int most) {
    this.replicas = replicas;
    this.picture = picture;
    this.most = most;
  }

  /** The replica for the next attempt; empty if none is left. */
  Optional<Replica> next() {
    Optional<Replica> chosen = replicas.choose(picture, tried);
    chosen.ifPresent(
        replica -> {
          tried.add(replica);
          made++;
        });
    return chosen;
  }

  boolean mayGoOn() {
    return made < most;
  }

  /** Whether a replica that was not tried is there, even one that does not answer probes. */
  boolean isAnotherLeft() {
    return mayGoOn() && replicas.choose(0, tried).isPresent();
  }

  /** Whether a replica that was not tried is known to answer. */
  boolean isAnotherAnswering() {
    return mayGoOn() && replicas.isAnotherAnswering(tried);
  }

  /** All replicas may be tried again. */
  void startOver() {
    tried.clear();
  }

  /** How many attempts there were. */
  int made() {
    return made;
  }
}

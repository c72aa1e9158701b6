package org.omnimamba.gateway.routing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All replicas, and the choice between them: the least loaded one that is ready, except that a
 * request about a picture goes where that picture was last seen, unless others are far less busy.
 *
 * <p>A picture nobody has seen goes, among equals, to the replica that its checksum points to, so
 * that several gateways choose alike.
 */
final class Replicas {
  private static final int REMEMBERED_PICTURES = 10_000;
  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(10);

  private final List<Replica> all;
  private final long affinitySlack;
  private final LongSupplier nanos;
  private final Cache<Long, Replica> pictures =
      Caffeine.newBuilder()
          .maximumSize(REMEMBERED_PICTURES)
          .expireAfterAccess(REMEMBERED_FOR)
          .build();

  Replicas(List<Replica> all, long affinitySlack, LongSupplier nanos) {
    this.all = List.copyOf(all);
    this.affinitySlack = affinitySlack;
    this.nanos = nanos;
  }

  List<Replica> all() {
    return all;
  }

  /**
   * The replica for a request.
   *
   * @param picture what names its picture, 0 for none
   * @param tried replicas that have failed this request
   * @return empty if no other replica answers
   */
  Optional<Replica> choose(long picture, Set<Replica> tried) {
    List<Replica> candidates = untried(Replica.State.READY, tried);
    if (candidates.isEmpty()) {
      // What we know is a probe old. A replica that refuses says so itself, and better than we can.
      candidates = untried(Replica.State.REFUSING, tried);
    }
    if (candidates.size() <= 1) {
      return candidates.stream().findFirst();
    }
    long now = nanos.getAsLong();
    Comparator<Replica> byLoad = Comparator.comparingLong(replica -> replica.load(now));
    long least = candidates.stream().min(byLoad).map(replica -> replica.load(now)).orElse(0L);
    Replica chosen =
        picture == 0 ? spread(candidates, least, now) : knowing(candidates, picture, least, now);
    if (picture != 0) {
      pictures.put(picture, chosen);
    }
    return Optional.of(chosen);
  }

  private List<Replica> untried(Replica.State state, Set<Replica> tried) {
    return all.stream()
        .filter(replica -> replica.state() == state && !tried.contains(replica))
        .toList();
  }

  /** One of the least loaded, at random, so that idle replicas share the work. */
  private static Replica spread(List<Replica> candidates, long least, long now) {
    List<Replica> equals =
        candidates.stream().filter(replica -> replica.load(now) <= least).toList();
    List<Replica> choice = equals.isEmpty() ? candidates : equals;
    return choice.get(ThreadLocalRandom.current().nextInt(choice.size()));
  }

  private Replica knowing(List<Replica> candidates, long picture, long least, long now) {
    @Nullable Replica seen = pictures.getIfPresent(picture);
    List<Replica> close =
        candidates.stream().filter(replica -> replica.load(now) <= least + affinitySlack).toList();
    if (seen != null && close.contains(seen)) {
      return seen;
    }
    List<Replica> choice = close.isEmpty() ? candidates : close;
    return choice.stream()
        .max(Comparator.comparingLong(replica -> weight(replica, picture)))
        .orElseThrow();
  }

  /** Rendezvous hashing: when replicas come and go, only their own pictures move. */
  private static long weight(Replica replica, long picture) {
    long mixed = picture * 0x9E3779B97F4A7C15L ^ replica.address().hashCode();
    mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
    return mixed ^ (mixed >>> 32);
  }
}

package org.omnimamba.web.replica;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All replicas, and the choice between them: the least loaded one that is ready, except that a
 * request about a picture goes where that picture was last seen, unless others are far less busy.
 * Equals take turns.
 *
 * <p>A picture that was not seen yet goes, among equals, to the replica that its checksum points
 * to, so that several processes choose alike.
 */
public final class Replicas {
  /** Kinds of replicas, the best first: ready, refusing, without a name, silent. */
  static final int RANKS = 4;

  private static final int REMEMBERED_PICTURES = 10_000;
  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(10);

  private final List<Replica> all = new CopyOnWriteArrayList<>();
  private final long affinitySlack;
  private final LongSupplier nanos;
  private final AtomicInteger turns = new AtomicInteger();
  private final Cache<Long, Replica> pictures =
      Caffeine.newBuilder()
          .maximumSize(REMEMBERED_PICTURES)
          .expireAfterAccess(REMEMBERED_FOR)
          .build();

  /**
   * Replicas that are always there; more may come.
   *
   * @param affinitySlack tokens that a replica may have waiting beyond the least busy one and still
   *     be preferred because it knows the picture
   * @param nanos a clock like {@link System#nanoTime()}
   */
  public Replicas(Collection<Replica> fixed, long affinitySlack, LongSupplier nanos) {
    this.all.addAll(fixed);
    this.affinitySlack = affinitySlack;
    this.nanos = nanos;
  }

  /** Those that are known now. */
  public List<Replica> all() {
    return all;
  }

  void add(Replica replica) {
    all.add(replica);
  }

  void remove(Replica replica) {
    all.remove(replica);
  }

  /**
   * The replica for a request: a ready one, else one that refuses, else one that DNS no longer
   * names, else a silent one. What is known of replicas is a probe old, and a replica that refuses
   * says so itself, so a request is tried rather than given up.
   *
   * @param picture what names its picture, 0 for none
   * @param tried replicas that have failed this request
   * @return empty if every replica was tried
   */
  public Optional<Replica> choose(long picture, Set<Replica> tried) {
    for (int rank = 0; rank < RANKS; rank++) {
      List<Replica> candidates = untried(rank, tried);
      if (!candidates.isEmpty()) {
        return Optional.of(choose(candidates, picture));
      }
    }
    return Optional.empty();
  }

  /** Whether a replica that was not tried is known to answer. */
  public boolean isAnotherAnswering(Set<Replica> tried) {
    return all.stream()
        .anyMatch(replica -> replica.state() != Replica.State.SILENT && !tried.contains(replica));
  }

  private Replica choose(List<Replica> candidates, long picture) {
    long now = nanos.getAsLong();
    long least = candidates.stream().mapToLong(replica -> replica.load(now)).min().orElse(0);
    if (picture == 0) {
      List<Replica> equals = within(candidates, replica -> replica.load(now) <= least);
      return equals.get(Math.floorMod(turns.getAndIncrement(), equals.size()));
    }
    List<Replica> close = within(candidates, replica -> replica.load(now) <= least + affinitySlack);
    Replica chosen = knowing(close, picture);
    pictures.put(picture, chosen);
    return chosen;
  }

  private List<Replica> untried(int rank, Set<Replica> tried) {
    return all.stream()
        .filter(replica -> replica.rank() == rank && !tried.contains(replica))
        .toList();
  }

  /** Those that fit; loads change meanwhile, so that none may: then all. */
  private static List<Replica> within(List<Replica> candidates, Predicate<Replica> fits) {
    List<Replica> fitting = candidates.stream().filter(fits).toList();
    return fitting.isEmpty() ? candidates : fitting;
  }

  private Replica knowing(List<Replica> close, long picture) {
    @Nullable Replica seen = pictures.getIfPresent(picture);
    return seen != null && close.contains(seen)
        ? seen
        : close.stream()
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

package org.omnimamba.gateway.pictures;

import java.time.Clock;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Pictures in this process, in the order in which they came, which is that of their expiry. */
final class MemoryPictures implements PictureStore {
  private final PictureProperties limits;
  private final Clock clock;
  private final Map<String, Kept> pictures = new LinkedHashMap<>();

  MemoryPictures(PictureProperties limits, Clock clock) {
    this.limits = limits;
    this.clock = clock;
  }

  private record Kept(String tenant, Picture picture, Instant expires) {}

  @Override
  public Mono<Void> put(String id, String tenant, Picture picture, Instant expires) {
    return Mono.fromRunnable(() -> keep(id, new Kept(tenant, picture, expires)));
  }

  private synchronized void keep(String id, Kept kept) {
    Instant now = clock.instant();
    pictures.values().removeIf(one -> !one.expires().isAfter(now));
    pictures.put(id, kept);
    shrink(one -> one.tenant().equals(kept.tenant()), limits.perTenant().toBytes());
    shrink(one -> true, limits.memory().toBytes());
  }

  /** Removes the oldest of {@code which} until they are small enough; the newest always stays. */
  private void shrink(Predicate<Kept> which, long bytes) {
    long left =
        pictures.values().stream().filter(which).mapToLong(one -> one.picture().size()).sum();
    Iterator<Kept> oldest = pictures.values().iterator();
    while (left > bytes && oldest.hasNext()) {
      Kept one = oldest.next();
      if (oldest.hasNext() && which.test(one)) {
        left -= one.picture().size();
        oldest.remove();
      }
    }
  }

  @Override
  public Mono<Picture> find(String id) {
    return Mono.fromSupplier(() -> get(id));
  }

  private synchronized @Nullable Picture get(String id) {
    @Nullable Kept kept = pictures.get(id);
    return kept == null || !kept.expires().isAfter(clock.instant()) ? null : kept.picture();
  }
}

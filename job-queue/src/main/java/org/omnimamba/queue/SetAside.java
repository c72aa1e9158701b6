package org.omnimamba.queue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/**
 * Jobs whose end could not be written because their terminal hook failed. Each is left alone for a
 * while, longer after each failure, so that it cannot hold up the others.
 */
final class SetAside {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** Beyond these the oldest are forgotten, and tried again that much sooner. */
  private static final int MOST = 1000;

  private final Map<UUID, Entry> entries = new LinkedHashMap<>();
  private final Scheduler clock;

  SetAside(Scheduler clock) {
    this.clock = clock;
  }

  private record Entry(long untilNanos, Duration pause) {}

  synchronized void failed(UUID id) {
    Entry before = entries.remove(id);
    Duration pause = before == null ? FIRST : before.pause().multipliedBy(2);
    if (pause.compareTo(LONGEST) > 0) {
      pause = LONGEST;
    }
    entries.put(id, new Entry(now() + pause.toNanos(), pause));
    if (entries.size() > MOST) {
      entries.remove(entries.keySet().iterator().next());
    }
  }

  synchronized void succeeded(UUID id) {
    entries.remove(id);
  }

  /** Those that are to be left alone at this moment. */
  synchronized UUID[] current() {
    long now = now();
    // whose time was over long ago has ended otherwise, or was deleted
    entries.values().removeIf(entry -> now - entry.untilNanos() > LONGEST.toNanos());
    return entries.entrySet().stream()
        .filter(entry -> entry.getValue().untilNanos() - now > 0)
        .map(Map.Entry::getKey)
        .toArray(UUID[]::new);
  }

  synchronized int size() {
    return entries.size();
  }

  private long now() {
    return clock.now(TimeUnit.NANOSECONDS);
  }
}

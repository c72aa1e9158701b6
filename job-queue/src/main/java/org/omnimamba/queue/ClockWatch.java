package org.omnimamba.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Notices that the database's clock was set back, by what passes between two looks on the monotonic
 * clock of this process, and puts right what jobs would suffer from it.
 */
final class ClockWatch {
  private static final Logger log = LoggerFactory.getLogger(ClockWatch.class);

  /** Less is not told from the time that answers take. */
  private static final Duration TOLERANCE = Duration.ofSeconds(1);

  private final Db db;
  private final Duration lease;
  private final Scheduler scheduler;
  private volatile @Nullable Look last;

  ClockWatch(Db db, Duration lease, Scheduler scheduler) {
    this.db = db;
    this.lease = lease;
    this.scheduler = scheduler;
  }

  /** The database's clock, and this process's before it was asked. */
  private record Look(Instant at, long nanos) {}

  /** Looks at the clock; the first look, which has nothing to compare with, mends in any case. */
  Mono<Void> mendIfSetBack() {
    return Mono.defer(
        () -> {
          long nanos = scheduler.now(TimeUnit.NANOSECONDS);
          return db.query(row -> JobRow.get(row, "at", Instant.class), MaintenanceSql.NOW)
              .next()
              .flatMap(at -> mendAfter(last, new Look(at, nanos)));
        });
  }

  private Mono<Void> mendAfter(@Nullable Look before, Look now) {
    Duration passed =
        before == null ? Duration.ZERO : Duration.ofNanos(now.nanos() - before.nanos());
    if (before != null && now.at().plus(TOLERANCE).isAfter(before.at().plus(passed))) {
      last = now;
      return Mono.empty();
    }
    return db.update(MaintenanceSql.MEND_CLOCK, passed.toMillis(), lease.toMillis())
        .doOnNext(
            jobs -> {
              last = now;
              if (jobs > 0) {
                log.warn("the database's clock was set back; {} jobs got new ranks", jobs);
              }
            })
        .then();
  }
}

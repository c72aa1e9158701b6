package org.omnimamba.jobs.queue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.web.database.DatabaseGate;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Keeps the figures of the whole queue at hand. Each replica asks once in an interval; the database
 * counts for the first that asks and gives the others what was counted, so that replicas cost one
 * count and all tell the same.
 */
@Component
class DepthWatch implements InitializingBean, DisposableBean {
  /** After so many intervals without an answer nothing is known any more. */
  private static final int INTERVALS_KEPT = 4;

  private final DatabaseClient database;
  private final JobJson json;
  private final Duration interval;
  private final DatabaseGate gate;
  private final Disposable.Swap running = Disposables.swap();
  private volatile @Nullable Counted latest;

  DepthWatch(DatabaseClient database, JobJson json, JobsProperties properties, DatabaseGate gate) {
    this.database = database;
    this.json = json;
    this.interval = properties.queue().depthInterval();
    this.gate = gate;
  }

  /** What was counted, and when, by this process's monotonic clock. */
  private record Counted(Depths depths, long nanos) {}

  @Override
  public void afterPropertiesSet() {
    gate.whenOpen(
        () ->
            running.update(
                ask().onErrorComplete().then(Mono.delay(interval)).repeat().subscribe()));
  }

  @Override
  public void destroy() {
    running.dispose();
  }

  /** The latest figures; null when there are none, or none that are recent. */
  @Nullable Depths depths() {
    Counted counted = latest;
    return counted == null || age(counted).compareTo(interval.multipliedBy(INTERVALS_KEPT)) > 0
        ? null
        : counted.depths();
  }

  /** How old the latest figures are, in seconds; not a number when there are none. */
  double ageSeconds() {
    Counted counted = latest;
    return counted == null ? Double.NaN : age(counted).toMillis() / 1000.0;
  }

  private static Duration age(Counted counted) {
    return Duration.ofNanos(System.nanoTime() - counted.nanos());
  }

  private Mono<Void> ask() {
    return database
        .sql("SELECT age_seconds, figures FROM job_depth_within(:seconds)")
        .bind("seconds", interval.toMillis() / 1000.0)
        .map(
            row ->
                new Counted(
                    depths(Objects.requireNonNull(row.get("figures", String.class))),
                    System.nanoTime()
                        - (long)
                            (Objects.requireNonNull(row.get("age_seconds", Double.class)) * 1e9)))
        .one()
        .timeout(interval.multipliedBy(2))
        .doOnNext(counted -> latest = counted)
        .then();
  }

  private Depths depths(String text) {
    JsonNode figures = json.tree(text);
    Map<String, Depths.OfKind> kinds = new HashMap<>();
    for (JsonNode kind : figures.path("kinds")) {
      kinds.put(
          kind.path("kind").stringValue(),
          new Depths.OfKind(
              kind.path("waiting").asLong(),
              kind.path("delayed").asLong(),
              kind.path("running").asLong(),
              kind.path("oldest_seconds").asDouble(),
              kind.path("dead").asLong()));
    }
    return new Depths(kinds, figures.path("webhooks_pending").asLong());
  }
}

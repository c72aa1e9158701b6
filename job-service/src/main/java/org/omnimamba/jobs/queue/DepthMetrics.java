package org.omnimamba.jobs.queue;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import org.omnimamba.jobs.job.JobKinds;
import org.springframework.stereotype.Component;

/**
 * What waits and runs in the whole platform, as meters. Every replica tells the same, so take the
 * maximum over replicas and not the sum; not a number means that the database does not answer.
 */
@Component
class DepthMetrics implements MeterBinder {
  private final DepthWatch watch;

  DepthMetrics(DepthWatch watch) {
    this.watch = watch;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (String kind : JobKinds.ALL) {
      ofKind(registry, "waiting", kind, Depths.OfKind::waiting, "Jobs that could begin at once");
      ofKind(registry, "delayed", kind, Depths.OfKind::delayed, "Jobs that wait for their time");
      ofKind(registry, "running", kind, Depths.OfKind::running, "Jobs held by workers");
      ofKind(registry, "dead", kind, Depths.OfKind::dead, "Jobs kept that failed or expired");
      Gauge.builder("omnimamba.queue.oldest", () -> value(d -> d.of(kind).oldestSeconds()))
          .description("How long the first job that waits could have begun")
          .baseUnit("seconds")
          .tag("kind", kind)
          .register(registry);
    }
    Gauge.builder("omnimamba.webhooks.pending", () -> value(Depths::webhooksPending))
        .description("Deliveries that have neither arrived nor been given up")
        .register(registry);
    Gauge.builder("omnimamba.queue.depth.age", watch, DepthWatch::ageSeconds)
        .description("How old the figures of the queue's depth are")
        .baseUnit("seconds")
        .register(registry);
  }

  private void ofKind(
      MeterRegistry registry,
      String name,
      String kind,
      ToDoubleFunction<Depths.OfKind> figure,
      String description) {
    Gauge.builder("omnimamba.queue." + name, () -> value(d -> figure.applyAsDouble(d.of(kind))))
        .description(description)
        .tag("kind", kind)
        .register(registry);
  }

  private double value(ToDoubleFunction<Depths> figure) {
    Depths depths = watch.depths();
    return depths == null ? Double.NaN : figure.applyAsDouble(depths);
  }
}

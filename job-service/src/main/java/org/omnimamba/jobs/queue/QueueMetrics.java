package org.omnimamba.jobs.queue;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.QueueMaintenance;
import org.omnimamba.queue.worker.WorkerStats;
import org.springframework.stereotype.Component;

/** What this process does for the queue, as meters. */
@Component
class QueueMetrics implements MeterBinder {
  private static final Map<String, ToLongFunction<WorkerStats>> ENDS =
      Map.of(
          "completed", WorkerStats::completed,
          "retried", WorkerStats::retried,
          "failed", WorkerStats::failed,
          "cancelled", WorkerStats::cancelled,
          "expired", WorkerStats::expired,
          "released", WorkerStats::released,
          "lost", WorkerStats::lost);

  private final QueueListener listener;
  private final QueueMaintenance maintenance;
  private final List<WorkerLifecycle> workers;

  QueueMetrics(
      QueueListener listener, QueueMaintenance maintenance, List<WorkerLifecycle> workers) {
    this.listener = listener;
    this.maintenance = maintenance;
    this.workers = workers;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder(
            "omnimamba.queue.listener.reconnects", listener, QueueListener::reconnects)
        .description("How often the connection that brings hints had to be made again")
        .register(registry);
    FunctionCounter.builder(
            "omnimamba.queue.hook.failures", maintenance, m -> m.stats().hookFailures())
        .description("How often the end of a job was not written because its hook failed")
        .register(registry);
    Gauge.builder("omnimamba.queue.set.aside", maintenance, m -> m.stats().setAside())
        .description("Jobs whose end this process could not write and tries again later")
        .register(registry);
    for (WorkerLifecycle worker : workers) {
      Gauge.builder("omnimamba.queue.held", worker, WorkerLifecycle::held)
          .description("Jobs this process holds")
          .tag("kind", worker.kind())
          .register(registry);
      ENDS.forEach(
          (end, count) ->
              FunctionCounter.builder(
                      "omnimamba.queue.attempts", worker, w -> count.applyAsLong(w.stats()))
                  .description("Attempts of this process by how they ended")
                  .tag("kind", worker.kind())
                  .tag("end", end)
                  .register(registry));
    }
  }
}

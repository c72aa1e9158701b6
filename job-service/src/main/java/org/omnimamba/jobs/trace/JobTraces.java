package org.omnimamba.jobs.trace;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** Writes where a trace is into a job, and goes on from there when the job runs. */
@Component
public class JobTraces {
  private static final String TRACEPARENT = "traceparent";

  private final ObservationRegistry registry;

  JobTraces(ObservationRegistry registry) {
    this.registry = registry;
  }

  /** What a job has to carry; empty if nothing is traced. */
  public Mono<Optional<String>> submitted() {
    return Mono.deferContextual(
        context -> {
          Map<String, String> carrier = new HashMap<>();
          SenderContext<Map<String, String>> sending =
              new SenderContext<>(
                  (map, name, value) -> {
                    if (map != null) {
                      map.put(name, value);
                    }
                  },
                  Kind.PRODUCER);
          sending.setCarrier(carrier);
          Observation submission =
              Observation.createNotStarted("omnimamba.jobs.submission", () -> sending, registry)
                  .contextualName("submit job")
                  .parentObservation(current(context));
          submission.start();
          submission.stop();
          return Mono.just(Optional.ofNullable(carrier.get(TRACEPARENT)));
        });
  }

  /**
   * An attempt as part of the trace that its job carries.
   *
   * @param traceparent what {@link #submitted} gave, or null to begin a trace
   */
  public <T> Mono<T> attempt(@Nullable String traceparent, Mono<T> work) {
    return Mono.defer(
        () -> {
          Map<String, String> carrier =
              traceparent == null ? Map.of() : Map.of(TRACEPARENT, traceparent);
          ReceiverContext<Map<String, String>> receiving =
              new ReceiverContext<>(Map::get, Kind.CONSUMER);
          receiving.setCarrier(carrier);
          Observation attempt =
              Observation.start("omnimamba.jobs.attempt", () -> receiving, registry)
                  .contextualName("attempt job");
          return work.doOnError(attempt::error)
              .doFinally(end -> attempt.stop())
              .contextWrite(context -> context.put(ObservationThreadLocalAccessor.KEY, attempt));
        });
  }

  private static @Nullable Observation current(ContextView context) {
    return context.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
  }
}

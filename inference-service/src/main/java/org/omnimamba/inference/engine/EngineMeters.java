package org.omnimamba.inference.engine;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.FinishReason;

/**
 * What the engine tells about itself, with the meanings people know from vLLM. Names as Prometheus
 * shows them: {@code omnimamba_requests_running}, {@code omnimamba_requests_waiting}, {@code
 * omnimamba_slots_in_use}, {@code omnimamba_request_queue_time_seconds}, {@code
 * omnimamba_time_to_first_token_seconds}, {@code omnimamba_inter_token_latency_seconds}, {@code
 * omnimamba_e2e_request_latency_seconds}, {@code omnimamba_prompt_tokens_total}, {@code
 * omnimamba_prompt_tokens_cached_total}, {@code omnimamba_picture_lookups_total}, {@code
 * omnimamba_picture_states}, {@code omnimamba_picture_host_bytes}, {@code
 * omnimamba_generation_tokens_total}, {@code omnimamba_images_total}, {@code
 * omnimamba_request_success_total}, {@code omnimamba_request_failure_total}, {@code
 * omnimamba_request_rejected_total}, {@code omnimamba_device_time_seconds}.
 */
public final class EngineMeters {
  private static final Duration[] TOKEN_BUCKETS = {
    Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(5), Duration.ofMillis(10),
    Duration.ofMillis(25), Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250),
    Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMillis(2500)
  };
  private static final Duration[] REQUEST_BUCKETS = {
    Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(25), Duration.ofMillis(50),
    Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1),
    Duration.ofMillis(2500), Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30),
    Duration.ofSeconds(60), Duration.ofSeconds(120)
  };

  private final MeterRegistry registry;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger slotsInUse = new AtomicInteger();
  private final AtomicInteger slots = new AtomicInteger();
  private final AtomicInteger pictureStates = new AtomicInteger();
  private final AtomicLong pictureHostBytes = new AtomicLong();
  private final Timer queueTime;
  private final Timer timeToFirstToken;
  private final Timer interTokenLatency;
  private final Timer requestLatency;
  private final Counter promptTokens;
  private final Counter cachedTokens;
  private final Counter images;

  /** By task; kept, because a look-up for each token takes longer than the rest of its count. */
  private final List<Counter> generated;

  public EngineMeters(MeterRegistry registry) {
    this.registry = registry;
    gauge("omnimamba.requests.running", "Sequences that take part in decode steps", running);
    gauge("omnimamba.requests.waiting", "Sequences that wait for a slot", waiting);
    gauge("omnimamba.slots.in.use", "State slots that are taken", slotsInUse);
    gauge("omnimamba.slots", "State slots there are", slots);
    gauge("omnimamba.picture.states", "States after pictures, kept on the device", pictureStates);
    gauge(
        "omnimamba.picture.host.bytes",
        "Host memory that states after pictures take",
        pictureHostBytes);
    queueTime =
        timer("omnimamba.request.queue.time", "Time from submission to a slot", REQUEST_BUCKETS);
    timeToFirstToken =
        timer(
            "omnimamba.time.to.first.token",
            "Time from submission to the first token",
            REQUEST_BUCKETS);
    interTokenLatency =
        timer(
            "omnimamba.inter.token.latency",
            "Time between two tokens of a sequence",
            TOKEN_BUCKETS);
    requestLatency =
        timer("omnimamba.e2e.request.latency", "Time from submission to the end", REQUEST_BUCKETS);
    for (EngineException.Reason reason : EngineException.Reason.values()) {
      // There from the start: a rate needs a value before the first failure.
      failures(reason);
      rejections(reason);
    }
    promptTokens =
        Counter.builder("omnimamba.prompt.tokens")
            .description("Prompt positions fed into the model")
            .register(registry);
    cachedTokens =
        Counter.builder("omnimamba.prompt.tokens.cached")
            .description("Prompt positions skipped, because the state after them was kept")
            .register(registry);
    images = Counter.builder("omnimamba.images").description("Pictures drawn").register(registry);
    generated =
        Arrays.stream(Task.values())
            .map(task -> registry.counter("omnimamba.generation.tokens", "task", task.key()))
            .toList();
  }

  private void gauge(String name, String description, Number value) {
    Gauge.builder(name, value, Number::doubleValue).description(description).register(registry);
  }

  private Timer timer(String name, String description, Duration[] buckets) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(buckets)
        .register(registry);
  }

  void slots(int count) {
    slots.set(count);
  }

  void load(int runningSequences, int waitingSequences, int slotsTaken) {
    running.set(runningSequences);
    waiting.set(waitingSequences);
    slotsInUse.set(slotsTaken);
  }

  int slotsInUse() {
    return slotsInUse.get();
  }

  int running() {
    return running.get();
  }

  int waiting() {
    return waiting.get();
  }

  void queueTime(long nanos) {
    queueTime.record(nanos, TimeUnit.NANOSECONDS);
  }

  void firstToken(long nanos) {
    timeToFirstToken.record(nanos, TimeUnit.NANOSECONDS);
  }

  void interToken(long nanos) {
    interTokenLatency.record(nanos, TimeUnit.NANOSECONDS);
  }

  void requestCompleted(long nanos) {
    requestLatency.record(nanos, TimeUnit.NANOSECONDS);
  }

  void promptTokens(int count) {
    promptTokens.increment(count);
  }

  void cachedTokens(int count) {
    cachedTokens.increment(count);
  }

  /** Where the state after a prompt's picture was looked for and found. */
  void pictureLookup(PictureStates.Found found) {
    String result = found == PictureStates.Found.NOWHERE ? "miss" : lower(found);
    registry.counter("omnimamba.picture.lookups", "result", result).increment();
  }

  void pictureStates(int onDevice, long hostBytes) {
    pictureStates.set(onDevice);
    pictureHostBytes.set(hostBytes);
  }

  void generatedToken(Task task) {
    generated.get(task.ordinal()).increment();
  }

  void image() {
    images.increment();
  }

  void finished(FinishReason reason) {
    registry.counter("omnimamba.request.success", "finished_reason", lower(reason)).increment();
  }

  void failed(EngineException.Reason reason) {
    failures(reason).increment();
  }

  void rejected(EngineException.Reason reason) {
    rejections(reason).increment();
  }

  private Counter failures(EngineException.Reason reason) {
    return registry.counter("omnimamba.request.failure", "reason", lower(reason));
  }

  private Counter rejections(EngineException.Reason reason) {
    return registry.counter("omnimamba.request.rejected", "reason", lower(reason));
  }

  void deviceTime(String phase, long nanos) {
    registry.timer("omnimamba.device.time", "phase", phase).record(nanos, TimeUnit.NANOSECONDS);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}

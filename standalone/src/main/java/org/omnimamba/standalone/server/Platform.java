package org.omnimamba.standalone.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.GatewayServiceApplication;
import org.omnimamba.inference.InferenceServiceApplication;
import org.omnimamba.jobs.JobServiceApplication;
import org.omnimamba.jobs.queue.WorkerLifecycle;
import org.omnimamba.standalone.OmniMambaHome;
import org.omnimamba.web.shutdown.ServiceStop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running platform: database, inference, jobs and gateway, started in this order and stopped in
 * the opposite one, so that the job workers hand back what they cannot finish while the database
 * still runs.
 */
public final class Platform implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Platform.class);

  /** Shorter than that of services by themselves: a person waits who pressed Ctrl-C. */
  private static final String GRACE = "20s";

  private static final String LOOPBACK = "127.0.0.1";

  private final OmniMambaHome home;
  private final StandaloneOptions options;
  private final LaptopKeys keys;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private boolean closed;
  private volatile @Nullable ServiceContext inference;
  private volatile @Nullable ServiceContext jobs;
  private volatile @Nullable ServiceContext gateway;

  private Platform(OmniMambaHome home, StandaloneOptions options) throws IOException {
    this.home = home;
    this.options = options;
    this.keys = LaptopKeys.load(home);
  }

  /** A platform that does not run yet; it may be closed at any time, also while it starts. */
  public static Platform create(OmniMambaHome home, StandaloneOptions options) throws IOException {
    return new Platform(home, options);
  }

  /**
   * Starts everything and returns when the gateway's port is open; the model may still be loading.
   *
   * @throws IOException if the database does not start
   * @throws RuntimeException if a service does not start; nothing is left running
   */
  public static Platform start(OmniMambaHome home, StandaloneOptions options) throws IOException {
    Platform platform = create(home, options);
    platform.start();
    return platform;
  }

  /** As {@link #start(OmniMambaHome, StandaloneOptions)}. */
  public void start() throws IOException {
    start(step -> {});
  }

  /**
   * As {@link #start(OmniMambaHome, StandaloneOptions)}.
   *
   * @param steps is told what is being started
   */
  public void start(Consumer<String> steps) throws IOException {
    boolean started = false;
    try {
      steps.accept("the database");
      EmbeddedDatabase database = own(EmbeddedDatabase.in(home));
      database.start();

      steps.accept("the services");
      Map<String, Object> inferenceSettings = settings(StandaloneOptions.INFERENCE);
      inferenceSettings.put("omnimamba.inference.model", options.model().toString());
      ServiceContext engine =
          own(
              ServiceContext.start(
                  ServiceNameConverter.INFERENCE,
                  InferenceServiceApplication.builder(),
                  LOOPBACK,
                  0,
                  inferenceSettings));
      inference = engine;

      Map<String, Object> jobSettings = settings(StandaloneOptions.JOBS);
      jobSettings.putAll(database.connectionProperties());
      jobSettings.put("omnimamba.jobs.inference-url", engine.url());
      jobSettings.put("omnimamba.jobs.webhooks.secret-key", keys.webhookKey());
      if (options.port() != 0) {
        jobSettings.putIfAbsent(
            "omnimamba.jobs.public-url", "http://" + LOOPBACK + ":" + options.port());
      }
      ServiceContext queue =
          own(
              ServiceContext.start(
                  ServiceNameConverter.JOBS,
                  JobServiceApplication.builder(),
                  LOOPBACK,
                  0,
                  jobSettings));
      jobs = queue;

      Map<String, Object> gatewaySettings = settings(StandaloneOptions.GATEWAY);
      gatewaySettings.putAll(database.connectionProperties());
      gatewaySettings.put("omnimamba.gateway.inference-urls", engine.url());
      gatewaySettings.put("omnimamba.gateway.jobs-url", queue.url());
      gatewaySettings.put("omnimamba.gateway.api-key", keys.apiKey());
      ServiceContext edge =
          own(
              ServiceContext.start(
                  ServiceNameConverter.GATEWAY,
                  GatewayServiceApplication.builder(),
                  options.address(),
                  options.port(),
                  gatewaySettings));
      gateway = edge;
      database.watch(edge::acceptTraffic);
      started = true;
    } finally {
      if (!started) {
        close();
      }
    }
  }

  private Map<String, Object> settings(String service) {
    Map<String, Object> settings = options.propertiesOf(service);
    settings.put("omnimamba.internal-token", keys.internalToken());
    settings.putIfAbsent("omnimamba.shutdown.grace", GRACE);
    return settings;
  }

  private <T extends AutoCloseable> T own(T part) {
    synchronized (parts) {
      if (!closed) {
        parts.push(part);
        return part;
      }
    }
    stop(part);
    throw new IllegalStateException("stopped while starting");
  }

  private static ServiceContext started(@Nullable ServiceContext service) {
    return Objects.requireNonNull(service, "the platform has not started");
  }

  /** The gateway's port on this machine. */
  public int port() {
    return started(gateway).port();
  }

  /** Where the gateway answers on this machine, without a slash at the end. */
  public String url() {
    return started(gateway).url();
  }

  /**
   * Where inference-service listens, behind the gateway; it refuses who lacks the internal token.
   */
  public String inferenceUrl() {
    return started(inference).url();
  }

  /** The address at which inference tells whether it is ready. */
  public String inferenceReadinessUrl() {
    return "http://"
        + LOOPBACK
        + ":"
        + started(inference).managementPort()
        + "/actuator/health/readiness";
  }

  /** What inference does until it is ready, in a few words. */
  public String progress() {
    MeterRegistry meters = started(inference).meters();
    Gauge loaded = meters.find("omnimamba.start.seconds").tag("phase", "load").gauge();
    if (loaded == null || Double.isNaN(loaded.value())) {
      return "loading the model";
    }
    int compiled = meters.find("omnimamba.function.compile.seconds").gauges().size();
    return compiled == 0 ? "preparing the model" : "compiling, " + compiled + " functions done";
  }

  /** Where the gateway's metrics are; clients do not reach it through the gateway's own port. */
  public String metricsUrl() {
    return metricsOf(started(gateway));
  }

  /** Where the metrics of each service are. */
  List<String> allMetricsUrls() {
    return Stream.of(inference, jobs, gateway)
        .map(Platform::started)
        .map(Platform::metricsOf)
        .toList();
  }

  private static String metricsOf(ServiceContext service) {
    return "http://" + LOOPBACK + ":" + service.managementPort() + "/actuator/prometheus";
  }

  public LaptopKeys keys() {
    return keys;
  }

  /**
   * Stops all parts, the last started first; one that fails to stop does not keep the others.
   * Before that, no more jobs are claimed, and streams of a job's events end with their last event,
   * since the gateway would wait for them.
   */
  @Override
  public void close() {
    List<AutoCloseable> open;
    synchronized (parts) {
      closed = true;
      open = new ArrayList<>(parts);
      parts.clear();
    }
    ServiceContext queue = jobs;
    if (queue != null && open.contains(queue)) {
      stop(() -> stopTakingWork(queue));
    }
    open.forEach(Platform::stop);
  }

  private static void stopTakingWork(ServiceContext queue) {
    queue.beans(WorkerLifecycle.class).forEach(WorkerLifecycle::stop);
    queue.beans(ServiceStop.class).forEach(ServiceStop::stop);
  }

  private static void stop(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      log.warn("{} did not stop cleanly: {}", part.getClass().getSimpleName(), e.toString());
    }
  }
}

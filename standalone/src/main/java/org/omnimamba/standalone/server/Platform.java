package org.omnimamba.standalone.server;

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
import org.omnimamba.standalone.engines.EngineCounts;
import org.omnimamba.standalone.engines.EngineFleet;
import org.omnimamba.web.shutdown.ServiceStop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;

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
  private static final String METRICS = "/actuator/prometheus";
  private static final String DEVICE = "omnimamba.inference.runtime.device";
  private static final String READINESS = "management.endpoint.health.group.readiness.";

  private final OmniMambaHome home;
  private final StandaloneOptions options;
  private final LaptopKeys keys;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private boolean closed;

  /** The engine in this process, or null if there are several. */
  private volatile @Nullable ServiceContext inference;

  /** The engines in processes of their own, or null. */
  private volatile @Nullable EngineFleet fleet;

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
      List<String> engines = startInference();

      Map<String, Object> jobSettings = settings(StandaloneOptions.JOBS);
      jobSettings.putAll(database.connectionProperties());
      jobSettings.put("omnimamba.jobs.inference-url", engines.get(0));
      if (engines.size() > 1) {
        jobSettings.putIfAbsent("omnimamba.jobs.inference-urls", String.join(",", engines));
      }
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
      gatewaySettings.put("omnimamba.gateway.inference-urls", String.join(",", engines));
      gatewaySettings.put("omnimamba.gateway.jobs-url", queue.url());
      gatewaySettings.put("omnimamba.gateway.api-key", keys.apiKey());
      ServiceContext edge =
          own(
              ServiceContext.start(
                  ServiceNameConverter.GATEWAY,
                  gatewayApplication(gatewaySettings),
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

  /** Returns where inference listens, behind the gateway. */
  private List<String> startInference() throws IOException {
    Map<String, Object> settings = settings(StandaloneOptions.INFERENCE);
    settings.put("omnimamba.inference.model", options.model().toString());
    if (options.engines().isEmpty()) {
      ServiceContext engine =
          own(
              ServiceContext.start(
                  ServiceNameConverter.INFERENCE,
                  InferenceServiceApplication.builder(),
                  LOOPBACK,
                  0,
                  settings));
      inference = engine;
    } else {
      settings.put(DEVICE, options.engines().get(0).isGpu() ? "GPU" : "CPU");
      own(ServiceContext.log(settings));
      EngineFleet several = own(new EngineFleet(options.engines(), EngineMain.class, settings));
      fleet = several;
      several.start();
    }
    return inferenceUrls();
  }

  /** With several engines, readiness says how many there are. */
  private SpringApplicationBuilder gatewayApplication(Map<String, Object> settings) {
    SpringApplicationBuilder builder = GatewayServiceApplication.builder();
    EngineFleet several = fleet;
    if (several != null) {
      settings.putIfAbsent(READINESS + "include", "readinessState,engines");
      settings.putIfAbsent(READINESS + "show-details", "always");
      builder.initializers(
          context ->
              context
                  .getBeanFactory()
                  .registerSingleton("enginesHealthIndicator", new EnginesHealth(several)));
    }
    return builder;
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
   * Where inference-service listens, behind the gateway, at one address for each engine; it refuses
   * who lacks the internal token.
   */
  public List<String> inferenceUrls() {
    EngineFleet several = fleet;
    return several == null ? List.of(started(inference).url()) : several.urls();
  }

  /** The address at which inference, or of several engines one at least, tells that it is ready. */
  public String inferenceReadinessUrl() {
    return fleet != null
        ? url() + "/readyz"
        : "http://"
            + LOOPBACK
            + ":"
            + started(inference).managementPort()
            + "/actuator/health/readiness";
  }

  /** How many engines in processes of their own there are; null if the only one is in this one. */
  public @Nullable EngineCounts engines() {
    EngineFleet several = fleet;
    return several == null ? null : several.counts();
  }

  /** What inference does until it is ready, in a few words. */
  public String progress() {
    EngineFleet several = fleet;
    return several == null ? StartProgress.of(started(inference).meters()) : several.progress();
  }

  /** Where the gateway's metrics are; clients do not reach it through the gateway's own port. */
  public String metricsUrl() {
    return metricsOf(started(gateway));
  }

  /** Where the metrics of each service are. */
  List<String> allMetricsUrls() {
    EngineFleet several = fleet;
    Stream<String> engines =
        several == null
            ? Stream.of(metricsOf(started(inference)))
            : several.managementUrls().stream().map(url -> url + METRICS);
    return Stream.concat(
            engines, Stream.of(jobs, gateway).map(Platform::started).map(Platform::metricsOf))
        .toList();
  }

  private static String metricsOf(ServiceContext service) {
    return "http://" + LOOPBACK + ":" + service.managementPort() + METRICS;
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

package org.omnimamba.standalone.server;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.omnimamba.gateway.GatewayServiceApplication;
import org.omnimamba.inference.InferenceServiceApplication;
import org.omnimamba.jobs.JobServiceApplication;
import org.omnimamba.standalone.OmniMambaHome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running platform: database, inference, jobs and gateway, started in this order and stopped in
 * the opposite one, so that the job workers hand back what they cannot finish while the database
 * still runs.
 */
public final class Platform implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Platform.class);
  private static final String LOOPBACK = "127.0.0.1";

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final ServiceContext inference;
  private final ServiceContext jobs;
  private final ServiceContext gateway;
  private final LaptopKeys keys;

  private Platform(OmniMambaHome home, StandaloneOptions options) throws IOException {
    boolean started = false;
    try {
      this.keys = LaptopKeys.load(home);
      EmbeddedDatabase database = own(EmbeddedDatabase.start(home));

      Map<String, Object> inferenceSettings = settings(options, StandaloneOptions.INFERENCE);
      inferenceSettings.put("omnimamba.inference.model", options.model().toString());
      this.inference =
          own(
              ServiceContext.start(
                  InferenceServiceApplication.builder(), LOOPBACK, 0, inferenceSettings));

      Map<String, Object> jobSettings = settings(options, StandaloneOptions.JOBS);
      jobSettings.putAll(database.connectionProperties());
      jobSettings.put("omnimamba.jobs.inference-url", inference.url());
      jobSettings.put("omnimamba.jobs.webhooks.secret-key", keys.webhookKey());
      if (options.port() != 0) {
        jobSettings.putIfAbsent(
            "omnimamba.jobs.public-url", "http://" + LOOPBACK + ":" + options.port());
      }
      this.jobs =
          own(ServiceContext.start(JobServiceApplication.builder(), LOOPBACK, 0, jobSettings));

      Map<String, Object> gatewaySettings = settings(options, StandaloneOptions.GATEWAY);
      gatewaySettings.putAll(database.connectionProperties());
      gatewaySettings.put("omnimamba.gateway.inference-urls", inference.url());
      gatewaySettings.put("omnimamba.gateway.jobs-url", jobs.url());
      gatewaySettings.put("omnimamba.gateway.api-key", keys.apiKey());
      this.gateway =
          own(
              ServiceContext.start(
                  GatewayServiceApplication.builder(),
                  options.address(),
                  options.port(),
                  gatewaySettings));
      started = true;
    } finally {
      if (!started) {
        close();
      }
    }
  }

  /**
   * Starts everything and returns when the gateway's port is open; the model may still be loading.
   *
   * @throws IOException if the database does not start
   * @throws RuntimeException if a service does not start; nothing is left running
   */
  public static Platform start(OmniMambaHome home, StandaloneOptions options) throws IOException {
    return new Platform(home, options);
  }

  private Map<String, Object> settings(StandaloneOptions options, String service) {
    Map<String, Object> settings = options.propertiesOf(service);
    settings.put("omnimamba.internal-token", keys.internalToken());
    return settings;
  }

  private <T extends AutoCloseable> T own(T part) {
    parts.push(part);
    return part;
  }

  /** The gateway's port on this machine. */
  public int port() {
    return gateway.port();
  }

  /** Where the gateway answers on this machine, without a slash at the end. */
  public String url() {
    return gateway.url();
  }

  /**
   * Where inference-service listens, behind the gateway; it refuses who lacks the internal token.
   */
  public String inferenceUrl() {
    return inference.url();
  }

  /** The address at which inference tells whether it is ready. */
  public String inferenceReadinessUrl() {
    return "http://" + LOOPBACK + ":" + inference.managementPort() + "/actuator/health/readiness";
  }

  /** Where the gateway's metrics are; clients do not reach it through the gateway's own port. */
  public String metricsUrl() {
    return "http://" + LOOPBACK + ":" + gateway.managementPort() + "/actuator/prometheus";
  }

  public LaptopKeys keys() {
    return keys;
  }

  /** Stops all parts, the last started first; one that fails to stop does not keep the others. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("{} did not stop cleanly: {}", part.getClass().getSimpleName(), e.toString());
      }
    }
  }
}

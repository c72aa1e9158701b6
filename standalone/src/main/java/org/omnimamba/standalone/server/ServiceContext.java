package org.omnimamba.standalone.server;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** One service in a Spring context of its own, listening on an address and port of our choice. */
final class ServiceContext implements AutoCloseable {
  private static final String LOG = "logging.config";
  private static final String JSON_LOG = "logging.structured.format.console";
  private static final String JSON_LOG_VARIABLE = "LOGGING_STRUCTURED_FORMAT_CONSOLE";

  private final ConfigurableApplicationContext context;

  private ServiceContext(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /**
   * Starts the service and waits until its port is open.
   *
   * @param name names the service in the log
   * @param settings win over the service's own configuration file and over the environment
   */
  static ServiceContext start(
      String name,
      SpringApplicationBuilder service,
      String address,
      int port,
      Map<String, Object> settings) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("server.address", address);
    all.put("server.port", port);
    all.put("management.server.address", "127.0.0.1");
    all.put("management.server.port", 0);
    // The platform closes its parts itself, in order.
    all.put("spring.main.register-shutdown-hook", false);
    all.put("spring.main.banner-mode", "off");
    all.putAll(settings);
    service.properties(logging(settings));
    service.initializers(
        context ->
            context
                .getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("standalone", all)));
    service.registerShutdownHook(false);
    return new ServiceContext(ServiceThreads.call(name, service::run));
  }

  /**
   * Prepares the log of this process as each service does, for what is logged before the first of
   * them starts.
   */
  static ServiceContext log(Map<String, Object> settings) {
    SpringApplicationBuilder none =
        new SpringApplicationBuilder(Nothing.class)
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .registerShutdownHook(false)
            .properties("spring.config.name=none")
            .properties(logging(settings));
    return new ServiceContext(none.run());
  }

  private static final class Nothing {}

  /** The settings of the log, which Spring reads before it asks the initializers. */
  private static Map<String, Object> logging(Map<String, Object> settings) {
    Map<String, Object> logging = new LinkedHashMap<>();
    // Spring's own layout names the service that started last in every line.
    if (System.getProperty(LOG) == null
        && !settings.containsKey(JSON_LOG)
        && System.getenv(JSON_LOG_VARIABLE) == null) {
      logging.put(LOG, "classpath:omnimamba-verbose-logback.xml");
    }
    settings.forEach(
        (name, value) -> {
          if (name.startsWith("logging.")) {
            logging.put(name, value);
          }
        });
    return logging;
  }

  MeterRegistry meters() {
    return context.getBean(MeterRegistry.class);
  }

  int port() {
    return property("local.server.port");
  }

  int managementPort() {
    return property("local.management.port");
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  /** Says on {@code /readyz} whether requests may come. */
  void acceptTraffic(boolean accept) {
    AvailabilityChangeEvent.publish(
        context, accept ? ReadinessState.ACCEPTING_TRAFFIC : ReadinessState.REFUSING_TRAFFIC);
  }

  /** The service's beans of a type. */
  <T> Collection<T> beans(Class<T> type) {
    return context.getBeansOfType(type).values();
  }

  private int property(String name) {
    return context.getEnvironment().getRequiredProperty(name, Integer.class);
  }

  @Override
  public void close() {
    context.close();
  }
}

package org.omnimamba.standalone.server;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.standalone.engines.EngineLog;

/**
 * Writes in each line of the log which service it is of, {@code [omnimamba]} where it is of none:
 * by the logger where that belongs to one service, else by the thread. What an engine in a process
 * of its own has logged has its number too.
 */
public final class ServiceNameConverter extends ClassicConverter {
  static final String GATEWAY = "gateway-service";
  static final String INFERENCE = "inference-service";
  static final String JOBS = "job-service";

  private static final String PLATFORM = "omnimamba";

  /** The packages that only one service uses. */
  private static final Map<String, String> PACKAGES =
      Map.of(
          "org.omnimamba.gateway.", GATEWAY,
          "org.omnimamba.inference.", INFERENCE,
          "org.omnimamba.model.", INFERENCE,
          "org.omnimamba.jobs.", JOBS,
          "org.omnimamba.queue.", JOBS,
          "org.omnimamba.standalone.", PLATFORM);

  @Override
  public String convert(ILoggingEvent event) {
    String engine = event.getMDCPropertyMap().get(EngineLog.KEY);
    if (engine != null) {
      return "[" + INFERENCE + " " + engine + "] ";
    }
    String service = ofLogger(event.getLoggerName());
    if (service == null) {
      service = ServiceThreads.service();
    }
    return "[" + (service == null ? PLATFORM : service) + "] ";
  }

  private static @Nullable String ofLogger(String logger) {
    return PACKAGES.entrySet().stream()
        .filter(entry -> logger.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }
}

package org.omnimamba.standalone.engines;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;

/**
 * Puts what an engine's process logs into the log of this one, as if it had been logged here, with
 * the device's number as {@value #KEY}. What the engine's own levels let through is written.
 */
public final class EngineLog {
  /** In the event's MDC. */
  public static final String KEY = "engine";

  private static final org.slf4j.Logger log = LoggerFactory.getLogger(EngineLog.class);

  private final String number;

  EngineLog(EngineDevice device) {
    this.number = Integer.toString(device.number());
  }

  /** An event as {@link ch.qos.logback.classic.encoder.JsonEncoder} writes it. */
  void event(JsonNode told) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger logger = context.getLogger(told.path("loggerName").asString(Logger.ROOT_LOGGER_NAME));
    LoggingEvent event = new LoggingEvent();
    event.setLoggerContext(context);
    event.setLoggerName(logger.getName());
    event.setLevel(Level.toLevel(told.path("level").asString(""), Level.INFO));
    event.setThreadName(told.path("threadName").asString(""));
    event.setInstant(Instant.ofEpochMilli(told.path("timestamp").asLong()));
    event.setMessage(told.path("formattedMessage").asString(""));
    Map<String, String> mdc = new HashMap<>();
    told.path("mdc")
        .properties()
        .forEach(each -> mdc.put(each.getKey(), each.getValue().asString("")));
    mdc.put(KEY, number);
    event.setMDCPropertyMap(mdc);
    for (JsonNode pair : told.path("kvpList")) {
      pair.properties()
          .forEach(
              each ->
                  event.addKeyValuePair(
                      new KeyValuePair(each.getKey(), each.getValue().asString(""))));
    }
    if (told.path("throwable").isObject()) {
      event.setThrowableProxy(new ThrowableProxy(ForwardedThrowable.of(told.path("throwable"))));
    }
    logger.callAppenders(event);
  }

  /** A line that is no event: of a native library, or the JVM's last one. */
  void line(String text) {
    if (!text.isBlank()) {
      try (MDC.MDCCloseable own = MDC.putCloseable(KEY, number)) {
        log.warn("{}", text);
      }
    }
  }
}

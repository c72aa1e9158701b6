package org.omnimamba.standalone.engines;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What was thrown in an engine's process, as its log tells it. */
final class ForwardedThrowable extends Throwable {
  private static final long serialVersionUID = 1L;

  private ForwardedThrowable(String text) {
    super(text);
  }

  /** Of what {@link ch.qos.logback.classic.encoder.JsonEncoder} writes. */
  static ForwardedThrowable of(JsonNode told) {
    String message = told.path("message").asString("");
    ForwardedThrowable thrown =
        new ForwardedThrowable(
            told.path("className").asString("") + (message.isEmpty() ? "" : ": " + message));
    List<StackTraceElement> frames = new ArrayList<>();
    for (JsonNode frame : told.path("stepArray")) {
      frames.add(
          new StackTraceElement(
              frame.path("className").asString(""),
              frame.path("methodName").asString(""),
              frame.path("fileName").asString(null),
              frame.path("lineNumber").asInt(-1)));
    }
    thrown.setStackTrace(frames.toArray(StackTraceElement[]::new));
    if (told.path("cause").isObject()) {
      thrown.initCause(of(told.path("cause")));
    }
    told.path("suppressed").forEach(other -> thrown.addSuppressed(of(other)));
    return thrown;
  }
}

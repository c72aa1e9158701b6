package org.omnimamba.standalone.engines;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/** Writes which of several engines an event of the log is of, and nothing for all others. */
public final class EngineNumberConverter extends ClassicConverter {
  @Override
  public String convert(ILoggingEvent event) {
    String number = event.getMDCPropertyMap().get(EngineLog.KEY);
    return number == null ? "" : "engine " + number + ": ";
  }
}

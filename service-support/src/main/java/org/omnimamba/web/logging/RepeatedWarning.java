package org.omnimamba.web.logging;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * A warning that every request causes while something is away. The first one of a kind is logged;
 * those of the next minute are counted, and the next one after that says how many there were. The
 * line of each request in the log of requests is not affected.
 */
public final class RepeatedWarning {
  static final Duration QUIET = Duration.ofMinutes(1);

  private final Logger log;
  private final LongSupplier nanos;
  private final Map<String, Kind> kinds = new ConcurrentHashMap<>();

  private static final class Kind {
    private boolean said;
    private long saidAt;
    private long leftOut;
  }

  public RepeatedWarning(Logger log) {
    this(log, System::nanoTime);
  }

  RepeatedWarning(Logger log, LongSupplier nanos) {
    this.log = log;
    this.nanos = nanos;
  }

  /**
   * @param kind what is counted together; of a small fixed set, since each one is kept
   * @param message the whole line
   */
  public void warn(String kind, String message) {
    Kind counted = kinds.computeIfAbsent(kind, name -> new Kind());
    long now = nanos.getAsLong();
    long leftOut;
    synchronized (counted) {
      if (counted.said && now - counted.saidAt < QUIET.toNanos()) {
        counted.leftOut++;
        log.debug("{}", message);
        return;
      }
      leftOut = counted.leftOut;
      counted.said = true;
      counted.saidAt = now;
      counted.leftOut = 0;
    }
    if (leftOut == 0) {
      log.warn("{}", message);
    } else {
      log.warn("{} (and {} more like it before)", message, leftOut);
    }
  }
}

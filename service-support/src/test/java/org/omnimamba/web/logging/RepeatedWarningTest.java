package org.omnimamba.web.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RepeatedWarningTest {
  private final Logger log = (Logger) LoggerFactory.getLogger(RepeatedWarningTest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
  private final RepeatedWarning repeated = new RepeatedWarning(log, clock::get);

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    log.detachAppender(lines);
  }

  @Test
  void aKindIsSaidOnceAMinuteWithTheNumberLeftOut() {
    for (int request = 0; request < 297; request++) {
      repeated.warn("database", "request " + request + ": no answer");
      clock.addAndGet(Duration.ofMillis(100).toNanos());
    }
    clock.addAndGet(Duration.ofMinutes(1).toNanos());
    repeated.warn("database", "request 297: no answer");
    assertThat(warnings())
        .containsExactly(
            "request 0: no answer", "request 297: no answer (and 296 more like it before)");
  }

  @Test
  void anotherKindIsSaidAtOnce() {
    repeated.warn("database", "no database");
    repeated.warn("jobs", "no jobs");
    repeated.warn("jobs", "no jobs");
    assertThat(warnings()).containsExactly("no database", "no jobs");
  }

  @Test
  void afterAQuietMinuteNothingWasLeftOut() {
    repeated.warn("database", "first");
    clock.addAndGet(Duration.ofMinutes(1).toNanos());
    repeated.warn("database", "second");
    assertThat(warnings()).containsExactly("first", "second");
  }

  private Stream<String> warnings() {
    return lines.list.stream()
        .filter(line -> line.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage);
  }
}

package org.omnimamba.web.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OutageTest {
  private final Logger log = (Logger) LoggerFactory.getLogger(OutageTest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE);
  private final Outage outage = new Outage(log, "the poll", clock::get);

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
  void manyFailuresAreTwoLines() {
    outage.succeeded();
    outage.failed("refused");
    for (int i = 0; i < 296; i++) {
      clock.addAndGet(Duration.ofMillis(200).toNanos());
      outage.failed("refused");
    }
    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    outage.succeeded();
    outage.succeeded();
    assertThat(lines.list.stream().filter(line -> line.getLevel().isGreaterOrEqual(Level.INFO)))
        .extracting(ILoggingEvent::getLevel, ILoggingEvent::getFormattedMessage)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                Level.WARN, "the poll fails and is tried again until it succeeds: refused"),
            org.assertj.core.groups.Tuple.tuple(
                Level.INFO, "the poll succeeds again, after 297 failures in 61 s"));
  }

  @Test
  void theNextOutageIsSaidAgain() {
    outage.failed("refused");
    outage.succeeded();
    lines.list.clear();
    outage.failed("no answer");
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("the poll fails and is tried again until it succeeds: no answer");
  }
}

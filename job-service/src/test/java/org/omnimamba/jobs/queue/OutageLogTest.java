package org.omnimamba.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.Relay;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.queue.testing.TestDatabase;
import org.slf4j.LoggerFactory;

/**
 * What the log says while the database is away: that it is, once for each task, and for how long.
 */
class OutageLogTest {
  private static final String BEGIN = "fails and is tried again until it succeeds";
  private static final String END = "succeeds again, after";

  private final TestDatabase database = TestDatabase.empty();
  private final URI address = URI.create(database.r2dbcUrl().substring("r2dbc:".length()));
  private final Relay relay = new Relay(address.getHost(), address.getPort());
  private final TestService service =
      new TestService(
          database,
          "spring.r2dbc.url="
              + database.r2dbcUrl().replace(address.getAuthority(), "127.0.0.1:" + relay.port()));
  private final Logger queue = (Logger) LoggerFactory.getLogger("org.omnimamba.queue");
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Lines lines = new Lines();

  @AfterEach
  void stop() {
    root.detachAppender(lines);
    queue.setLevel(null);
    service.close();
    relay.close();
  }

  @Test
  void aCutIsSaidOnceForEachTaskAndSoIsItsEnd() {
    String before = Jobs.submitForId(service.client("outage"), Jobs.image("before"));
    Jobs.awaitStatus(service.client("outage"), before, "completed");
    lines.setContext(root.getLoggerContext());
    lines.start();
    root.addAppender(lines);
    queue.setLevel(Level.DEBUG);

    relay.cut();
    // each task has failed many times by then
    await().atMost(Jobs.PATIENCE).until(() -> lines.with("still fails").count() >= 40);
    List<String> begun = lines.with(BEGIN).toList();
    assertThat(begun)
        .as("said once")
        .doesNotHaveDuplicates()
        .anyMatch(line -> line.contains("listening"))
        .anyMatch(line -> line.contains("claiming"))
        .anyMatch(line -> line.contains("sweep"));
    assertThat(lines.from(Level.WARN)).as("warnings of all loggers").hasSameSizeAs(begun);

    relay.mend();
    await().atMost(Jobs.PATIENCE).until(() -> lines.with(END).count() >= lines.with(BEGIN).count());
    assertThat(lines.with(END)).allMatch(line -> line.matches(".* after [0-9]+ failures in .* s"));
    String after = Jobs.submitForId(service.client("outage"), Jobs.image("after"));
    Jobs.awaitStatus(service.client("outage"), after, "completed");
  }

  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      events.add(event);
    }

    Stream<String> with(String text) {
      return events.stream()
          .map(ILoggingEvent::getFormattedMessage)
          .filter(line -> line.contains(text));
    }

    List<String> from(Level level) {
      return events.stream()
          .filter(event -> event.getLevel().isGreaterOrEqual(level))
          .map(event -> event.getLoggerName() + ": " + event.getFormattedMessage())
          .toList();
    }
  }
}

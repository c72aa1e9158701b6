package org.omnimamba.standalone.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Engines' processes are watched, and replaced when they must be; without a model. */
class EngineFleetTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final EngineTiming QUICK =
      new EngineTiming(
          Duration.ofMillis(50),
          Duration.ofSeconds(1),
          Duration.ofMinutes(2),
          Duration.ofSeconds(3),
          Duration.ofMillis(20),
          Duration.ofMillis(200),
          Duration.ofSeconds(20));

  private static final List<EngineDevice> TWO =
      List.of(new EngineDevice(0, "GPU-a"), new EngineDevice(1, "3"));

  private final HttpClient http = HttpClient.newHttpClient();
  private EngineFleet fleet = new EngineFleet(List.of(), List.of(), Map.of(), QUICK);

  @AfterEach
  void close() {
    fleet.close();
  }

  private void start(Map<String, Object> settings) throws IOException {
    List<String> command = EngineCommand.of(SmallEngine.class, 2);
    command.add(1, "-Dlogback.configurationFile=omnimamba-engine-logback.xml");
    fleet = new EngineFleet(TWO, command, settings, QUICK);
    fleet.start();
  }

  @Test
  void eachEngineSeesItsDeviceItsShareAndTheSettings() throws Exception {
    start(Map.of("name", "value", "management.server.port", 9500));
    awaitReady(2);
    int processors = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    assertThat(sees(0)).endsWith(" GPU-a value " + processors);
    assertThat(sees(1)).endsWith(" 3 value " + processors);
    assertThat(fleet.managementUrls())
        .as("the first has the port that is set, the second the next; each says it plus one")
        .containsExactly("http://127.0.0.1:9501", "http://127.0.0.1:9502");
    assertThat(fleet.progress()).isEqualTo("2 of 2 engines are ready, starting again");
  }

  @Test
  void anEngineThatWasKilledIsBackAtItsAddress() throws Exception {
    start(Map.of());
    awaitReady(2);
    List<String> urls = fleet.urls();
    String other = sees(0);
    long killed = pid(1);
    ProcessHandle.of(killed).orElseThrow().destroyForcibly();
    awaitAnother(1, killed);
    assertThat(fleet.urls()).isEqualTo(urls);
    assertThat(sees(0)).isEqualTo(other);
  }

  @Test
  void anEngineThatSaysItCannotGoOnIsReplaced() throws Exception {
    start(Map.of());
    awaitReady(2);
    long broken = pid(0);
    get(0, "/become/503");
    awaitAnother(0, broken);
  }

  @Test
  void anEngineThatDoesNotAnswerIsReplaced() throws Exception {
    start(Map.of());
    awaitReady(2);
    long stopped = pid(0);
    signal("STOP", stopped);
    awaitAnother(0, stopped);
    assertThat(ProcessHandle.of(stopped)).isEmpty();
  }

  @Test
  void whyAServiceDoesNotStartIsSaid() {
    assertThatThrownBy(() -> start(Map.of("fail", "a wrong setting")))
        .isInstanceOf(IOException.class)
        .hasMessage("the engine on GPU 0 did not start: a wrong setting");
  }

  @Test
  void noneIsLeftAfterTheEndNotEvenOneThatStandsStill() throws Exception {
    start(Map.of());
    awaitReady(2);
    List<Long> all = List.of(pid(0), pid(1));
    signal("STOP", all.get(1));
    await().atMost(PATIENCE).until(() -> fleet.counts().ready() == 1);
    fleet.close();
    assertThat(all).allSatisfy(pid -> assertThat(ProcessHandle.of(pid)).isEmpty());
  }

  @Test
  void whatEnginesLogIsInThisLogWithTheirNumbers() throws Exception {
    Queue<ILoggingEvent> seen = new ConcurrentLinkedQueue<>();
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            seen.add(event);
          }
        };
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
    try {
      start(Map.of());
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(of(seen, "0")).contains("a line of a library", "an error of a library");
                assertThat(of(seen, "1")).contains("two\nlines");
              });
    } finally {
      root.detachAppender(appender);
    }
    ILoggingEvent event =
        seen.stream()
            .filter(one -> one.getMessage().equals("two\nlines"))
            .findFirst()
            .orElseThrow();
    assertThat(event.getLoggerName()).isEqualTo("org.omnimamba.inference.Small");
    assertThat(event.getLevel()).hasToString("ERROR");
    assertThat(event.getThreadName()).isEqualTo("main");
    assertThat(event.getKeyValuePairs())
        .singleElement()
        .satisfies(pair -> assertThat(pair.key).isEqualTo("pid"));
    assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy()))
        .contains("java.lang.IllegalStateException: outer", SmallEngine.class.getName() + ".main")
        .contains("java.io.IOException: inner");
  }

  private static List<String> of(Queue<ILoggingEvent> seen, String number) {
    return seen.stream()
        .filter(event -> number.equals(event.getMDCPropertyMap().get(EngineLog.KEY)))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void pausesGrowUpToTheLongest() {
    assertThat(List.of(1, 2, 3, 4, 5, 6, 7, 8, 1000).stream().map(EngineTiming.DEFAULT::pause))
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
  }

  private void awaitReady(int count) {
    await().atMost(PATIENCE).until(() -> fleet.counts().ready() == count);
  }

  private void awaitAnother(int engine, long before) {
    await().atMost(PATIENCE).ignoreExceptions().until(() -> pid(engine) != before);
    awaitReady(2);
  }

  private static void signal(String name, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    assertThat(kill.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }

  private long pid(int engine) throws Exception {
    return Long.parseLong(sees(engine).split(" ")[0]);
  }

  private String sees(int engine) throws Exception {
    return get(engine, "/sees");
  }

  private String get(int engine, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(fleet.urls().get(engine) + path))
            .timeout(Duration.ofSeconds(5))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}

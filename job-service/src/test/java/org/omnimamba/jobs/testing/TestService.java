package org.omnimamba.jobs.testing;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.omnimamba.jobs.JobServiceApplication;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The whole service over real HTTP, on a real database of its own, beside a fake engine. */
public final class TestService implements AutoCloseable {
  public static final String TOKEN = "test-internal-token";
  public static final String SECRET_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  private final TestDatabase database;
  private final FakeInference inference = new FakeInference();
  private final ConfigurableApplicationContext context;

  /** A service that answers and works, shared by the tests of this JVM. */
  public static TestService shared() {
    return Shared.WHOLE;
  }

  /** A service without a worker, in which jobs wait for ever, shared by the tests of this JVM. */
  public static TestService apiOnly() {
    return ApiOnly.SERVICE;
  }

  /** Starts the service with the given settings ({@code name=value}) besides the usual ones. */
  public TestService(String... settings) {
    this(TestDatabase.empty(), settings);
  }

  /** As {@link #TestService(String...)}, on the given database, which it closes. */
  public TestService(TestDatabase database, String... settings) {
    this.database = database;
    this.context = start(settings);
    database.makeClockMovable();
  }

  /** Another process on the same database, in this JVM. */
  public ConfigurableApplicationContext start(String... settings) {
    return JobServiceApplication.builder().run(arguments(settings));
  }

  /** The arguments of a process on the same database with these settings besides the usual ones. */
  public String[] arguments(String... settings) {
    List<String> usual =
        List.of(
            "server.port=0",
            "management.server.port=0",
            "omnimamba.internal-token=" + TOKEN,
            "omnimamba.jobs.inference-url=" + inference.url(),
            "omnimamba.jobs.webhooks.secret-key=" + SECRET_KEY,
            "omnimamba.jobs.worker.poll-interval=200ms",
            "omnimamba.jobs.worker.progress-interval=10ms",
            "omnimamba.shutdown.grace=1s",
            "omnimamba.jobs.queue.sweep-interval=200ms",
            "omnimamba.jobs.api.event-poll=500ms",
            "spring.r2dbc.url=" + database.r2dbcUrl(),
            "spring.r2dbc.username=" + database.username(),
            "spring.r2dbc.password=" + database.password(),
            "spring.flyway.url=" + database.jdbcUrl(),
            "spring.flyway.user=" + database.username(),
            "spring.flyway.password=" + database.password());
    return Stream.concat(
            usual.stream().filter(setting -> !isIn(settings, setting)), Arrays.stream(settings))
        .map(setting -> "--" + setting)
        .toArray(String[]::new);
  }

  private static boolean isIn(String[] settings, String other) {
    String name = other.substring(0, other.indexOf('=') + 1);
    return Arrays.stream(settings).anyMatch(setting -> setting.startsWith(name));
  }

  /** The service's database; its clock can be moved. */
  public TestDatabase database() {
    return database;
  }

  /**
   * Moves the clock to when the next attempt of a waiting job, or of a delivery, may begin; does
   * nothing when it may begin already.
   */
  public void skipWait(String id) {
    database.execute(
        "UPDATE queue_test_clock c SET ahead = c.ahead + (j.available_at - queue_now())"
            + " FROM queue_job j WHERE (j.id::text = '%s' OR j.attributes LIKE '%%%s%%')"
                .formatted(id, id)
            + " AND j.status = 'queued' AND j.available_at > queue_now()");
  }

  /**
   * Ends what earlier tests have left: a job of theirs that ran now would take an answer that is
   * meant for another job.
   */
  public void settle() {
    await()
        .atMost(Jobs.PATIENCE)
        .until(
            () -> {
              database.execute(
                  "DELETE FROM queue_job WHERE kind = 'inference' AND status = 'queued'");
              return database.number(
                      "SELECT count(*) FROM queue_job WHERE kind = 'inference'"
                          + " AND status IN ('in_progress', 'cancelling')")
                  == 0;
            });
  }

  public FakeInference inference() {
    return inference;
  }

  public ConfigurableApplicationContext context() {
    return context;
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public int port() {
    return portOf(context);
  }

  /** The port of health and metrics. */
  public int managementPort() {
    return context.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
  }

  public static int portOf(ConfigurableApplicationContext context) {
    return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  /** A client of one tenant, as the gateway would call on its behalf. */
  public WebTestClient client(String tenant) {
    return anonymousClient()
        .mutate()
        .defaultHeader("X-OmniMamba-Internal-Token", TOKEN)
        .defaultHeader("X-OmniMamba-Tenant", tenant)
        .build();
  }

  /** A client that sets no header by itself. */
  public WebTestClient anonymousClient() {
    return WebTestClient.bindToServer()
        .baseUrl("http://127.0.0.1:" + port())
        .responseTimeout(Duration.ofSeconds(60))
        .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(64 << 20))
        .build();
  }

  @Override
  public void close() {
    context.close();
    inference.close();
    database.close();
  }

  private static final class Shared {
    static final TestService WHOLE =
        closedAtExit(
            new TestService(
                "omnimamba.jobs.worker.concurrency=8",
                "omnimamba.jobs.worker.idle-timeout=2s",
                "omnimamba.jobs.worker.max-result=64KB",
                "omnimamba.jobs.api.keep-alive=200ms",
                "omnimamba.jobs.batches.poll-interval=50ms",
                "omnimamba.jobs.batches.window=10",
                "omnimamba.jobs.files.max-size=4MB",
                "omnimamba.jobs.files.max-batch-size=3MB",
                "omnimamba.jobs.files.max-files=12",
                "omnimamba.jobs.webhooks.timeout=2s",
                "omnimamba.jobs.webhooks.development-hosts=127.0.0.1"));
  }

  private static final class ApiOnly {
    static final TestService SERVICE =
        closedAtExit(
            new TestService(
                "omnimamba.jobs.worker.enabled=false",
                "omnimamba.jobs.api.max-body=64KB",
                "omnimamba.jobs.api.max-wait=2s"));
  }

  private static TestService closedAtExit(TestService service) {
    Runtime.getRuntime().addShutdownHook(new Thread(service::close, "stop-service"));
    return service;
  }
}

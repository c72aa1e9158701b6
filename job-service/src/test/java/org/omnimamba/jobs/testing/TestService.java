package org.omnimamba.jobs.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.omnimamba.jobs.JobServiceApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The whole service over real HTTP, on a real database of its own, beside a fake engine. */
public final class TestService implements AutoCloseable {
  public static final String TOKEN = "test-internal-token";
  public static final String SECRET_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final String database;
  private final FakeInference inference = new FakeInference();
  private final ConfigurableApplicationContext context;

  /** Starts the service with the given settings ({@code name=value}) besides the usual ones. */
  public TestService(String... settings) {
    this("jobs_" + DATABASES.incrementAndGet(), settings);
    
  }

  private TestService(String database, String... settings) {
    this.database = database;
    createDatabase(database);
    this.context = start(settings);
  }

  /** Another process on the same database, in this JVM. */
  public ConfigurableApplicationContext start(String... settings) {
    int port = Postgres.INSTANCE.getPort();
    List<String> usual =
        List.of(
            "server.port=0",
            "management.server.port=-1",
            "omnimamba.internal-token=" + TOKEN,
            "omnimamba.jobs.inference-url=" + inference.url(),
            "omnimamba.jobs.webhooks.secret-key=" + SECRET_KEY,
            "omnimamba.jobs.worker.poll-interval=200ms",
            "omnimamba.jobs.worker.progress-interval=10ms",
            "omnimamba.jobs.worker.grace=1s",
            "omnimamba.jobs.api.event-poll=500ms",
            "spring.r2dbc.url=r2dbc:postgresql://localhost:" + port + "/" + database,
            "spring.r2dbc.username=postgres",
            "spring.flyway.url=jdbc:postgresql://localhost:" + port + "/" + database,
            "spring.flyway.user=postgres");
    return JobServiceApplication.builder()
        .run(
            Stream.concat(usual.stream(), Arrays.stream(settings))
                .map(setting -> "--" + setting)
                .toArray(String[]::new));
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

  /** Runs SQL as the operator would. */
  public void sql(String sql) {
    try (Connection connection = Postgres.INSTANCE.getDatabase("postgres", database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    context.close();
    inference.close();
  }

  private static void createDatabase(String name) {
    try (Connection connection = Postgres.INSTANCE.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One server for all databases of this JVM. */
  private static final class Postgres {
    static final EmbeddedPostgres INSTANCE = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().setServerConfig("max_connections", "200").start();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}

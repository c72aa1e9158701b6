package org.omnimamba.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.omnimamba.gateway.keys.ApiKey;
import org.omnimamba.gateway.testing.Database;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.omnimamba.web.database.CutNetwork;
import org.omnimamba.web.database.EncryptedServer;
import reactor.core.publisher.Mono;

/**
 * The configured key needs no database: without one the gateway starts, serves and waits for it.
 */
@Timeout(300)
class DatabaseOutageTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static Upstream upstream;

  @BeforeAll
  static void start() {
    upstream =
        Upstream.start(
            routes ->
                routes
                    .get("/readyz", (request, response) -> response.send())
                    .get(
                        "/v1/models", (request, response) -> response.sendString(Mono.just("{}"))));
  }

  @AfterAll
  static void stop() {
    upstream.close();
  }

  @Test
  void itStartsWithoutTheDatabaseAndTakesItUpWhenItComes() throws Exception {
    Database database = Database.create();
    try (CutNetwork network = new CutNetwork(database.port())) {
      network.cut();
      try (Gateway gateway =
          Gateway.start(upstream.url(), upstream.url(), database.settingsThrough(network.port()))) {
        await().atMost(PATIENCE).until(() -> gateway.get("/v1/models").statusCode() == 200);
        assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
        // a stored key cannot be told from a wrong one, and none can be made
        HttpResponse<String> refused = stored(gateway, ANY_KEY);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("keys_unavailable");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(create(gateway).statusCode()).isEqualTo(503);
        assertThat(create(gateway).body()).contains("keys_unavailable");

        network.mend();
        await().atMost(PATIENCE).until(() -> create(gateway).statusCode() == 201);
        await().atMost(PATIENCE).until(() -> stored(gateway, ANY_KEY).statusCode() == 401);
      }
    }
  }

  @Test
  void afterACutStoredKeysWorkAgainThoughTheOldConnectionsStaySilent() throws Exception {
    Database database = Database.create();
    try (CutNetwork network = new CutNetwork(database.port());
        Gateway gateway =
            Gateway.start(
                upstream.url(),
                upstream.url(),
                with(
                    database.settingsThrough(network.port()),
                    "omnimamba.gateway.keys.cached-for",
                    "1ms"))) {
      await().atMost(PATIENCE).until(() -> gateway.get("/v1/models").statusCode() == 200);
      String key = key(create(gateway).body());
      assertThat(stored(gateway, key).statusCode()).isEqualTo(200);

      network.cut();
      assertThat(stored(gateway, key).statusCode()).isEqualTo(503);
      assertThat(gateway.get("/v1/models").statusCode()).isEqualTo(200);

      network.mend();
      await().atMost(PATIENCE).until(() -> stored(gateway, key).statusCode() == 200);
      // the channel that tells of changes comes back too
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  database
                      .query(
                          "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'SELECT 1'"
                              + " AND datname = current_database()")
                      .equals("t"));
    }
  }

  @Test
  void itKeepsItsKeysInADatabaseThatDemandsEncryption() throws Exception {
    try (EncryptedServer server = new EncryptedServer();
        Gateway gateway =
            Gateway.start(
                upstream.url(),
                upstream.url(),
                "omnimamba.database.host",
                "localhost",
                "omnimamba.database.port",
                String.valueOf(server.port()),
                "omnimamba.database.name",
                "app",
                "omnimamba.database.username",
                "app",
                "omnimamba.database.password",
                "secret-of-app",
                "omnimamba.database.ssl-mode",
                "verify-full",
                "omnimamba.database.ssl-root-cert",
                server.root().toString())) {
      assertThat(create(gateway).statusCode()).isEqualTo(201);
    }
  }

  /** Of the right form, so that it is looked up. */
  private static final String ANY_KEY = ApiKey.generate(new SecureRandom()).value();

  private static HttpResponse<String> stored(Gateway gateway, String key) throws Exception {
    return gateway.send(
        HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/models"))
            .header("Authorization", "Bearer " + key)
            .GET());
  }

  private static HttpResponse<String> create(Gateway gateway) throws Exception {
    return gateway.send(
        gateway
            .request("/admin/v1/keys")
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"name\":\"key "
                        + NUMBER.incrementAndGet()
                        + "\",\"scopes\":[\"inference\"]}")));
  }

  private static String key(String body) {
    Matcher matcher = Pattern.compile("om_[0-9A-Za-z]{36}").matcher(body);
    assertThat(matcher.find()).isTrue();
    return matcher.group();
  }

  private static String[] with(String[] settings, String... more) {
    String[] all = java.util.Arrays.copyOf(settings, settings.length + more.length);
    System.arraycopy(more, 0, all, settings.length, more.length);
    return all;
  }
}

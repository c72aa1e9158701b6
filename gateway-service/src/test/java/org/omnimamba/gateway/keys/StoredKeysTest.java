package org.omnimamba.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.gateway.testing.Database;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Keys in a real database, seen through the admin API of two gateways. */
class StoredKeysTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  // Longer than any test: what shows before this is not the cache forgetting on its own.
  private static final String CACHED_FOR = "10m";

  static Database database;
  static Upstream inference;
  static Gateway gateway;
  static Gateway other;

  @BeforeAll
  static void start() throws Exception {
    database = Database.create();
    inference =
        Upstream.start(
            routes ->
                routes.get(
                    "/v1/models", (request, response) -> response.sendString(Mono.just("{}"))));
    String[] settings =
        database.settings(
            "omnimamba.gateway.keys.cached-for",
            CACHED_FOR,
            "omnimamba.gateway.keys.uses-written-every",
            "100ms");
    gateway = Gateway.start(inference.url(), "http://127.0.0.1:1", settings);
    other = Gateway.start(inference.url(), "http://127.0.0.1:1", settings);
  }

  @AfterAll
  static void stop() {
    gateway.close();
    other.close();
    inference.close();
  }

  private static JsonNode create(String body) throws Exception {
    HttpResponse<String> answer = gateway.post("/admin/v1/keys", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JSON.readTree(answer.body());
  }

  private static int models(Gateway through, String key) throws Exception {
    return through
        .send(
            HttpRequest.newBuilder(URI.create(through.url() + "/v1/models"))
                .header("Authorization", "Bearer " + key))
        .statusCode();
  }

  private static int status(Gateway through, String key, String path) throws Exception {
    return through
        .send(
            HttpRequest.newBuilder(URI.create(through.url() + path))
                .header("Authorization", "Bearer " + key))
        .statusCode();
  }

  @Test
  void aNewKeyWorksEverywhereAndIsShownOnce() throws Exception {
    JsonNode made = create("{\"name\":\"shown once\",\"tenant\":\"acme\"}");
    String key = made.get("key").asString();
    assertThat(ApiKey.parse(key)).isPresent();
    assertThat(models(gateway, key)).isEqualTo(200);
    assertThat(models(other, key)).isEqualTo(200);
    assertThat(inference.last().headers().get("X-OmniMamba-Tenant")).isEqualTo("acme");

    String id = made.get("id").asString();
    String listed = gateway.get("/admin/v1/keys?tenant=acme").body();
    assertThat(listed).contains(id, made.get("prefix").asString()).doesNotContain(key);
    assertThat(gateway.get("/admin/v1/keys/" + id).body()).doesNotContain(key);
    assertThat(database.query("SELECT string_agg(k::text, ' ') FROM gateway_api_key k"))
        .doesNotContain(key.substring(11));
  }

  @Test
  void aRevokedKeyStopsAtOnceAlsoInOtherGateways() throws Exception {
    JsonNode made = create("{\"name\":\"revoked\"}");
    String key = made.get("key").asString();
    assertThat(models(gateway, key)).isEqualTo(200);
    assertThat(models(other, key)).isEqualTo(200);

    HttpResponse<String> revoked =
        gateway.send(gateway.request("/admin/v1/keys/" + made.get("id").asString()).DELETE());

    assertThat(revoked.statusCode()).isEqualTo(204);
    assertThat(models(gateway, key)).isEqualTo(401);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(models(other, key)).isEqualTo(401));
  }

  @Test
  void aKeyRevokedWithSqlStopsToo() throws Exception {
    JsonNode made = create("{\"name\":\"revoked by hand\"}");
    String key = made.get("key").asString();
    assertThat(models(gateway, key)).isEqualTo(200);

    database.execute(
        "UPDATE gateway_api_key SET revoked_at = now() WHERE id = '"
            + made.get("id").asString()
            + "'");

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(models(gateway, key)).isEqualTo(401));
  }

  @Test
  void hearsOfRevocationsAgainAfterItsChannelWasCut() throws Exception {
    JsonNode made = create("{\"name\":\"cut\"}");
    String key = made.get("key").asString();
    assertThat(models(other, key)).isEqualTo(200);

    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE query LIKE 'LISTEN%' AND datname = current_database()");
    database.execute(
        "UPDATE gateway_api_key SET revoked_at = now() WHERE id = '"
            + made.get("id").asString()
            + "'");

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(models(other, key)).isEqualTo(401));
  }

  @Test
  void aKeyCanOnlyDoWhatItsScopesSay() throws Exception {
    String user = create("{\"name\":\"user\"}").get("key").asString();
    assertThat(status(gateway, user, "/v1/models")).isEqualTo(200);
    assertThat(status(gateway, user, "/admin/v1/keys")).isEqualTo(403);

    String admin = create("{\"name\":\"admin\",\"scopes\":[\"admin\"]}").get("key").asString();
    assertThat(status(gateway, admin, "/admin/v1/keys")).isEqualTo(200);
    assertThat(status(gateway, admin, "/v1/models")).isEqualTo(403);
    assertThat(status(gateway, admin, "/v1/jobs")).isEqualTo(403);
  }

  @Test
  void aNameHasAtMostTwoLiveKeysEvenWhenManyAskAtOnce() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> asked =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    gateway
                        .client()
                        .sendAsync(
                            gateway
                                .request("/admin/v1/keys")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"rotated\"}"))
                                .build(),
                            HttpResponse.BodyHandlers.ofString()))
            .toList();
    List<HttpResponse<String>> answers = asked.stream().map(CompletableFuture::join).toList();

    assertThat(answers).filteredOn(answer -> answer.statusCode() == 201).hasSize(2);
    assertThat(answers)
        .filteredOn(answer -> answer.statusCode() == 409)
        .hasSize(6)
        .allSatisfy(answer -> assertThat(answer.body()).contains("too_many_live_keys"));

    HttpResponse<String> first =
        answers.stream().filter(answer -> answer.statusCode() == 201).findFirst().orElseThrow();
    gateway.send(
        gateway
            .request("/admin/v1/keys/" + JSON.readTree(first.body()).get("id").asString())
            .DELETE());
    assertThat(create("{\"name\":\"rotated\"}").get("key").asString()).startsWith("om_");
  }

  @Test
  void anExpiredKeyStopsEvenIfItIsCached() throws Exception {
    Instant expiry = Instant.now().plusSeconds(2);
    String key =
        create("{\"name\":\"brief\",\"expires_at\":\"" + expiry + "\"}").get("key").asString();
    assertThat(models(gateway, key)).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(models(gateway, key)).isEqualTo(401));
    assertThat(Instant.now()).isAfterOrEqualTo(expiry);
  }

  @Test
  void writesDownWhenAKeyWasUsed() throws Exception {
    JsonNode made = create("{\"name\":\"used\"}");
    String id = made.get("id").asString();
    assertThat(made.get("last_used_at").isNull()).isTrue();
    assertThat(models(gateway, made.get("key").asString())).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                !JSON.readTree(gateway.get("/admin/v1/keys/" + id).body())
                    .get("last_used_at")
                    .isNull());
  }

  @Test
  void refusesWrongRequestsByField() throws Exception {
    for (String wrong :
        List.of(
            "{}",
            "{\"name\":\"\"}",
            "{\"name\":\"x\",\"tenant\":\"a b\"}",
            "{\"name\":\"x\",\"scopes\":[]}",
            "{\"name\":\"x\",\"scopes\":[\"everything\"]}",
            "{\"name\":\"x\",\"expires_at\":\"2001-01-01T00:00:00Z\"}",
            "{\"name\":\"x\",\"expires_at\":\"soon\"}",
            "{\"name\":\"x\",\"unknown\":1}",
            "{\"name\":\"x\",\"name\":\"y\"}",
            "{\"name\":\"x\"} {}",
            "null",
            "[",
            "")) {
      HttpResponse<String> answer = gateway.post("/admin/v1/keys", wrong);
      assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
      assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    }
    assertThat(gateway.get("/admin/v1/keys/not-an-id").statusCode()).isEqualTo(404);
    assertThat(gateway.get("/admin/v1/keys/00000000-0000-0000-0000-000000000000").statusCode())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "expires_at | \"\"",
        "expires_at | \" \"",
        "expires_at | \"2999-01-01\"",
        "expires_at | \"+294277-01-01T00:00:00Z\"",
        "expires_at | \"+1000000000-12-31T23:59:59Z\"",
        "expires_at | \"9999-12-31T23:59:59-05:00\"",
        "expires_at | 4102444800",
        "expires_at | true",
        "expires_at | []",
        "name | 5",
        "name | true",
        "name | {}",
        "name | \"\\ud800\"",
        "name | \"a\\u0000b\"",
        "tenant | 5",
        "tenant | \"\"",
        "tenant | \"\\udc00\"",
        "scopes | \"jobs\"",
        "scopes | \"\"",
        "scopes | [5]",
        "scopes | [null]",
        "unknown | null"
      })
  void namesTheMemberThatHasAnotherTypeOrForm(String member, String value) throws Exception {
    String rest = member.equals("name") ? "" : "\"name\":\"never made\",";
    HttpResponse<String> answer =
        gateway.post("/admin/v1/keys", "{" + rest + "\"" + member + "\":" + value + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("detail").asString()).startsWith(member);
    assertThat(gateway.get("/admin/v1/keys").body()).doesNotContain("never made");
  }

  @Test
  void aTimeInTheLastYearThatCanBeWrittenIsKeptAndNullIsNone() throws Exception {
    String last = "9999-12-31T23:59:59Z";
    assertThat(
            create("{\"name\":\"for long\",\"expires_at\":\"" + last + "\"}")
                .get("expires_at")
                .asString())
        .isEqualTo(last);
    JsonNode endless = create("{\"name\":\"for ever\",\"expires_at\":null,\"tenant\":null}");
    assertThat(endless.get("expires_at").isNull()).isTrue();
    assertThat(endless.get("tenant").asString()).isEqualTo("default");
  }

  @Test
  void aTenantThatCannotBeIsNotLookedFor() throws Exception {
    for (String tenant : List.of("", "a%20b", "%00", "%ED%A0%80")) {
      assertThat(gateway.get("/admin/v1/keys?tenant=" + tenant).statusCode())
          .as(tenant)
          .isEqualTo(400);
    }
  }

  @Test
  void anUnknownWellFormedKeyIsRefused() throws Exception {
    assertThat(models(gateway, ApiKey.generate(new SecureRandom()).value())).isEqualTo(401);
  }

  @Test
  void aKeyWithTheRightPrefixAndAnotherRestIsRefused() throws Exception {
    String key = create("{\"name\":\"prefix\"}").get("key").asString();
    SecureRandom random = new SecureRandom();
    String forged = ApiKey.generate(random).value();
    String sample = key.substring(0, 11) + forged.substring(11, 33);
    String rest = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(sample.substring(3).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    long left = crc.getValue();
    StringBuilder checksum = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      checksum.insert(0, rest.charAt((int) (left % 62)));
      left /= 62;
    }
    assertThat(ApiKey.parse(sample + checksum)).isPresent();
    assertThat(models(gateway, sample + checksum)).isEqualTo(401);
  }

  @Test
  void withoutADatabaseOnlyTheConfiguredKeyWorks() throws Exception {
    try (Gateway alone = Gateway.start(inference.url(), "http://127.0.0.1:1")) {
      assertThat(models(alone, Gateway.KEY)).isEqualTo(200);
      assertThat(models(alone, ApiKey.generate(new SecureRandom()).value())).isEqualTo(401);
      HttpResponse<String> answer = alone.get("/admin/v1/keys");
      assertThat(answer.statusCode()).isEqualTo(501);
      assertThat(answer.body()).contains("no_database");
    }
  }
}

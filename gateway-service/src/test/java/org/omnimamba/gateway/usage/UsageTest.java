package org.omnimamba.gateway.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.gateway.testing.Database;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.omnimamba.web.usage.Usage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What gateways count, keep and tell, with services that answer as a request's body asks. */
@Timeout(300)
class UsageTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final AtomicReference<Instant> NOW =
      new AtomicReference<>(Instant.parse("2026-03-01T23:59:59Z"));

  private static Database database;
  private static Upstream service;
  private static Gateway gateway;

  private static final class TestClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return NOW.get();
    }
  }

  @BeforeAll
  @Timeout(300)
  static void start() throws Exception {
    database = Database.create();
    service = RememberingService.start();
    gateway = start(database.settings());
  }

  private static Gateway start(String... settings) {
    return Gateway.start(
        context -> context.registerBean("testClock", Clock.class, TestClock::new),
        service.url(),
        service.url(),
        settings);
  }

  @AfterAll
  static void stop() {
    gateway.close();
    service.close();
  }

  /** A key of a tenant. */
  private static String key(String tenant) throws Exception {
    return JSON.readTree(
            gateway
                .post("/admin/v1/keys", "{\"name\":\"a\",\"tenant\":\"%s\"}".formatted(tenant))
                .body())
        .path("key")
        .asString();
  }

  private static HttpRequest.Builder chat(Gateway through, String key, String body) {
    return through
        .request("/v1/chat/completions")
        .setHeader("Authorization", "Bearer " + key)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static JsonNode usage(String query) throws Exception {
    HttpResponse<String> answer = gateway.get("/admin/v1/usage?" + query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static void expect(String tenant, Usage expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        usages(
                            usage("group_by=tenant&from=2026-03-01&to=2026-03-05&tenant=" + tenant)
                                .path("data")))
                    .containsExactly(expected));
  }

  private static List<Usage> usages(JsonNode rows) {
    return rows.valueStream().map(row -> JSON.treeToValue(row, Usage.class)).toList();
  }

  @Test
  void anAnswerCountsWhatItSaysAndAGatewayTellsWhatItHasCountedAtOnce() throws Exception {
    String key = key("whole");
    assertThat(gateway.send(chat(gateway, key, "{}")).statusCode()).isEqualTo(200);
    assertThat(gateway.send(chat(gateway, key, "{\"user\":\"refuse\"}")).statusCode())
        .isEqualTo(400);
    assertThat(service.last().headers().get("X-OmniMamba-Key")).isEqualTo(key.substring(0, 11));
    expect("whole", new Usage(1, 0, 10, 3, 4));
  }

  @Test
  void severalGatewaysAddUp() throws Exception {
    String key = key("several");
    try (Gateway other = start(database.settings())) {
      for (int i = 0; i < 3; i++) {
        gateway.send(chat(gateway, key, "{}"));
        gateway.send(chat(other, key, "{}"));
      }
      expect("several", new Usage(6, 0, 60, 18, 24));
    }
  }

  @Test
  void aStreamThatDoesNotSayCountsWhatTheServiceRemembers() throws Exception {
    String key = key("silent");
    HttpResponse<String> answer = gateway.send(chat(gateway, key, "{\"stream\":true}"));
    assertThat(answer.body()).isEqualTo(RememberingService.CHUNK + RememberingService.CHUNK);
    expect("silent", new Usage(1, 0, 10, 2, 5));
    gateway.send(chat(gateway, key, "{\"stream\":true,\"user\":\"forget\"}"));
    // nobody knows more than that two chunks came
    expect("silent", new Usage(2, 0, 10, 2, 7));
  }

  @Test
  void aStreamThatItsClientLeftCountsWhatTheServiceRemembers() throws Exception {
    String key = key("left");
    HttpResponse<InputStream> answer =
        gateway
            .client()
            .send(
                chat(gateway, key, "{\"stream\":true,\"user\":\"endless\"}").build(),
                HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream events = answer.body()) {
      assertThat(events.readNBytes(RememberingService.CHUNK.length()))
          .hasSize(RememberingService.CHUNK.length());
    }
    expect("left", new Usage(1, 0, 10, 2, 5));
  }

  private static JsonNode own(String key) throws Exception {
    return JSON.readTree(
        gateway
            .send(gateway.request("/v1/usage").setHeader("Authorization", "Bearer " + key).GET())
            .body());
  }

  @Test
  void midnightIsThatOfUtc() throws Exception {
    String key = key("midnight");
    gateway.send(chat(gateway, key, "{}"));
    // what is counted is known a moment after the client has its answer
    expect("midnight", new Usage(1, 0, 10, 3, 4));
    NOW.set(Instant.parse("2026-03-02T00:00:00Z"));
    try {
      gateway.send(chat(gateway, key, "{}"));
      gateway.send(chat(gateway, key, "{}"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          usage("group_by=day&tenant=midnight")
                              .path("data")
                              .findValuesAsString("day"))
                      .containsExactly("2026-03-01", "2026-03-02"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(JSON.treeToValue(own(key), Usage.class))
                      .isEqualTo(new Usage(2, 0, 20, 6, 8)));
      JsonNode mine = own(key);
      assertThat(mine.propertyNames())
          .containsExactlyInAnyOrder(
              "day",
              "tenant",
              "requests",
              "pictures",
              "input_tokens",
              "cached_tokens",
              "output_tokens");
      assertThat(mine.path("day").asString()).isEqualTo("2026-03-02");
      assertThat(mine.path("tenant").asString()).isEqualTo("midnight");
    } finally {
      NOW.set(Instant.parse("2026-03-01T23:59:59Z"));
    }
  }

  @Test
  void pagesFollowOneAnotherAndATableInTextHasAllOfThem() throws Exception {
    database.execute(
        "INSERT INTO usage_day SELECT date '2025-01-01' + n / 4, 'paged', 'om_' || n % 4, 1, 0, n,"
            + " 0, 2 FROM generate_series(0, 39) n");
    database.execute(
        "INSERT INTO usage_of_job VALUES (gen_random_uuid(), '2025-01-10', 'paged', 'om_3', 1, 2,"
            + " 100, 0, 0)");
    String question = "from=2025-01-01&to=2025-01-10&tenant=paged";
    StringBuilder paged =
        new StringBuilder(
            "day,tenant,key,requests,pictures,input_tokens,cached_tokens,output_tokens\r\n");
    String after = "";
    int pages = 0;
    do {
      JsonNode page = usage(question + "&limit=7" + after);
      page.path("data")
          .forEach(
              row ->
                  paged
                      .append(
                          String.join(",", row.values().stream().map(JsonNode::asString).toList()))
                      .append("\r\n"));
      after = page.path("has_more").booleanValue() ? "&after=" + page.path("next").asString() : "";
      pages++;
    } while (!after.isEmpty());
    assertThat(pages).isEqualTo(6);
    assertThat(paged).contains("2025-01-10,paged,om_3,2,2,139,0,2");

    HttpResponse<String> text = gateway.get("/admin/v1/usage?format=csv&limit=7&" + question);
    assertThat(text.headers().firstValue("Content-Type")).contains("text/csv;charset=UTF-8");
    assertThat(text.headers().firstValue("Content-Disposition").orElseThrow())
        .contains("usage-2025-01-01-2025-01-10.csv");
    assertThat(text.body()).isEqualTo(paged.toString());
    HttpResponse<String> accepted =
        gateway.send(
            gateway
                .request("/admin/v1/usage?group_by=key&key=om_1&" + question)
                .header("Accept", "text/csv")
                .GET());
    assertThat(accepted.body())
        .isEqualTo(
            "key,requests,pictures,input_tokens,cached_tokens,output_tokens\r\n"
                + "om_1,10,0,190,0,20\r\n");
  }

  @Test
  void theConfiguredKeyAndTheLackOfAKeyHaveNames() throws Exception {
    String question = "group_by=key&from=2026-03-01&to=2026-03-05&key=";
    // to ask is no mistake though nobody has sent a job without a key so far
    assertThat(usage(question + "unknown").path("data").isEmpty()).isTrue();
    database.execute(
        "INSERT INTO usage_of_job VALUES (gen_random_uuid(), '2026-03-02', 'keyless', 'unknown', 1,"
            + " 2, 100, 0, 7)");
    assertThat(usages(usage(question + "unknown").path("data")))
        .containsExactly(new Usage(1, 2, 100, 0, 7));
    gateway.post("/v1/chat/completions", "{}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(usages(usage(question + "configured").path("data")))
                    .containsExactly(new Usage(1, 0, 10, 3, 4)));
  }

  @ParameterizedTest
  @CsvSource({
    "from=2026-03-02&to=2026-03-01, from",
    "from=2026-02-30, from",
    "to=yesterday, to",
    "to=2026-3-1, to",
    "from=, from",
    "from=2020-01-01&to=2026-01-01, from",
    "from=2026-03-01&from=2026-03-01, from",
    "tenant=nobody, tenant",
    "tenant=%00, tenant",
    "key=om_nobody, key",
    "key=a%20b, key",
    "group_by=week, group_by",
    "group_by=, group_by",
    "limit=0, limit",
    "limit=10001, limit",
    "limit=x, limit",
    "after=x, after",
    "after=MjAyNi0wMy0wMQ, after",
    "format=xml, format",
    "day=2026-03-01, day",
    "tenant=nobody&format=csv, tenant"
  })
  void oddQuestionsAreRefusedByName(String query, String parameter) throws Exception {
    HttpResponse<String> answer = gateway.get("/admin/v1/usage?" + query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(JSON.readTree(answer.body()).path("detail").asString()).contains(parameter);
  }

  @Test
  void withoutADatabaseNothingIsKeptAndThatIsSaid() throws Exception {
    try (Gateway bare = Gateway.start(service.url(), service.url())) {
      assertThat(bare.post("/v1/chat/completions", "{}").statusCode()).isEqualTo(200);
      assertThat(service.last().headers().contains("X-OmniMamba-Usage-Ticket")).isFalse();
      for (String path : new String[] {"/v1/usage", "/admin/v1/usage"}) {
        HttpResponse<String> answer = bare.get(path);
        assertThat(answer.statusCode()).isEqualTo(501);
        assertThat(answer.body()).contains("no_database", "keeps no usage");
      }
    }
  }

  @Test
  void whatWasCountedIsWrittenAtTheStop() throws Exception {
    String key = key("stop");
    try (Gateway slow = start(database.settings("omnimamba.gateway.usage.written-every", "5m"))) {
      gateway.send(chat(slow, key, "{}"));
      gateway.send(chat(slow, key, "{\"stream\":true}"));
      await().atMost(PATIENCE).until(() -> slow.bean(UsageBook.class).unwrittenRequests() == 2);
    }
    expect("stop", new Usage(2, 0, 20, 5, 9));
  }

  /** The answer to a statement may be lost, and then it is sent again. */
  @Test
  void anAdditionThatIsRepeatedCountsOnce() {
    UsageStore store = new UsageStore(gateway.bean(org.omnimamba.web.database.Database.class));
    UsageLine line = new UsageLine(LocalDate.parse("2026-03-03"), "repeated", "om_a");
    store.add(1, Map.of(line, new Usage(1, 2, 3, 4, 5))).block();
    store.add(1, Map.of(line, new Usage(1, 2, 3, 4, 5))).block();
    store.add(2, Map.of(line, new Usage(1, 0, 0, 0, 0))).block();
    assertThat(store.ofTenant("repeated", line.day()).block()).isEqualTo(new Usage(2, 2, 3, 4, 5));
    store.destroy();
  }
}

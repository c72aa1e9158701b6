package org.omnimamba.rehearsal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** Walks through what the documentation promises, at the gateway and at the management ports. */
final class Walk {
  private static final HttpClient PLAIN =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String DRAW =
      "{\"endpoint\": \"/v1/images/generations\", \"body\": {\"prompt\": \"a red apple, noto"
          + " style\", \"seed\": 7}}";

  private final String act;
  private final Report report;
  private final String url;
  private final Api api;
  private final Receiver receiver;
  private final String hook;

  /** One promise: what came of it, or an exception that says what went wrong. */
  private interface Promise {
    String keep() throws Exception;
  }

  /**
   * @param act name of the act in the report
   * @param url address of the gateway
   * @param hook address of the receiver as the services see it
   */
  Walk(String act, Report report, String url, Api api, Receiver receiver, String hook) {
    this.act = act;
    this.report = report;
    this.url = url;
    this.api = api;
    this.receiver = receiver;
    this.hook = hook;
  }

  /** Keeps all promises at the gateway, then those of each replica's management port. */
  void run(List<Pod> pods) {
    models();
    drawing();
    chats();
    jobs();
    events();
    webhooks();
    keys();
    pages();
    for (Pod pod : pods) {
      management(pod);
    }
    check("JSON logs", () -> logs(pods));
    check(
        "traces reach the collector",
        () -> {
          Wait.until("spans have come", Duration.ofSeconds(30), () -> receiver.traces() > 0);
          return receiver.traces() + " batches of spans";
        });
  }

  private void check(String what, Promise promise) {
    try {
      report.add(act, what, true, promise.keep());
    } catch (Exception | AssertionError e) {
      report.add(act, what, false, String.valueOf(e.getMessage()));
    }
  }

  private static String expect(HttpResponse<?> response, int status) {
    if (response.statusCode() != status) {
      throw new IllegalStateException(
          response.request().method()
              + " "
              + response.request().uri().getPath()
              + " gave "
              + response.statusCode()
              + ", not "
              + status
              + ": "
              + (response.body() instanceof String text ? text : ""));
    }
    return Integer.toString(status);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  private static String header(HttpResponse<?> response, String name) {
    return response
        .headers()
        .firstValue(name)
        .orElseThrow(() -> new IllegalStateException("no header " + name));
  }

  private void models() {
    check(
        "GET /v1/models, x-request-id both ways",
        () -> {
          HttpResponse<String> response =
              api.send(api.request("/v1/models").header("x-request-id", "walk-1").GET());
          expect(response, 200);
          require(header(response, "x-request-id").equals("walk-1"), "another x-request-id");
          header(response, "x-ratelimit-limit-requests");
          return Api.json(response.body()).at("/data/0/id").asText();
        });
    check(
        "no key and a wrong key are 401",
        () -> {
          expect(plain("/v1/models"), 401);
          Api wrong = new Api(url, "om_wrong");
          return expect(wrong.send(wrong.request("/v1/models").GET()), 401);
        });
  }

  private HttpResponse<String> plain(String path) throws IOException, InterruptedException {
    return PLAIN.send(
        HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(30)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private byte[] drawn() throws IOException, InterruptedException {
    HttpResponse<String> response =
        api.send(
            api.post(
                "/v1/images/generations",
                "{\"prompt\": \"a red apple, noto style\", \"seed\": 7}"));
    expect(response, 200);
    return Base64.getDecoder().decode(Api.json(response.body()).at("/data/0/b64_json").asText());
  }

  private void drawing() {
    check("draw: b64_json", () -> drawn().length + " bytes of PNG");
    check(
        "draw: the picture's address works without a key",
        () -> {
          HttpResponse<String> response =
              api.send(
                  api.post(
                      "/v1/images/generations",
                      "{\"prompt\": \"a red apple\", \"response_format\": \"url\"}"));
          expect(response, 200);
          URI address = URI.create(Api.json(response.body()).at("/data/0/url").asText());
          return expect(plain(address.getRawPath()), 200);
        });
    check(
        "draw: a stream with partial pictures",
        () -> {
          HttpResponse<String> response =
              api.send(
                  api.post(
                      "/v1/images/generations",
                      "{\"prompt\": \"a red apple\", \"stream\": true, \"partial_images\": 2}"));
          expect(response, 200);
          require(response.body().contains("image_generation.completed"), "no completed picture");
          return response.body().split("image_generation.partial_image\"", -1).length
              - 1
              + " partial pictures";
        });
  }

  private void chats() {
    check(
        "look: a question about a picture",
        () -> {
          String picture = Base64.getEncoder().encodeToString(drawn());
          HttpResponse<String> response =
              api.send(
                  api.post(
                      "/v1/chat/completions",
                      "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\","
                          + " \"text\": \"what is this?\"}, {\"type\": \"image_url\","
                          + " \"image_url\": {\"url\": \"data:image/png;base64,"
                          + picture
                          + "\"}}]}]}"));
          expect(response, 200);
          String answer =
              Api.json(response.body()).at("/choices/0/message/content").asText().strip();
          require(answer.contains("red apple"), "the answer is " + answer);
          return answer;
        });
    check(
        "chat: a stream ends with usage and [DONE]",
        () -> {
          HttpResponse<String> response =
              api.send(
                  api.post(
                      "/v1/chat/completions",
                      "{\"messages\": [{\"role\": \"user\", \"content\": \"hello\"}],"
                          + " \"max_tokens\": 8, \"stream\": true,"
                          + " \"stream_options\": {\"include_usage\": true}}"));
          expect(response, 200);
          require(response.body().contains("\"usage\":{"), "no usage");
          require(response.body().strip().endsWith("[DONE]"), "no [DONE]");
          return "ok";
        });
    check(
        "errors: OpenAI's envelope names the field",
        () -> {
          HttpResponse<String> response =
              api.send(api.post("/v1/chat/completions", "{\"messages\": [], \"tools\": 5}"));
          expect(response, 400);
          JsonNode error = Api.json(response.body()).path("error");
          require(error.has("param") && error.has("code") && error.has("type"), "members missing");
          return error.path("message").asText();
        });
  }

  private void jobs() {
    check(
        "job: 202 and Location, then completed, content and job with ETags, deleted",
        () -> {
          HttpResponse<String> accepted = api.send(api.post("/v1/jobs", DRAW));
          expect(accepted, 202);
          String job = header(accepted, "Location");
          String path = URI.create(job).getRawPath();
          Wait.until(
              "the job has ended", Duration.ofSeconds(60), () -> status(path).equals("completed"));
          HttpResponse<byte[]> content = api.bytes(api.request(path + "/content?index=0").GET());
          expect(content, 200);
          require(
              new String(content.body(), 1, 3, StandardCharsets.US_ASCII).equals("PNG"), "no PNG");
          String tag = header(content, "ETag");
          expect(
              api.send(api.request(path + "/content?index=0").header("If-None-Match", tag).GET()),
              304);
          HttpResponse<String> shown = api.send(api.request(path).GET());
          expect(
              api.send(api.request(path).header("If-None-Match", header(shown, "ETag")).GET()),
              304);
          expect(api.send(api.request(path).DELETE()), 204);
          return content.body().length + " bytes";
        });
    check(
        "job: Prefer wait=N answers with the result",
        () -> {
          HttpResponse<String> response =
              api.send(api.post("/v1/jobs", DRAW).header("Prefer", "wait=30"));
          expect(response, 200);
          require(
              header(response, "Preference-Applied").equals("wait=30"),
              header(response, "Preference-Applied"));
          return Api.json(response.body()).path("status").asText();
        });
    check(
        "job: an Idempotency-Key is replayed",
        () -> {
          String key = UUID.randomUUID().toString();
          HttpResponse<String> first =
              api.send(
                  api.post("/v1/jobs", DRAW)
                      .header("Idempotency-Key", key)
                      .header("Prefer", "wait=30"));
          expect(first, 200);
          HttpResponse<String> second =
              api.send(api.post("/v1/jobs", DRAW).header("Idempotency-Key", key));
          expect(second, 200);
          require(header(second, "Idempotency-Replayed").equals("true"), "not replayed");
          require(
              Api.json(first.body()).path("id").equals(Api.json(second.body()).path("id")),
              "another job");
          return "same job";
        });
    check(
        "job: a bad body is a problem that names the member",
        () -> {
          HttpResponse<String> response = api.send(api.post("/v1/jobs", "{\"endpoint\": \"/x\"}"));
          require(response.statusCode() == 422 || response.statusCode() == 400, "no refusal");
          require(
              header(response, "content-type").contains("application/problem+json"),
              header(response, "content-type"));
          return Integer.toString(response.statusCode());
        });
  }

  private String status(String path) throws IOException, InterruptedException {
    return Api.json(api.send(api.request(path).GET()).body()).path("status").asText();
  }

  private void events() {
    check(
        "job: events, resumed by Last-Event-ID, then 204",
        () -> {
          HttpResponse<String> accepted = api.send(api.post("/v1/jobs", DRAW));
          String path = URI.create(header(accepted, "Location")).getRawPath() + "/events";
          HttpResponse<String> all =
              api.send(api.request(path).header("Accept", "text/event-stream").GET());
          expect(all, 200);
          require(all.body().contains("finished"), "no finished event");
          String first =
              all.body().lines().filter(line -> line.startsWith("id:")).findFirst().orElseThrow();
          HttpResponse<String> rest =
              api.send(
                  api.request(path)
                      .header("Accept", "text/event-stream")
                      .header("Last-Event-ID", first.substring(3).strip())
                      .GET());
          expect(rest, 200);
          require(!rest.body().contains(first + "\n"), "the first event came again");
          String last =
              all.body()
                  .lines()
                  .filter(line -> line.startsWith("id:"))
                  .reduce((a, b) -> b)
                  .orElseThrow();
          expect(
              api.send(
                  api.request(path)
                      .header("Accept", "text/event-stream")
                      .header("Last-Event-ID", last.substring(3).strip())
                      .GET()),
              204);
          return all.body().lines().filter(line -> line.startsWith("event:")).count() + " events";
        });
  }

  private void webhooks() {
    check(
        "webhook: a job's end is told once",
        () -> {
          HttpResponse<String> secret =
              api.send(api.post("/v1/webhook-endpoints/default-secret", ""));
          require(secret.statusCode() < 300, "no default secret: " + secret.body());
          HttpResponse<String> accepted =
              api.send(
                  api.post(
                      "/v1/jobs",
                      DRAW.substring(0, DRAW.length() - 1)
                          + ", \"webhook\": {\"url\": \""
                          + hook
                          + "\"}}"));
          expect(accepted, 202);
          String id = Api.json(accepted.body()).path("id").asText();
          long millis =
              Wait.until(
                  "the message has come",
                  Duration.ofSeconds(60),
                  () -> !receiver.messages(id).isEmpty());
          require(receiver.messages(id).size() == 1, receiver.messages(id).toString());
          return "after " + millis + " ms";
        });
  }

  private void keys() {
    check(
        "keys: made, used, ended",
        () -> {
          HttpResponse<String> made =
              api.send(
                  api.post(
                      "/admin/v1/keys",
                      "{\"name\": \"walk-"
                          + UUID.randomUUID()
                          + "\", \"scopes\": [\"inference\"]}"));
          expect(made, 201);
          String key = Api.json(made.body()).path("key").asText();
          Api own = new Api(url, key);
          expect(own.send(own.request("/v1/models").GET()), 200);
          expect(own.send(own.request("/v1/jobs").GET()), 403);
          expect(
              api.send(
                  api.request("/admin/v1/keys/" + Api.json(made.body()).path("id").asText())
                      .DELETE()),
              204);
          return "ok";
        });
  }

  private void pages() {
    for (String path : List.of("/", "/v3/api-docs", "/livez", "/readyz")) {
      check("GET " + path + " without a key", () -> expect(plain(path), 200));
    }
    check(
        "GET /actuator/health through the gateway is 404",
        () -> expect(plain("/actuator/health"), 404));
  }

  private void management(Pod pod) {
    for (String path :
        List.of(
            "/actuator/health/liveness", "/actuator/health/readiness", "/actuator/prometheus")) {
      check(
          pod.container.name() + " " + path,
          () -> {
            HttpResponse<String> response =
                PLAIN.send(
                    HttpRequest.newBuilder(pod.management(path))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                    HttpResponse.BodyHandlers.ofString());
            expect(response, 200);
            if (path.endsWith("prometheus")) {
              require(
                  response.body().contains("application=\"" + pod.container.service() + "\""),
                  "no application tag");
              return response.body().lines().count() + " lines";
            }
            return "200";
          });
    }
  }

  private static String logs(List<Pod> pods) throws IOException {
    long other = 0;
    long lines = 0;
    String example = "";
    for (Pod pod : pods) {
      Path log = pod.process().log();
      for (String line : Files.readAllLines(log)) {
        lines++;
        if (!line.startsWith("{")) {
          other++;
          example = pod.container.name() + ": " + line;
        }
      }
    }
    require(other == 0, other + " of " + lines + " lines are not JSON, as " + example);
    return lines + " lines";
  }
}

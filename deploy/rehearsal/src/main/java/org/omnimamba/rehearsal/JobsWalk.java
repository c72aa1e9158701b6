package org.omnimamba.rehearsal;

import static org.omnimamba.rehearsal.Promises.expect;
import static org.omnimamba.rehearsal.Promises.header;
import static org.omnimamba.rehearsal.Promises.require;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** What {@code docs/jobs.md} and {@code docs/webhooks.md} promise. */
final class JobsWalk {
  private static final String DRAW =
      "{\"endpoint\": \"/v1/images/generations\", \"body\": {\"prompt\": \"a red apple, noto"
          + " style\", \"seed\": 7}}";

  private final Promises promises;
  private final Api api;
  private final Receiver receiver;
  private final String hook;

  /**
   * @param hook address of the receiver as the services see it
   */
  JobsWalk(Promises promises, Api api, Receiver receiver, String hook) {
    this.promises = promises;
    this.api = api;
    this.receiver = receiver;
    this.hook = hook;
  }

  void run() {
    jobs();
    events();
    webhooks();
  }

  private void jobs() {
    promises.check(
        "job: 202 and Location; content and job with ETag, If-Match, If-None-Match, Range; deleted",
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
          expect(
              api.bytes(api.request(path + "/content?index=0").header("If-Match", tag).GET()), 200);
          expect(
              api.bytes(
                  api.request(path + "/content?index=0").header("If-Match", "\"other\"").GET()),
              412);
          HttpResponse<byte[]> whole =
              api.bytes(api.request(path + "/content?index=0").header("Range", "bytes=0-3").GET());
          expect(whole, 200);
          require(header(whole, "Accept-Ranges").equals("none"), "ranges");
          require(whole.body().length == content.body().length, "a part");
          HttpResponse<String> shown = api.send(api.request(path).GET());
          expect(
              api.send(api.request(path).header("If-None-Match", header(shown, "ETag")).GET()),
              304);
          expect(api.send(api.request(path).DELETE()), 204);
          return content.body().length + " bytes";
        });
    promises.check(
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
    promises.check(
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
          HttpResponse<String> other =
              api.send(api.post("/v1/jobs", DRAW.replace("7", "8")).header("Idempotency-Key", key));
          expect(other, 422);
          require(header(other, "X-Should-Retry").equals("false"), "it may be retried");
          return "same job";
        });
    promises.check(
        "job: a bad body is a problem that names the member",
        () -> {
          HttpResponse<String> response = api.send(api.post("/v1/jobs", "{\"endpoint\": \"/x\"}"));
          require(response.statusCode() == 422 || response.statusCode() == 400, "no refusal");
          require(
              header(response, "content-type").contains("application/problem+json"),
              header(response, "content-type"));
          return Integer.toString(response.statusCode());
        });
    promises.check(
        "job: cancelled, then ended",
        () -> {
          HttpResponse<String> accepted =
              api.send(api.post("/v1/jobs", DRAW.replace("\"seed\": 7", "\"seed\": 7, \"n\": 10")));
          String path = URI.create(header(accepted, "Location")).getRawPath();
          HttpResponse<String> cancelled = api.send(api.post(path + "/cancel", ""));
          require(cancelled.statusCode() == 200 || cancelled.statusCode() == 202, cancelled.body());
          Wait.until(
              "the job has ended",
              Duration.ofSeconds(60),
              () -> List.of("cancelled", "completed").contains(status(path)));
          return Api.json(cancelled.body()).path("outcome").asText();
        });
  }

  private String status(String path) throws IOException, InterruptedException {
    return Api.json(api.send(api.request(path).GET()).body()).path("status").asText();
  }

  private void events() {
    promises.check(
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
    promises.check(
        "webhook: a job's end is told once, signed with the default secret",
        () -> {
          HttpResponse<String> made =
              api.send(api.post("/v1/webhook-endpoints/default-secret", ""));
          require(made.statusCode() < 300, "no default secret: " + made.body());
          String secret = Api.json(made.body()).path("secret").asText();
          String id =
              submitted(
                  DRAW.substring(0, DRAW.length() - 1)
                      + ", \"webhook\": {\"url\": \""
                      + hook
                      + "\"}}");
          long millis =
              Wait.until(
                  "the message has come",
                  Duration.ofSeconds(60),
                  () -> !receiver.messages(id).isEmpty());
          require(receiver.messages(id).size() == 1, receiver.messages(id).toString());
          require(receiver.isSigned(id, secret), "not signed with the tenant's default secret");
          return "after " + millis + " ms";
        });
    promises.check(
        "webhook: a registered receiver is told, its secret rotated, the delivery replayed",
        () -> {
          HttpResponse<String> made =
              api.send(
                  api.post(
                      "/v1/webhook-endpoints",
                      "{\"url\": \"" + hook + "\", \"events\": [\"job.completed\"]}"));
          expect(made, 201);
          String endpoint = "/v1/webhook-endpoints/" + Api.json(made.body()).path("id").asText();
          String secret = Api.json(made.body()).path("secret").asText();
          String rotated =
              Api.json(api.send(api.post(endpoint + "/rotate-secret", "")).body())
                  .path("secret")
                  .asText();
          String id = submitted(DRAW);
          Wait.until(
              "the message has come",
              Duration.ofSeconds(60),
              () -> !receiver.messages(id).isEmpty());
          require(receiver.isSigned(id, secret), "not signed with the secret before");
          require(receiver.isSigned(id, rotated), "not signed with the new secret");
          HttpResponse<String> deliveries = api.send(api.request(endpoint + "/deliveries").GET());
          expect(deliveries, 200);
          String delivery = Api.json(deliveries.body()).at("/data/0/id").asText();
          String address = "/v1/webhook-endpoints/deliveries/" + delivery;
          Wait.until(
              "the delivery is noted",
              Duration.ofSeconds(30),
              () -> status(address).equals("delivered"));
          int before = receiver.requests(id);
          HttpResponse<String> replayed = api.send(api.post(address + "/replay", ""));
          require(replayed.statusCode() < 300, replayed.body());
          Wait.until(
              "the replay has come", Duration.ofSeconds(60), () -> receiver.requests(id) > before);
          HttpResponse<String> disabled =
              api.send(
                  api.request(endpoint)
                      .header("Content-Type", "application/json")
                      .method(
                          "PATCH",
                          HttpRequest.BodyPublishers.ofString("{\"status\": \"disabled\"}")));
          expect(disabled, 200);
          expect(api.send(api.request(endpoint).DELETE()), 204);
          return "ok";
        });
  }

  private String submitted(String job) throws IOException, InterruptedException {
    HttpResponse<String> accepted = api.send(api.post("/v1/jobs", job));
    expect(accepted, 202);
    return Api.json(accepted.body()).path("id").asText();
  }
}

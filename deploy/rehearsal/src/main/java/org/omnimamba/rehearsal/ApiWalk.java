package org.omnimamba.rehearsal;

import static org.omnimamba.rehearsal.Promises.expect;
import static org.omnimamba.rehearsal.Promises.header;
import static org.omnimamba.rehearsal.Promises.require;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What {@code docs/api.md} promises of models, drawing, chats, keys and pages. */
final class ApiWalk {
  private final Promises promises;
  private final String url;
  private final Api api;

  /**
   * @param url address of the gateway
   */
  ApiWalk(Promises promises, String url, Api api) {
    this.promises = promises;
    this.url = url;
    this.api = api;
  }

  void run() {
    models();
    drawing();
    chats();
    keys();
    pages();
  }

  private void models() {
    promises.check(
        "GET /v1/models, x-request-id both ways",
        () -> {
          HttpResponse<String> response =
              api.send(api.request("/v1/models").header("x-request-id", "walk-1").GET());
          expect(response, 200);
          require(header(response, "x-request-id").equals("walk-1"), "another x-request-id");
          header(response, "x-ratelimit-limit-requests");
          return Api.json(response.body()).at("/data/0/id").asText();
        });
    promises.check(
        "no key and a wrong key are 401",
        () -> {
          expect(promises.withoutKey("/v1/models"), 401);
          Api wrong = new Api(url, "om_wrong");
          return expect(wrong.send(wrong.request("/v1/models").GET()), 401);
        });
    promises.check(
        "HEAD /v1/models is GET without the body",
        () -> {
          HttpResponse<String> response =
              api.send(
                  api.request("/v1/models").method("HEAD", HttpRequest.BodyPublishers.noBody()));
          expect(response, 200);
          require(response.body().isEmpty(), "a body");
          return header(response, "content-type");
        });
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
    promises.check("draw: b64_json", () -> drawn().length + " bytes of PNG");
    promises.check(
        "draw: the picture's address works without a key",
        () -> {
          HttpResponse<String> response =
              api.send(
                  api.post(
                      "/v1/images/generations",
                      "{\"prompt\": \"a red apple\", \"response_format\": \"url\"}"));
          expect(response, 200);
          URI address = URI.create(Api.json(response.body()).at("/data/0/url").asText());
          return expect(promises.withoutKey(address.getRawPath()), 200);
        });
    promises.check(
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
    promises.check(
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
    promises.check(
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
    promises.check(
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

  private void keys() {
    promises.check(
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
      promises.check(
          "GET " + path + " without a key", () -> expect(promises.withoutKey(path), 200));
    }
    promises.check(
        "GET /actuator/health through the gateway is 404",
        () -> expect(promises.withoutKey("/actuator/health"), 404));
    promises.check(
        "every address of /v3/api-docs answers",
        () -> {
          JsonNode paths = Api.json(promises.withoutKey("/v3/api-docs").body()).path("paths");
          int asked = 0;
          for (Map.Entry<String, JsonNode> path : paths.properties()) {
            if (path.getValue().has("get") && !path.getKey().contains("{")) {
              HttpResponse<String> response = api.send(api.request(path.getKey()).GET());
              expect(response, 200);
              asked++;
            }
          }
          require(asked >= 4, "only " + asked + " addresses to ask");
          return asked + " of " + paths.size() + " asked, the others need an id or a body";
        });
    promises.check(
        "an address of OpenAI that is not served says what is",
        () -> {
          HttpResponse<String> response = api.send(api.post("/v1/completions", "{}"));
          expect(response, 404);
          require(response.body().contains("/v1/chat/completions"), response.body());
          return "404";
        });
  }
}

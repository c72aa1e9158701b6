package org.omnimamba.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.gateway.hostile.RawAnswer;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Old clients, clients that ask for headers alone, and clients of OpenAI's other endpoints. */
class ClientsTest {
  private static final String EVENTS = "data: one\n\ndata: two\n\n";

  private static Upstream service;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    service =
        Upstream.start(
            routes ->
                routes
                    .post(
                        "/v1/chat/completions",
                        (request, response) ->
                            request
                                .receive()
                                .aggregate()
                                .then(
                                    response
                                        .sse()
                                        .send(
                                            Flux.just("data: one\n\n", "data: two\n\n")
                                                .map(
                                                    text ->
                                                        Unpooled.copiedBuffer(
                                                            text, StandardCharsets.UTF_8)),
                                            each -> true)
                                        .then()))
                    .route(
                        request -> request.uri().startsWith("/v1/"),
                        (request, response) ->
                            response
                                .header("Content-Type", "application/json")
                                .header("ETag", "\"7\"")
                                .header("Content-Length", "12")
                                .sendString(
                                    request.method().name().equals("HEAD")
                                        ? Mono.empty()
                                        : Mono.just("{\"data\": []}"))));
    gateway = Gateway.start(service.url(), service.url());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    service.close();
  }

  private static RawAnswer post(String version) throws Exception {
    String body = "{\"stream\":true}";
    return RawAnswer.send(
        gateway.port(),
        ("POST /v1/chat/completions HTTP/"
                + version
                + "\r\nHost: x\r\nAuthorization: Bearer "
                + Gateway.KEY
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body)
            .getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aStreamForAnOldClientHasNoChunks() throws Exception {
    RawAnswer answer = post("1.0");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text().toLowerCase(Locale.ROOT)).doesNotContain("transfer-encoding");
    assertThat(answer.text()).endsWith("\r\n\r\n" + EVENTS);
    assertThat(post("1.1").text().toLowerCase(Locale.ROOT)).contains("transfer-encoding: chunked");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/models",
        "/v1/models/a",
        "/v1/jobs",
        "/v1/jobs/1",
        "/v1/jobs/1/content",
        "/v1/webhook-endpoints",
        "/v3/api-docs",
        "/",
        "/playground/app.js",
        "/livez",
        "/readyz"
      })
  void headersCanBeAskedForAloneWhereThereIsSomethingToGet(String path) throws Exception {
    HttpResponse<String> whole = gateway.get(path);
    HttpResponse<String> head =
        gateway.send(gateway.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(constant(head)).isEqualTo(constant(whole));
  }

  /** Headers but those that differ with each request. */
  private static Map<String, String> constant(HttpResponse<String> answer) {
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    answer.headers().map().forEach((name, values) -> all.put(name, String.join(",", values)));
    all.keySet().removeIf(name -> name.startsWith("x-ratelimit"));
    all.keySet().removeAll(Set.of("x-request-id", "date", "transfer-encoding"));
    return all;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/completions | Use POST /v1/chat/completions.",
        "/v1/embeddings | It serves POST /v1/chat/completions, POST /v1/responses",
        "/v1/audio/speech | It serves POST /v1/chat/completions",
        "/v1/moderations | It serves POST /v1/chat/completions",
        "/v1/fine_tuning/jobs | It serves POST /v1/chat/completions",
        "/v1/images/edits | Pictures are drawn from text alone",
        "/v1/uploads | Send a file at once: POST /v1/files.",
        "/v1/responses/input_tokens | The usage of an answer says how many tokens its input had.",
        "/v1/responses/compact | truncation auto cuts a conversation to what the model can read.",
        "/v1/chat/completions/chatcmpl-1 | Chat completions are not kept; responses are",
        "/v1/webhook_endpoints | is set with /v1/webhook-endpoints.",
        "/v1/skills | It serves POST /v1/chat/completions",
        "/chat/completions | must end with /v1, once.",
        "/responses | must end with /v1, once.",
        "/v1/v1/models | must end with /v1, once.",
        "/v1/anything | Nothing is served under this address.",
      })
  void saysWhatIsServedInstead(String path, String hint) throws Exception {
    HttpResponse<String> answer = gateway.post(path, "{}");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body())
        .startsWith("{\"error\":{\"message\":\"")
        .contains(hint, "\"type\":\"invalid_request_error\"", "\"code\":\"unknown_url\"");
  }
}

package org.omnimamba.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.gateway.hostile.RawAnswer;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** Every header that the documentation names passes the gateway, and no internal one does. */
class HeadersTest {
  private static volatile String answerName = "X-Nothing";
  private static volatile String answerValue = "";
  private static volatile int answerStatus = 200;

  private static Upstream service;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    service =
        Upstream.start(
            routes -> routes.route(request -> true, (request, response) -> answer(response)));
    gateway = Gateway.start(service.url(), service.url());
  }

  private static Mono<Void> answer(HttpServerResponse response) {
    return response
        .status(answerStatus)
        .header(answerName, answerValue)
        .sendString(Mono.just("{}"))
        .then();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    service.close();
  }

  private static HttpHeaders seen(String path, String name, String... values) throws Exception {
    answerStatus = 200;
    var request = gateway.request(path);
    for (String value : values) {
      request.header(name, value);
    }
    assertThat(gateway.send(request.GET()).statusCode()).isEqualTo(200);
    return service.last().headers();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Accept | text/event-stream",
        "Idempotency-Key | order-17",
        "If-Match | \"7\"",
        "If-None-Match | \"7\"",
        "Last-Event-ID | 41",
        "Prefer | wait=30",
        "Range | bytes=0-99",
        "If-Range | \"7\"",
        "User-Agent | client/1.0",
        "X-Request-Id | my-id",
      })
  void passesToTheServices(String name, String value) throws Exception {
    for (String path : new String[] {"/v1/jobs/1", "/v1/models"}) {
      assertThat(seen(path, name, value).getAll(name)).as(path).containsExactly(value);
    }
  }

  @Test
  void passesTheTypeOfABody() throws Exception {
    answerStatus = 200;
    gateway.post("/v1/jobs", "{}");
    assertThat(service.last().headers().getAll("Content-Type")).containsExactly("application/json");
  }

  @Test
  void continuesTheClientsTrace() throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    HttpHeaders headers = seen("/v1/jobs/1", "traceparent", "00-" + trace + "-b7ad6b7169203331-01");
    assertThat(headers.get("traceparent")).startsWith("00-" + trace + "-").endsWith("-01");
  }

  @Test
  void listsMayTakeSeveralLines() throws Exception {
    assertThat(seen("/v1/jobs/1", "Prefer", "respond-async", "wait=30").getAll("Prefer"))
        .containsExactly("respond-async, wait=30");
    assertThat(seen("/v1/jobs/1", "If-None-Match", "\"1\"", "\"2\"").getAll("If-None-Match"))
        .containsExactly("\"1\", \"2\"");
  }

  /** Hop by hop, secret, or made up: the gateway alone says who calls. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "Cookie",
        "Forwarded",
        "Keep-Alive",
        "OpenAI-Organization",
        "Origin",
        "Proxy-Authorization",
        "Referer",
        "TE",
        "Trailer",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-OmniMamba-Anything",
        "X-Real-IP",
      })
  void nothingElsePassesToTheServices(String name) throws Exception {
    answerStatus = 200;
    String request =
        "GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + Gateway.KEY
            + "\r\n"
            + (name.equals("Authorization") ? "" : name + ": smuggled\r\n")
            + "Connection: close\r\n\r\n";
    assertThat(RawAnswer.send(gateway.port(), request.getBytes("ISO-8859-1")).status())
        .isEqualTo(200);
    assertThat(service.last().headers().contains(name)).isFalse();
  }

  private static HttpResponse<String> answered(String path, int status, String name, String value)
      throws Exception {
    answerName = name;
    answerValue = value;
    answerStatus = status;
    return gateway.get(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | Preference-Applied | wait=30",
        "202 | Location | /v1/jobs/1",
        "200 | Idempotency-Replayed | true",
        "409 | X-Should-Retry | false",
        "429 | Retry-After | 17",
        "503 | Retry-After | 17",
        "200 | ETag | \"7\"",
        "206 | Content-Range | bytes 0-1/2",
        "200 | Accept-Ranges | bytes",
        "200 | Content-Type | image/png",
        "200 | Content-Disposition | inline",
        "200 | Cache-Control | private, max-age=60",
        "200 | Vary | Accept",
        "200 | Link | </v1/jobs?after=x>; rel=next",
        "200 | X-Accel-Buffering | no",
        "200 | openai-processing-ms | 12",
        "405 | Allow | GET",
      })
  void passesToTheClient(int status, String name, String value) throws Exception {
    for (String path : new String[] {"/v1/jobs/1", "/v1/models"}) {
      HttpResponse<String> answer = answered(path, status, name, value);
      assertThat(answer.statusCode()).as(path).isEqualTo(status);
      assertThat(answer.headers().allValues(name)).as(path).containsExactly(value);
    }
  }

  @Test
  void everyAnswerHasTheRequestsIdOnce() throws Exception {
    assertThat(answered("/v1/jobs/1", 200, "X-Request-Id", "of the service").headers())
        .satisfies(headers -> assertThat(headers.allValues("x-request-id")).hasSize(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Server",
        "X-Powered-By",
        "X-OmniMamba-Outstanding-Tokens",
        "X-OmniMamba-Anything",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Upgrade",
      })
  void nothingInternalPassesToTheClient(String name) throws Exception {
    assertThat(answered("/v1/models", 200, name, "5").headers().map().keySet())
        .noneMatch(
            present -> present.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)));
  }
}

package org.omnimamba.gateway.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import reactor.core.publisher.Mono;

/**
 * Requests that mean harm, byte for byte over real sockets, each with the status it is to get.
 *
 * <p>What is refused must not have reached a service, and whatever reaches one carries the
 * gateway's own token and tenant.
 */
class HostileRequestsTest {
  private static final String KEY = "Authorization: Bearer " + Gateway.KEY + "\r\n";
  private static final String JSON = "Content-Type: application/json\r\n";

  static Upstream inference;
  static Upstream jobs;
  static Gateway gateway;

  @BeforeAll
  static void start() {
    inference =
        Upstream.start(
            routes ->
                routes.route(
                    request -> true,
                    (request, response) ->
                        request
                            .receive()
                            .aggregate()
                            .then(response.sendString(Mono.just("served")).then())));
    jobs =
        Upstream.start(
            routes ->
                routes.route(
                    request -> true,
                    (request, response) -> response.sendString(Mono.just("served"))));
    gateway =
        Gateway.start(
            inference.url(),
            jobs.url(),
            "omnimamba.gateway.body.max-size",
            "1MB",
            "omnimamba.gateway.body.timeout",
            "1s",
            "omnimamba.gateway.server.head-timeout",
            "1s",
            "omnimamba.gateway.limits.everyone.requests-per-minute",
            "100000");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.omnimamba.gateway.hostile.HostileRequests#attacks")
  void getsItsIntendedStatus(HostileRequests.Attack attack) throws Exception {
    int before = inference.seen().size() + jobs.seen().size();
    RawAnswer answer = RawAnswer.send(gateway.port(), attack.bytes());
    assertThat(attack.intended()).as(answer.text()).contains(answer.status());
    int reached = inference.seen().size() + jobs.seen().size() - before;
    if (answer.status() == 200) {
      assertThat(reached).isEqualTo(1);
      Upstream.Seen seen = inference.last();
      assertThat(seen.headers().getAll("X-OmniMamba-Internal-Token"))
          .containsExactly(Gateway.INTERNAL_TOKEN);
      assertThat(seen.headers().getAll("X-OmniMamba-Tenant")).containsExactly("default");
      assertThat(seen.headers().contains("Upgrade")).isFalse();
      assertThat(seen.headers().names())
          .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).contains("forwarded"));
    } else {
      assertThat(reached).as("requests that reached a service").isZero();
      assertThat(answer.text()).doesNotContain("Exception", "at org.", Gateway.INTERNAL_TOKEN);
    }
  }

  /** Most clients send all of a request before they look for an answer. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatSendsFarTooMuchStillReadsWhy(boolean chunked) throws Exception {
    int size = 24 << 20;
    String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + size;
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(
        ("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n" + KEY + JSON + framing + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    if (chunked) {
      request.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
    request.writeBytes(new byte[size]);
    if (chunked) {
      request.writeBytes("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    RawAnswer answer = RawAnswer.sendAll(gateway.port(), request.toByteArray());
    assertThat(answer.status()).as(answer.text()).isEqualTo(413);
    assertThat(answer.text()).contains("body_too_large", "connection: close");
  }

  @Test
  void theTableIsLongEnough() {
    assertThat(HostileRequests.attacks()).hasSizeGreaterThanOrEqualTo(40);
  }

  @Test
  void aSecondRequestInTheSamePacketGetsNoFurtherThanTheFirst() throws Exception {
    String first = "GET /v1/models HTTP/1.1\r\nHost: x\r\n" + KEY + "\r\n";
    String second = "GET /actuator/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    RawAnswer answer =
        RawAnswer.send(gateway.port(), (first + second).getBytes(StandardCharsets.US_ASCII), true);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).contains("served").doesNotContain("UP").containsOnlyOnce(" 200 OK");
  }

  /** What was refused half-read must not hold memory until the end of days. */
  @AfterAll
  static void nothingIsLeft() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                gateway
                        .bean(MeterRegistry.class)
                        .get("omnimamba.gateway.bodies.bytes")
                        .gauge()
                        .value()
                    == 0);
    gateway.close();
    inference.close();
    jobs.close();
  }
}

package org.omnimamba.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.api.Workers;
import org.omnimamba.inference.engine.FakeBackend;
import tools.jackson.databind.JsonNode;

/** Too many requests, failing devices and slow starts, as a client sees them. */
class OverloadTest {
  private static final AtomicBoolean LOADED = new AtomicBoolean();
  private static final AtomicBoolean BROKEN = new AtomicBoolean();
  private static final FakeBackend BACKEND = new FakeBackend(2, 208, 128);
  private static final TestServer SERVER =
      TestServer.startWith(
          OverloadTest::open,
          "omnimamba.inference.engine.max-waiting=6",
          "omnimamba.inference.engine.probe-interval=10ms",
          "omnimamba.inference.request-timeout=30s",
          "omnimamba.inference.ping-interval=2s",
          "omnimamba.inference.body-timeout=2s");

  private static FakeBackend open() {
    await().forever().untilTrue(LOADED);
    BACKEND.beforeStep(OverloadTest::failIfBroken);
    BACKEND.beforePrefill(OverloadTest::failIfBroken);
    BACKEND.beforeProbe(OverloadTest::failIfBroken);
    return BACKEND;
  }

  private static void failIfBroken() {
    if (BROKEN.get()) {
      throw new IllegalStateException("injected");
    }
  }

  @AfterAll
  static void stop() {
    LOADED.set(true);
    BACKEND.steps.release(1_000_000);
    SERVER.close();
  }

  @Test
  void fromTheOpenPortToAFailingDeviceAndBack() {
    refusedWhileLoading();
    LOADED.set(true);
    SERVER.awaitReady();
    assertThat(health("readiness").statusCode()).isEqualTo(200);
    fourTimesTheCapacity();
    aFailedStepIsA500();
    silenceIsFilledWithComments();
    aSlowBodyIsA408();
    noTimeForABodyIsA503();
  }

  private static void refusedWhileLoading() {
    for (String path : List.of("/v1/chat/completions", "/v1/images/generations")) {
      HttpResponse<String> refused = SERVER.send(SERVER.post(path, chat(false)));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(error(refused).get("code").stringValue()).isEqualTo("not_ready");
      assertThat(error(refused).get("type").stringValue()).isEqualTo("server_error");
      assertThat(refused.headers().firstValueAsLong("Retry-After")).isPresent();
    }
    assertThat(SERVER.get("/v1/models").statusCode()).isEqualTo(503);
    assertThat(health("readiness").statusCode()).isEqualTo(503);
    assertThat(health("liveness").statusCode()).isEqualTo(200);
  }

  private static void fourTimesTheCapacity() {
    BACKEND.steps.drainPermits();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      answers.add(SERVER.sendAsync(SERVER.post("/v1/chat/completions", chat(i % 2 == 0))));
    }
    await().until(() -> answers.stream().filter(CompletableFuture::isDone).count() == 24);
    BACKEND.steps.release(10_000);
    int accepted = 0;
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      HttpResponse<String> response = answer.join();
      if (response.statusCode() == 200) {
        accepted++;
        continue;
      }
      assertThat(response.statusCode()).isEqualTo(429);
      assertThat(error(response).get("type").stringValue()).isEqualTo("rate_limit_error");
      assertThat(error(response).get("code").stringValue()).isEqualTo("queue_full");
      assertThat(response.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();
      assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    }
    assertThat(accepted).isEqualTo(8);
    idle();
  }

  private static void aFailedStepIsA500() {
    BROKEN.set(true);
    HttpResponse<String> failed = SERVER.send(SERVER.post("/v1/chat/completions", chat(true)));
    assertThat(failed.statusCode()).isEqualTo(500);
    assertThat(error(failed).get("code").stringValue()).isEqualTo("generation_failed");
    assertThat(failed.body()).doesNotContain("injected");
    SERVER.send(SERVER.post("/v1/chat/completions", chat(false)));
    SERVER.send(SERVER.post("/v1/chat/completions", chat(false)));
    await().until(() -> health("readiness").statusCode() == 503);
    assertThat(health("liveness").statusCode()).isEqualTo(200);
    assertThat(SERVER.send(SERVER.post("/v1/chat/completions", chat(true))).statusCode())
        .isEqualTo(503);
    BROKEN.set(false);
    await().until(() -> health("readiness").statusCode() == 200);
    BACKEND.steps.drainPermits();
    CompletableFuture<HttpResponse<String>> half =
        SERVER.sendAsync(SERVER.post("/v1/chat/completions", chat(true)));
    BACKEND.steps.release(2);
    await().until(() -> SERVER.engine().status().running() == 1);
    BROKEN.set(true);
    BACKEND.steps.release(10_000);
    HttpResponse<String> response = half.join();
    BROKEN.set(false);
    // the stream had begun: the error is its last event
    List<Sse.Event> events = Sse.events(response);
    Sse.Event last = events.get(events.size() - 1);
    assertThat(last.name()).isEqualTo("error");
    assertThat(last.json().get("error").get("code").stringValue()).isEqualTo("generation_failed");
    idle();
  }

  private static void silenceIsFilledWithComments() {
    BACKEND.steps.drainPermits();
    StringBuffer seen = new StringBuffer();
    CompletableFuture<HttpResponse<Void>> answer =
        SERVER
            .client()
            .sendAsync(
                SERVER.post("/v1/chat/completions", chat(true)),
                BodyHandlers.ofByteArrayConsumer(
                    part -> part.ifPresent(bytes -> seen.append(new String(bytes, UTF_8)))));
    await().until(() -> seen.indexOf(": ping\n\n") >= 0);
    BACKEND.steps.release(10_000);
    assertThat(answer.join().statusCode()).isEqualTo(200);
    assertThat(seen.toString()).endsWith("data: [DONE]\n\n");
    idle();
  }

  /** Over a plain socket, because the client sends its whole body before it reads an answer. */
  private static void aSlowBodyIsA408() {
    String head =
        """
        POST /v1/chat/completions HTTP/1.1\r
        Host: localhost\r
        X-OmniMamba-Internal-Token: %s\r
        Content-Type: application/json\r
        Content-Length: 1000\r
        \r
        {"""
            .formatted(TestServer.TOKEN);
    try (Socket socket = new Socket("localhost", SERVER.uri("/").getPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(head.getBytes(UTF_8));
      socket.getOutputStream().flush();
      BufferedReader answer =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      assertThat(answer.readLine()).startsWith("HTTP/1.1 408");
      assertThat(answer.lines().takeWhile(line -> !line.contains("body_timeout")).toList())
          .isNotEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    idle();
  }

  /** The client was quick; the service had no thread for it. */
  private static void noTimeForABodyIsA503() {
    CountDownLatch enough = new CountDownLatch(1);
    for (int worker = 0; worker < 2; worker++) {
      SERVER.bean(Workers.class).incoming().schedule(() -> awaitForEver(enough));
    }
    HttpResponse<String> refused = SERVER.send(SERVER.post("/v1/chat/completions", chat(false)));
    enough.countDown();
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(error(refused).get("code").stringValue()).isEqualTo("workers_busy");
    assertThat(error(refused).get("type").stringValue()).isEqualTo("server_error");
    assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();
    assertThat(refused.headers().firstValue("Connection")).isEmpty();
    idle();
    assertThat(SERVER.send(SERVER.post("/v1/chat/completions", chat(false))).statusCode())
        .isEqualTo(200);
  }

  private static void awaitForEver(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void idle() {
    await().until(() -> SERVER.engine().status().sequences() == 0);
  }

  private static HttpResponse<String> health(String group) {
    return SERVER.send(
        HttpRequest.newBuilder(SERVER.managementUri("/actuator/health/" + group)).GET().build());
  }

  private static JsonNode error(HttpResponse<String> response) {
    return TestServer.json(response.body()).get("error");
  }

  /** With a seed, or the end of the text may be drawn before it is time. */
  private static String chat(boolean stream) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"prompt\":null,\"max_tokens\":30,\"seed\":1,\"stream\":%s}"
        .formatted(stream);
  }
}

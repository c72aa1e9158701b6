package org.omnimamba.jobs.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.web.shutdown.ServiceStop;
import org.springframework.context.ConfigurableApplicationContext;

/** What becomes of open requests when the service is told to stop. */
class StopTest {
  /** Less than the 60 s that the server waits for requests which do not end by themselves. */
  private static final Duration SOON = Duration.ofSeconds(50);

  private final TestService service = new TestService("omnimamba.jobs.worker.enabled=false");
  private final List<Exchange> open = new ArrayList<>();
  private ConfigurableApplicationContext stopping;

  @BeforeEach
  void startTheProcessThatStops() {
    stopping = service.start("omnimamba.jobs.worker.enabled=false");
  }

  @AfterEach
  void stop() throws IOException {
    for (Exchange exchange : open) {
      exchange.close();
    }
    stopping.close();
    service.close();
  }

  @Test
  void openRequestsAreAnsweredSoThatTheStopDoesNotWaitForThem() throws Exception {
    String id = Jobs.submitForId(service.client("stop"), Jobs.image("watched"));
    Exchange stream = send(head("GET", "/v1/jobs/" + id + "/events", ""));
    assertThat(stream.readUntil("event:queued")).contains("200 OK");
    Exchange waiting =
        send(
            head(
                    "POST",
                    "/v1/jobs",
                    "Prefer: wait=60\r\nContent-Type: application/json\r\nContent-Length: "
                        + JOB.length()
                        + "\r\n")
                + JOB);
    await()
        .atMost(Jobs.PATIENCE)
        .until(() -> Jobs.get(service.client("stop"), "/v1/jobs").path("data").size() == 2);
    Exchange half =
        send(
            head(
                "POST",
                "/v1/jobs",
                "Content-Type: application/json\r\nContent-Length: 500\r\n"
                    + "Expect: 100-continue\r\n"));
    // said when the body is asked for
    half.readUntil("100 Continue");
    half.write("{\"endpoint\":");

    CompletableFuture<Void> closed = CompletableFuture.runAsync(stopping::close);
    String told = stream.readToEnd();
    assertThat(told).contains("retry:2000", "event:reconnect", "service_stopping");
    // an id would make the client forget where it was
    assertThat(told.substring(told.indexOf("event:reconnect"))).doesNotContain("id:");
    assertThat(waiting.readToEnd())
        .startsWith("HTTP/1.1 202")
        .contains("/v1/jobs/")
        .doesNotContain("Preference-Applied");
    assertThat(half.readToEnd())
        .contains("HTTP/1.1 503")
        .contains("application/problem+json", "urn:omnimamba:problem:unavailable");
    assertThat(closed).succeedsWithin(SOON);
    assertThat(Jobs.get(service.client("stop"), "/v1/jobs").path("data").size()).isEqualTo(2);
  }

  @Test
  void aClientThatComesBackToAnotherReplicaMissesNothing() throws Exception {
    String id = Jobs.submitForId(service.client("stop"), Jobs.image("watched"));
    Exchange stream = send(head("GET", "/v1/jobs/" + id + "/events", ""));
    String before = stream.readUntil("event:queued");
    String seen =
        before
            .lines()
            .filter(line -> line.startsWith("id:"))
            .findFirst()
            .orElseThrow()
            .substring(3);
    stopping.close();
    assertThat(stream.readToEnd()).contains("event:reconnect");

    service.client("stop").post().uri("/v1/jobs/{id}/cancel", id).exchange().expectStatus().isOk();
    String after =
        service
            .client("stop")
            .get()
            .uri("/v1/jobs/{id}/events", id)
            .header("Last-Event-ID", seen)
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody(String.class)
            .returnResult()
            .getResponseBody();
    assertThat(after).doesNotContain("event:queued").contains("event:finished", "cancelled");
  }

  @Test
  void aStreamThatIsOpenedWhileTheServiceStopsEndsAtOnce() throws Exception {
    String id = Jobs.submitForId(service.client("stop"), Jobs.image("watched"));
    stopping.getBean(ServiceStop.class).stop();
    assertThat(send(head("GET", "/v1/jobs/" + id + "/events", "")).readUntil("service_stopping"))
        .contains("event:reconnect");
  }

  private static final String JOB =
      "{\"endpoint\":\"/v1/images/generations\",\"body\":{\"prompt\":\"waited for\"}}";

  private static String head(String method, String path, String headers) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: jobs\r\nX-OmniMamba-Internal-Token: "
        + TestService.TOKEN
        + "\r\nX-OmniMamba-Tenant: stop\r\n"
        + headers
        + "\r\n";
  }

  private Exchange send(String request) throws IOException {
    Exchange exchange = new Exchange(TestService.portOf(stopping), request);
    open.add(exchange);
    return exchange;
  }

  /** One request on a connection of its own, and what comes back. */
  private static final class Exchange implements AutoCloseable {
    private final Socket socket;
    private final StringBuilder answer = new StringBuilder();

    Exchange(int port, String request) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout((int) Jobs.PATIENCE.toMillis());
      write(request);
    }

    void write(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    String readUntil(String text) throws IOException {
      while (answer.indexOf(text) < 0) {
        assertThat(read()).as("the answer ends: %s", answer).isTrue();
      }
      return answer.toString();
    }

    String readToEnd() throws IOException {
      int end = answer.length();
      while (read()) {
        assertThat(answer.length()).isLessThan(1_000_000);
      }
      return answer.substring(end);
    }

    private boolean read() throws IOException {
      byte[] bytes = new byte[10_000];
      int count = socket.getInputStream().read(bytes);
      if (count > 0) {
        answer.append(new String(bytes, 0, count, UTF_8));
      }
      return count >= 0;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}

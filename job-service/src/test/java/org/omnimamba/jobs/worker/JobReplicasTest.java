package org.omnimamba.jobs.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** Jobs and two replicas of inference-service. */
class JobReplicasTest {
  private static final String LOAD = "X-OmniMamba-Outstanding-Tokens";

  private final FakeInference one = new FakeInference();
  private final FakeInference two = new FakeInference();
  private TestService service;
  private WebTestClient client;

  @BeforeEach
  void start() {
    service =
        new TestService(
            "omnimamba.jobs.inference-urls=" + one.url() + "," + two.url(),
            "omnimamba.jobs.worker.concurrency=4");
    client = service.client("replicas");
  }

  @AfterEach
  void stop() {
    service.close();
    one.close();
    two.close();
  }

  private List<String> submit(int jobs) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      ids.add(Jobs.submitForId(client, Jobs.image("job " + i)));
    }
    return ids;
  }

  /** Lets the waits between attempts pass at once. */
  private void awaitCompleted(List<String> ids) {
    for (String id : ids) {
      await()
          .atMost(Jobs.PATIENCE)
          .until(
              () -> {
                service.skipWait(id);
                return Jobs.get(client, "/v1/jobs/{id}", id).path("status").stringValue();
              },
              "completed"::equals);
    }
  }

  @Test
  void bothWork() {
    awaitCompleted(submit(12));
    assertThat(one.received()).hasSizeGreaterThan(2);
    assertThat(two.received()).hasSizeGreaterThan(2);
    assertThat(one.received().size() + two.received().size()).isEqualTo(12);
  }

  @Test
  void theBusyOneGetsFewer() {
    one.answering(
        (body, response) -> FakeInference.complete(body, response.header(LOAD, "1000000")));
    two.answering((body, response) -> FakeInference.complete(body, response.header(LOAD, "0")));
    awaitCompleted(submit(16));
    assertThat(two.received().size()).isGreaterThan(one.received().size());
  }

  @Test
  void jobsAboutOnePictureMeet() {
    Map<String, Object> body =
        Map.of(
            "messages",
            List.of(
                Map.of(
                    "role",
                    "user",
                    "content",
                    List.of(
                        Map.of(
                            "type",
                            "image_url",
                            "image_url",
                            Map.of("url", "data:image/png;base64,iVBORw0KGgo="))))));
    for (int i = 0; i < 6; i++) {
      awaitCompleted(List.of(Jobs.submitForId(client, Jobs.of("/v1/chat/completions", body))));
    }
    assertThat(List.of(one.received().size(), two.received().size()))
        .containsExactlyInAnyOrder(0, 6);
  }

  @Test
  void aReplicaThatRefusesIsPassedOver() {
    one.answering(FakeInference.error(503, "server_error", "draining"));
    awaitCompleted(submit(6));
    assertThat(two.received()).hasSize(6);
  }

  @Test
  void aReplicaThatDiesLosesNoJob() {
    List<Connection> connections = new CopyOnWriteArrayList<>();
    one.answering(
        (body, response) -> {
          response.withConnection(connections::add);
          return Mono.never();
        });
    List<String> ids = submit(8);
    // What the other one has ended by then makes room for more of those that wait here.
    await().atMost(Jobs.PATIENCE).until(() -> one.running() > 0);
    one.close();
    connections.forEach(Connection::dispose);
    awaitCompleted(ids);
  }

  @Test
  void aReplicaThatIsNotThereCostsNothing() {
    one.close();
    List<String> ids = submit(6);
    awaitCompleted(ids);
    for (String id : ids) {
      assertThat(Jobs.get(client, "/v1/jobs/{id}", id).path("attempt").asInt()).isEqualTo(1);
    }
    assertThat(two.received()).hasSize(6);
  }
}

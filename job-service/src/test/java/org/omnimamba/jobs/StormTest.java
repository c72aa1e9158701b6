package org.omnimamba.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.PoolMetrics;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Clients that go away at the worst moment. */
class StormTest {
  private static final int REQUESTS = 1000;

  @Test
  void aThousandCancelledRequestsLeaveNoConnectionAcquired() {
    TestService service = TestService.apiOnly();
    WebTestClient client = service.client("storm");
    String id = Jobs.submitForId(client, Jobs.image("storm"));
    List<String> paths =
        List.of(
            "/v1/jobs/" + id,
            "/v1/jobs/" + id + "/events",
            "/v1/jobs?limit=100",
            "/v1/webhook-endpoints",
            "POST");
    ConnectionProvider connections =
        ConnectionProvider.builder("storm").maxConnections(64).pendingAcquireMaxCount(-1).build();
    HttpClient http =
        HttpClient.create(connections)
            .baseUrl("http://127.0.0.1:" + service.port())
            .headers(
                h ->
                    h.set("X-OmniMamba-Internal-Token", TestService.TOKEN)
                        .set("X-OmniMamba-Tenant", "storm")
                        .set("Content-Type", "application/json"));
    Random random = new Random(17);
    long begun =
        Flux.range(0, REQUESTS)
            .flatMap(
                i -> request(http, paths.get(i % paths.size()), random.nextInt(40)).thenReturn(i),
                64)
            .count()
            .block(Duration.ofMinutes(2));
    connections.dispose();
    assertThat(begun).isEqualTo(REQUESTS);
    PoolMetrics pool = pool(service).getMetrics().orElseThrow();
    await()
        .atMost(Jobs.PATIENCE)
        .until(() -> pool.acquiredSize() == 0 && pool.pendingAcquireSize() == 0);
    assertThat(Jobs.get(client, "/v1/jobs/{id}", id).path("status").stringValue())
        .isEqualTo("queued");
  }

  /** Sends a request and drops the connection after some milliseconds, answered or not. */
  private static Mono<Void> request(HttpClient http, String path, int afterMillis) {
    Mono<?> sent =
        path.equals("POST")
            ? http.post()
                .uri("/v1/jobs")
                .send(
                    reactor.netty.ByteBufFlux.fromString(
                        Mono.just(
                            "{\"endpoint\":\"/v1/images/generations\",\"body\":{\"prompt\":\"s\"}}")))
                .response()
            : http.get().uri(path).responseContent().aggregate().asByteArray();
    return sent.takeUntilOther(Mono.delay(Duration.ofMillis(afterMillis))).onErrorComplete().then();
  }

  private static ConnectionPool pool(TestService service) {
    Object candidate = service.bean(ConnectionFactory.class);
    while (!(candidate instanceof ConnectionPool) && candidate instanceof Wrapped<?> wrapped) {
      candidate = wrapped.unwrap();
    }
    return (ConnectionPool) candidate;
  }
}

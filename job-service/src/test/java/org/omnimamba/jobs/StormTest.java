package org.omnimamba.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.PoolMetrics;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Wrapped;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Clients that go away at the worst moment. */
class StormTest {
  private static final int REQUESTS = 1000;

  /** The patience of some, so that there are answers too. */
  private static final Duration LONG = Duration.ofSeconds(3);

  private static final String JOB =
      "{\"endpoint\":\"/v1/images/generations\",\"body\":{\"prompt\":\"s\"}}";

  private enum End {
    ANSWERED,
    CANCELLED,
    FAILED
  }

  private final TestService service = TestService.apiOnly();
  private final WebTestClient client = service.client("storm");
  private final Map<End, Integer> ends = new EnumMap<>(End.class);
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  @Test
  void aThousandCancelledRequestsLeaveNoConnectionAcquired() {
    String id = Jobs.submitForId(client, Jobs.image("storm"));
    List<String> victims = new ArrayList<>();
    for (int i = 0; i < REQUESTS / 8; i++) {
      victims.add(Jobs.submitForId(client, Jobs.image("victim")));
    }
    ConnectionProvider connections =
        ConnectionProvider.builder("storm").maxConnections(64).pendingAcquireMaxCount(-1).build();
    HttpClient http =
        HttpClient.create(connections)
            .baseUrl("http://127.0.0.1:" + service.port())
            .disableRetry(true)
            .headers(
                h ->
                    h.set("X-OmniMamba-Internal-Token", TestService.TOKEN)
                        .set("X-OmniMamba-Tenant", "storm")
                        .set("Content-Type", "application/json"));
    Random random = new Random(17);
    List<End> all =
        Flux.range(0, REQUESTS)
            .flatMap(
                i ->
                    request(http, i % 8, id, victims.get(i / 8))
                        .map(answered -> End.ANSWERED)
                        .takeUntilOther(Mono.delay(i % 9 == 0 ? LONG : patience(random)))
                        .defaultIfEmpty(End.CANCELLED)
                        .onErrorResume(
                            error -> {
                              failures.add(error);
                              return Mono.just(End.FAILED);
                            }),
                64)
            .collectList()
            .block(Duration.ofMinutes(2));
    connections.dispose();
    all.forEach(end -> ends.merge(end, 1, Integer::sum));
    System.out.println("storm: " + ends);
    assertThat(failures).noneMatch(error -> error instanceof ConnectException);
    assertThat(ends.getOrDefault(End.FAILED, 0)).as(() -> failures.toString()).isLessThan(50);
    assertThat(ends.get(End.CANCELLED)).isGreaterThan(REQUESTS / 4);
    assertThat(ends.get(End.ANSWERED)).isGreaterThan(0);
    nothingIsLeftOpen();
    assertThat(Jobs.get(client, "/v1/jobs/{id}", id).path("status").stringValue())
        .isEqualTo("queued");
  }

  /** From nothing to a second, as many short as long, so that every stage is broken off. */
  private static Duration patience(Random random) {
    return Duration.ofMillis(random.nextInt(1 << random.nextInt(11)));
  }

  private void nothingIsLeftOpen() {
    PoolMetrics pool = pool().getMetrics().orElseThrow();
    await()
        .atMost(Jobs.PATIENCE)
        .until(() -> pool.acquiredSize() == 0 && pool.pendingAcquireSize() == 0);
    assertThat(
            service
                .database()
                .number(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND state LIKE 'idle in transaction%'"))
        .isZero();
  }

  /** One request of eight sorts; it completes with a value when the whole answer was there. */
  private static Mono<?> request(HttpClient http, int sort, String id, String victim) {
    return switch (sort) {
      case 0 -> get(http, "/v1/jobs/" + id);
      case 1 -> get(http, "/v1/jobs/" + id + "/events");
      case 2 -> get(http, "/v1/jobs?limit=100");
      case 3 -> get(http, "/v1/webhook-endpoints");
      case 4 -> post(http, "/v1/jobs", JOB);
      case 5 -> post(http.headers(h -> h.set("Prefer", "wait=2")), "/v1/jobs", JOB);
      case 6 -> post(http, "/v1/jobs/" + victim + "/cancel", "");
      default -> whole(http.delete().uri("/v1/jobs/" + victim).responseContent().aggregate());
    };
  }

  private static Mono<?> get(HttpClient http, String path) {
    return whole(http.get().uri(path).responseContent().aggregate());
  }

  private static Mono<?> post(HttpClient http, String path, String body) {
    return whole(
        http.post()
            .uri(path)
            .send(ByteBufFlux.fromString(Mono.just(body)))
            .responseContent()
            .aggregate());
  }

  private static Mono<Boolean> whole(reactor.netty.ByteBufMono answer) {
    return answer.asByteArray().hasElement().thenReturn(true);
  }

  private ConnectionPool pool() {
    Object candidate = service.bean(ConnectionFactory.class);
    while (!(candidate instanceof ConnectionPool) && candidate instanceof Wrapped<?> wrapped) {
      candidate = wrapped.unwrap();
    }
    return (ConnectionPool) candidate;
  }
}

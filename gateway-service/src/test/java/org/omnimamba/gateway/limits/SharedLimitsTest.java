package org.omnimamba.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import reactor.core.publisher.Mono;
import redis.embedded.RedisServer;

/** Two gateways on one real Redis, which then goes down and comes back. */
class SharedLimitsTest {
  private static final String MODELS = "/v1/models";

  static Upstream inference;
  static int port;
  static RedisServer redis;

  @BeforeAll
  static void start() throws Exception {
    inference =
        Upstream.start(
            routes ->
                routes
                    .get(MODELS, (request, response) -> response.sendString(Mono.just("{}")))
                    .post(
                        "/v1/images/generations",
                        (request, response) -> response.sendString(Mono.never())));
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    redis = server();
    redis.start();
  }

  private static RedisServer server() throws Exception {
    return RedisServer.newRedisServer().bind("127.0.0.1").port(port).build();
  }

  @AfterAll
  static void stop() throws Exception {
    redis.stop();
    inference.close();
  }

  private static Gateway gateway(String tenantLimit, String whenDown) {
    return Gateway.start(
        inference.url(),
        "http://127.0.0.1:1",
        "omnimamba.gateway.limits.redis.url",
        "redis://127.0.0.1:" + port,
        "omnimamba.gateway.limits.redis.timeout",
        "2s",
        "omnimamba.gateway.limits.redis.when-down",
        whenDown,
        "omnimamba.gateway.limits.everyone.requests-per-minute",
        tenantLimit,
        "omnimamba.gateway.limits.everyone.images-in-flight",
        "2");
  }

  @Test
  void gatewaysShareOneBudget() throws Exception {
    try (Gateway one = gateway("4", "closed");
        Gateway two = gateway("4", "closed")) {
      for (int i = 0; i < 4; i++) {
        HttpResponse<String> answer = (i % 2 == 0 ? one : two).get(MODELS);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-ratelimit-remaining-requests"))
            .contains("" + (3 - i));
      }
      assertThat(one.get(MODELS).statusCode()).isEqualTo(429);
      assertThat(two.get(MODELS).statusCode()).isEqualTo(429);
    }
  }

  @Test
  void picturesInFlightAreSharedAndLeaveTheCount() {
    RedisLink link =
        new RedisLink(
            new LimitProperties.Redis(
                java.net.URI.create("redis://127.0.0.1:" + port),
                Duration.ofSeconds(2),
                LimitProperties.WhenDown.CLOSED,
                1));
    try {
      InFlightStore store = link.stores().block().inFlight();
      InFlightStore.Entry first = store.enter("painter", 2, 3).block();
      assertThat(first).isNotNull();
      assertThat(store.enter("painter", 2, 3).block()).isNull();
      InFlightStore.Entry second = store.enter("painter", 1, 3).block();
      assertThat(second).isNotNull();
      first.leave().block();
      first.leave().block();
      assertThat(store.enter("painter", 2, 3).block()).isNotNull();
      assertThat(store.enter("painter", 1, 3).block()).isNull();
      second.leave().block();
      assertThat(store.enter("painter", 1, 3).block()).isNotNull();
    } finally {
      link.destroy();
    }
  }

  /** Redis holds back every write for a while, and then carries out what it was sent. */
  @Test
  void whatRedisGrantsTooLateIsUndone() {
    LimitProperties.Redis impatient =
        new LimitProperties.Redis(
            java.net.URI.create("redis://127.0.0.1:" + port),
            Duration.ofMillis(100),
            LimitProperties.WhenDown.CLOSED,
            1);
    RedisLink link = new RedisLink(impatient);
    RedisClient operator = RedisClient.create("redis://127.0.0.1:" + port);
    try {
      RedisStores stores = link.stores().block();
      SharedLimits limits =
          new SharedLimits(
              Mono.just(stores),
              impatient,
              stores.budgets(),
              stores.inFlight(),
              new SimpleMeterRegistry().counter("failures"));
      Budget budget = new Budget("late", 1_000_000);
      operator.connect().sync().clientPause(500);
      assertThatThrownBy(() -> limits.enter("late", 2, 2).block()).hasMessageContaining("Limits");
      assertThatThrownBy(() -> limits.take(budget, 500_000).block()).hasMessageContaining("Limits");

      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                InFlightStore.Entry entry = stores.inFlight().enter("late", 2, 2).block();
                assertThat(entry).isNotNull();
                entry.leave().block();
                Grant all = stores.budgets().take(budget, 1_000_000).block();
                assertThat(all.granted()).isTrue();
                all.settlement().settle(all.taken()).block();
              });
    } finally {
      operator.shutdown();
      link.destroy();
    }
  }

  /** What is held over a broken connection is given back over the next one. */
  @Test
  void aLinkThatBreaksIsReplacedAndLeavesNothingBehind() {
    RedisLink link =
        new RedisLink(
            new LimitProperties.Redis(
                java.net.URI.create("redis://127.0.0.1:" + port),
                Duration.ofSeconds(2),
                LimitProperties.WhenDown.CLOSED,
                1));
    RedisClient operator = RedisClient.create("redis://127.0.0.1:" + port);
    try {
      RedisCommands<String, String> commands = operator.connect().sync();
      long others = commands.clientList().lines().count();
      for (int i = 0; i < 5; i++) {
        InFlightStore.Entry entry =
            await()
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(
                    () -> link.stores().block().inFlight().enter("flap", 1, 1).block(),
                    held -> held != null);
        commands.clientKill(KillArgs.Builder.typeNormal().skipme());
        entry.leave().block(Duration.ofSeconds(20));
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> commands.clientList().lines().count() == others + 1);
      }
    } finally {
      operator.shutdown();
      link.destroy();
    }
  }

  @Test
  void withoutRedisRequestsAreRefusedOrCountedHere() throws Exception {
    try (Gateway closed = gateway("20", "closed");
        Gateway local = gateway("20", "local")) {
      assertThat(closed.get(MODELS).statusCode()).isEqualTo(200);
      assertThat(local.get(MODELS).statusCode()).isEqualTo(200);
      redis.stop();
      try {
        HttpResponse<String> refused = closed.get(MODELS);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("limits_unavailable");
        assertThat(refused.headers().firstValue("retry-after")).contains("1");

        // Half of 20 for this gateway alone, all of it unused.
        for (int i = 0; i < 10; i++) {
          assertThat(local.get(MODELS).statusCode()).as("request %d", i).isEqualTo(200);
        }
        assertThat(local.get(MODELS).statusCode()).isEqualTo(429);
      } finally {
        redis = server();
        redis.start();
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> closed.get(MODELS).statusCode() == 200);
    }
  }
}

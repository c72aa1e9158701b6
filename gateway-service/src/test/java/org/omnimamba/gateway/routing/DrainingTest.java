package org.omnimamba.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.omnimamba.web.replica.AddressLookup;
import org.omnimamba.web.replica.Replica;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Replicas on addresses of their own, found by name, that come, drain and go, over real HTTP. */
class DrainingTest {
  private static final String CHAT = Scripted.CHAT;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<String> named = new CopyOnWriteArrayList<>();
  private final AtomicInteger probes = new AtomicInteger();
  private final AtomicInteger probeStatus = new AtomicInteger(200);
  private final AtomicInteger computed = new AtomicInteger();
  private final Sinks.Empty<Void> mayAnswer = Sinks.empty();
  private final Upstream first =
      Upstream.start(
          "127.0.0.2",
          0,
          routes ->
              routes
                  .get(
                      "/readyz",
                      (request, response) -> {
                        probes.incrementAndGet();
                        return probeStatus.get() == 0
                            ? Mono.never()
                            : response.status(probeStatus.get()).send();
                      })
                  .post(
                      CHAT,
                      (request, response) -> {
                        computed.incrementAndGet();
                        return response.sendString(mayAnswer.asMono().thenReturn("first"));
                      }));
  private final Upstream second = answering("127.0.0.3", "second");
  private final Gateway gateway =
      Gateway.start(
          context -> context.registerBean(AddressLookup.class, () -> this::lookup),
          "dns://inference.test:" + first.port(),
          "http://127.0.0.1:1",
          "omnimamba.gateway.routing.lookup-interval",
          "50ms",
          "omnimamba.gateway.routing.probe-interval",
          "50ms",
          "omnimamba.gateway.routing.probe-timeout",
          "1s");

  private Upstream answering(String address, String answer) {
    return Upstream.start(
        address,
        first.port(),
        routes ->
            routes
                .get("/readyz", (request, response) -> response.send())
                .post(CHAT, (request, response) -> response.sendString(Mono.just(answer))));
  }

  private Mono<List<InetAddress>> lookup(String host) {
    assertThat(host).isEqualTo("inference.test");
    return Mono.fromCallable(
        () -> {
          List<InetAddress> all = new ArrayList<>();
          for (String ip : named) {
            all.add(InetAddress.getByName(ip));
          }
          return all;
        });
  }

  @AfterEach
  void stop() {
    gateway.close();
    first.close();
    second.close();
  }

  private List<Replica> replicas() {
    return gateway.bean(Upstreams.class).inferenceReplicas().replicas().all();
  }

  private Replica firstReplica() {
    return replicas().get(0);
  }

  private void name(String... ips) {
    named.clear();
    named.addAll(List.of(ips));
    await()
        .atMost(PATIENCE)
        .until(() -> replicas().stream().filter(Replica::isNamed).count() == ips.length);
  }

  private CompletableFuture<HttpResponse<String>> ask() {
    return gateway
        .client()
        .sendAsync(
            gateway
                .request(CHAT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"messages\":[]}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** More probes than make a silent replica a lost one. */
  private void awaitManyProbes() {
    int seen = probes.get();
    await().atMost(PATIENCE).until(() -> probes.get() > seen + 10);
  }

  @Test
  void findsReplicasWhileItRuns() throws Exception {
    assertThat(ask().get(20, TimeUnit.SECONDS).statusCode()).as("none is known").isEqualTo(503);
    name("127.0.0.3");
    assertThat(ask().get(20, TimeUnit.SECONDS).body()).isEqualTo("second");
    try (Upstream third = answering("127.0.0.4", "third")) {
      name("127.0.0.3", "127.0.0.4");
      await().atMost(PATIENCE).until(() -> ask().get(20, TimeUnit.SECONDS).body().equals("third"));
      assertThat(third.seen()).isNotEmpty();
    }
  }

  /** As Kubernetes stops a pod: its address leaves DNS, it says 503, and works on what it has. */
  @Test
  void aReplicaThatDrainsFinishesItsRequestsAndGetsNoOthers() throws Exception {
    name("127.0.0.2");
    CompletableFuture<HttpResponse<String>> running = ask();
    await().atMost(PATIENCE).until(() -> computed.get() == 1);
    name("127.0.0.2", "127.0.0.3");
    probeStatus.set(503);
    name("127.0.0.3");
    awaitManyProbes();
    for (int i = 0; i < 5; i++) {
      assertThat(ask().get(20, TimeUnit.SECONDS).body()).isEqualTo("second");
    }
    assertThat(running).isNotDone();
    mayAnswer.tryEmitEmpty();
    assertThat(running.get(20, TimeUnit.SECONDS).body()).isEqualTo("first");
    assertThat(computed).as("once, and nowhere else").hasValue(1);
  }

  /** A server that stops closes its listener first: probes are refused, requests go on. */
  @Test
  void aReplicaWhoseListenerIsClosedFinishesItsRequests() throws Exception {
    name("127.0.0.2");
    CompletableFuture<HttpResponse<String>> running = ask();
    await().atMost(PATIENCE).until(() -> computed.get() == 1);
    name("127.0.0.2", "127.0.0.3");
    first.stopListening();
    await().atMost(PATIENCE).until(() -> firstReplica().state() == Replica.State.SILENT);
    awaitManyRefusedProbes();
    mayAnswer.tryEmitEmpty();
    assertThat(running.get(20, TimeUnit.SECONDS).body()).isEqualTo("first");
    assertThat(computed).hasValue(1);
  }

  /** Rounds of discovery stand for rounds of probes, which have the same pace. */
  private void awaitManyRefusedProbes() {
    name("127.0.0.2");
    name("127.0.0.2", "127.0.0.3");
    name("127.0.0.2");
    name("127.0.0.2", "127.0.0.3");
  }

  @Test
  void aReplicaThatMissesProbesIsTheLastResortAndNotOff() throws Exception {
    name("127.0.0.2");
    mayAnswer.tryEmitEmpty();
    probeStatus.set(0);
    await().atMost(PATIENCE).until(() -> firstReplica().state() == Replica.State.SILENT);
    assertThat(ask().get(20, TimeUnit.SECONDS).body()).isEqualTo("first");
    name("127.0.0.2", "127.0.0.3");
    for (int i = 0; i < 5; i++) {
      assertThat(ask().get(20, TimeUnit.SECONDS).body()).isEqualTo("second");
    }
  }
}

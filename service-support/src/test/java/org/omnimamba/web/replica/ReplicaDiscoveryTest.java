package org.omnimamba.web.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ReplicaDiscoveryTest {
  private final AtomicLong now = new AtomicLong(1);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Replicas replicas = new Replicas(List.of(), 0, now::get);
  private Mono<List<InetAddress>> answer = Mono.just(List.of());
  private final ReplicaDiscovery discovery =
      new ReplicaDiscovery(
          URI.create("dns://inference:8081"),
          replicas,
          host -> answer,
          new ReplicaMeters(meters, "replica"),
          now::get);

  private void found(String... ips) {
    List<InetAddress> addresses = new ArrayList<>();
    for (String ip : ips) {
      try {
        addresses.add(InetAddress.getByName(ip));
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(e);
      }
    }
    answer = Mono.just(addresses);
    discovery.discover().block();
  }

  private Replica at(String address) {
    return replicas.all().stream()
        .filter(replica -> replica.toString().equals(address))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void replicasComeAsDnsNamesThem() {
    found("10.0.0.1", "fd00::1");
    assertThat(replicas.all())
        .extracting(Replica::toString)
        .containsExactlyInAnyOrder("http://10.0.0.1:8081", "http://[fd00:0:0:0:0:0:0:1]:8081");
    Replica first = at("http://10.0.0.1:8081");
    found("10.0.0.1", "10.0.0.2");
    assertThat(at("http://10.0.0.1:8081")).as("it is the same").isSameAs(first);
    assertThat(meters.find("replica.ready").gauges()).hasSize(3);
  }

  @Test
  void oneThatDnsNoLongerHasFinishesItsRequestsAndIsForgottenLater() {
    found("10.0.0.1", "10.0.0.2");
    Replica leaving = at("http://10.0.0.1:8081");
    Replica.Ticket request = leaving.begin(10);
    found("10.0.0.2");
    assertThat(leaving.isNamed()).isFalse();
    assertThat(replicas.choose(0, Set.of())).containsSame(at("http://10.0.0.2:8081"));

    now.addAndGet(Duration.ofMinutes(10).toNanos());
    found("10.0.0.2");
    assertThat(replicas.all()).as("a request is there").contains(leaving);
    request.close();
    now.addAndGet(Duration.ofSeconds(61).toNanos());
    found("10.0.0.2");
    assertThat(replicas.all()).doesNotContain(leaving);
    assertThat(meters.find("replica.ready").gauges()).hasSize(1);
  }

  @Test
  void oneThatComesBackIsWhatItWas() {
    found("10.0.0.1");
    Replica replica = at("http://10.0.0.1:8081");
    found();
    assertThat(replicas.choose(0, Set.of())).as("better than none").containsSame(replica);
    found("10.0.0.1");
    assertThat(replica.isNamed()).isTrue();
    assertThat(replicas.all()).containsExactly(replica);
  }

  @Test
  void withoutAnAnswerEverythingStays() {
    found("10.0.0.1");
    answer = Mono.error(new UnknownHostException("no answer"));
    now.addAndGet(Duration.ofMinutes(10).toNanos());
    discovery.discover().block();
    assertThat(at("http://10.0.0.1:8081").isNamed()).isTrue();
  }
}

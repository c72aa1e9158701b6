package org.omnimamba.web.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReplicasTest {
  private final AtomicLong now = new AtomicLong(1_000);
  private final Replica a = new Replica(URI.create("http://a:1"));
  private final Replica b = new Replica(URI.create("http://b:1"));
  private final Replica c = new Replica(URI.create("http://c:1"));
  private final Replicas replicas = new Replicas(List.of(a, b, c), 100, now::get);

  private Replica choose(long picture) {
    return replicas.choose(picture, Set.of()).orElseThrow();
  }

  @Test
  void choosesTheOneWithFewestWaitingTokens() {
    Replica.Ticket long1 = a.begin(500);
    b.begin(300);
    c.begin(400);
    assertThat(choose(0)).isSameAs(b);
    long1.close();
    long1.close();
    assertThat(choose(0)).isSameAs(a);
  }

  @Test
  void believesAReplicasOwnReportWhileItIsFresh() {
    a.reported(10_000, now.get());
    b.reported(50, now.get());
    c.reported(80, now.get());
    assertThat(choose(0)).isSameAs(b);
    b.begin(40);
    assertThat(choose(0)).isSameAs(c);

    now.addAndGet(11_000_000_000L);
    assertThat(a.load(now.get())).isZero();
  }

  @Test
  void leavesOutWhatWasTried() {
    b.begin(1000);
    a.begin(2000);
    assertThat(replicas.choose(0, Set.of(c))).containsSame(b);
    assertThat(replicas.choose(0, Set.of(b, c))).containsSame(a);
    assertThat(replicas.choose(0, Set.of(a, b, c))).isEmpty();
  }

  @Test
  void equalsTakeTurns() {
    assertThat(List.of(choose(0), choose(0), choose(0))).containsExactlyInAnyOrder(a, b, c);
  }

  /** Ready, then refusing, then without a name, then silent: whatever their loads are. */
  @Test
  void asksTheLessFitOnlyWhenNoFitterOneIsLeft() {
    a.state(Replica.State.SILENT);
    b.named(false);
    c.begin(100_000);
    assertThat(choose(0)).isSameAs(c);
    assertThat(choose(77)).isSameAs(c);
    c.state(Replica.State.REFUSING);
    assertThat(choose(0)).isSameAs(c);
    assertThat(replicas.choose(0, Set.of(c))).containsSame(b);
    assertThat(replicas.isAnotherAnswering(Set.of(c))).isTrue();
    assertThat(replicas.choose(0, Set.of(b, c))).as("the last resort").containsSame(a);
    assertThat(replicas.isAnotherAnswering(Set.of(b, c))).isFalse();
  }

  @Test
  void staysWithTheReplicaThatKnowsThePictureUnlessItIsFarBusier() {
    Replica first = choose(77);
    first.begin(90);
    assertThat(choose(77)).isSameAs(first);
    first.begin(20);
    Replica second = choose(77);
    assertThat(second).isNotSameAs(first);
    assertThat(choose(77)).isSameAs(second);
  }

  @Test
  void chosesAlikeInEveryGatewayAndSpreadsPictures() {
    Replicas other = new Replicas(List.of(c, a, b), 100, now::get);
    Map<Replica, Integer> counts = new HashMap<>();
    for (long picture = 1; picture <= 300; picture++) {
      Replica chosen = choose(picture * 7919);
      assertThat(other.choose(picture * 7919, Set.of())).containsSame(chosen);
      counts.merge(chosen, 1, Integer::sum);
    }
    assertThat(counts)
        .hasSize(3)
        .allSatisfy((replica, count) -> assertThat(count).isGreaterThan(50));
  }
}

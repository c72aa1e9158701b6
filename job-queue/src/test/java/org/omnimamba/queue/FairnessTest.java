package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.TenantLimits;
import org.omnimamba.queue.testing.QueueFixture;

class FairnessTest {
  private static QueueFixture fixture;

  @BeforeAll
  static void open() {
    fixture = new QueueFixture(2, Map.of());
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @Test
  void aNoisyTenantDelaysAnothersSingleJobByAtMostTwoJobLengths() {
    fixture.fill("one-slot", "noisy", 5000);
    for (int round = 0; round < 5; round++) {
      ClaimedJob running = fixture.claimOne("one-slot");
      fixture.submit(NewJob.of("one-slot", "quiet", "{}"));
      int lengths = 0;
      while (!running.job().tenant().equals("quiet")) {
        fixture.complete(running);
        lengths++;
        running = fixture.claimOne("one-slot");
      }
      assertThat(lengths).isLessThanOrEqualTo(2);
      fixture.complete(running);
    }
  }

  @Test
  void theNextFreeSlotOfABusyWorkerGoesToTheTenantThatHasNone() {
    fixture.fill("slots", "noisy", 5000);
    List<ClaimedJob> running = new ArrayList<>(fixture.claim("slots", 8));
    assertThat(running).hasSize(8);
    fixture.submit(NewJob.of("slots", "quiet", "{}"));
    fixture.complete(running.remove(0));
    assertThat(fixture.claimOne("slots").job().tenant()).isEqualTo("quiet");
  }

  @Test
  void tenantsTakeTurnsWhateverTheirPrioritiesAndLines() {
    fixture.fill("turns", "a", 100);
    fixture.fill("turns", "b", 3);
    for (int i = 0; i < 10; i++) {
      fixture.submit(NewJob.of("turns", "c", "{}").priority(9));
    }
    StringBuilder order = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      ClaimedJob claim = fixture.claimOne("turns");
      order.append(claim.job().tenant());
      fixture.complete(claim);
    }
    assertThat(order.toString()).isEqualTo("abcabcabcaca");
  }

  @Test
  void aBatchIsDealtOutEvenly() {
    fixture.fill("deal", "a", 100);
    fixture.fill("deal", "b", 100);
    fixture.fill("deal", "c", 2);
    assertThat(fixture.claim("deal", 10))
        .extracting(claim -> claim.job().tenant())
        .containsExactlyInAnyOrder("a", "a", "a", "a", "b", "b", "b", "b", "c", "c");
  }

  @Test
  void whatShortLinesLeaveGoesToTheLongOnesAsEvenly() {
    fixture.fill("short", "a", 100);
    fixture.fill("short", "b", 1);
    fixture.fill("short", "c", 3);
    fixture.fill("short", "d", 100);
    fixture.submit(NewJob.of("short", "e", "{}").delay(Duration.ofHours(1)));
    assertThat(fixture.claim("short", 20))
        .extracting(claim -> claim.job().tenant())
        .containsExactlyInAnyOrder("aaaaaaaabcccdddddddd".split(""));
  }

  @Test
  void aTenantThatIsAlwaysAloneStillLosesTheNextTie() {
    fixture.fill("alone", "b", 10);
    fixture.complete(fixture.claimOne("alone"));
    fixture.complete(fixture.claimOne("alone"));
    fixture.submit(NewJob.of("alone", "c", "{}"));
    assertThat(fixture.claimOne("alone").job().tenant()).isEqualTo("c");
  }

  @Test
  void aSingleTenantIsHeldToItsCap() {
    fixture.queue.setLimits("single", "a", new TenantLimits(3, null)).block();
    fixture.fill("single", "a", 10);
    assertThat(fixture.claim("single", 2)).hasSize(2);
    assertThat(fixture.claim("single", 2)).hasSize(1);
    assertThat(fixture.claim("single", 2)).isEmpty();
    fixture.queue.setLimits("single", "a", new TenantLimits(1, null)).block();
    assertThat(fixture.claim("single", 2)).isEmpty();
  }

  @Test
  void withinATenantTheOldestGoesFirst() {
    List<Job> submitted = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      submitted.add(fixture.submit(NewJob.of("order", "a", "{}")));
    }
    for (Job job : submitted) {
      assertThat(fixture.claimOne("order").job().id()).isEqualTo(job.id());
    }
  }
}

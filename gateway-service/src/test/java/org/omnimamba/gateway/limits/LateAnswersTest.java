package org.omnimamba.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.gateway.errors.ApiException;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Redis answers when nobody waits any more: what it granted goes back. */
class LateAnswersTest {
  private final Sinks.One<Grant> grant = Sinks.one();
  private final Sinks.One<InFlightStore.Entry> entry = Sinks.one();
  private final AtomicLong givenBack = new AtomicLong();
  private final AtomicInteger left = new AtomicInteger();
  private final Grant granted =
      new Grant(
          true, 7, 60, 53, 0, 0, unused -> Mono.fromRunnable(() -> givenBack.addAndGet(unused)));

  private SharedLimits limits(String patience, LimitProperties.WhenDown whenDown) {
    return new SharedLimits(
        Mono.just(
            new RedisStores(
                (budget, amount) -> grant.asMono(), (key, amount, most) -> entry.asMono())),
        new LimitProperties.Redis(
            URI.create("redis://127.0.0.1:1"), Duration.parse(patience), whenDown, 0.5),
        new LocalBudgets(io.github.bucket4j.TimeMeter.SYSTEM_NANOTIME),
        new LocalInFlight(),
        new SimpleMeterRegistry().counter("failures"));
  }

  @Test
  void afterPatienceIsOver() {
    SharedLimits limits = limits("PT0.02S", LimitProperties.WhenDown.CLOSED);
    StepVerifier.create(limits.take(new Budget("t", 60), 7)).verifyError(ApiException.class);
    StepVerifier.create(limits.enter("t", 1, 2)).verifyError(ApiException.class);
    answer();
    assertThat(givenBack).hasValue(7);
    assertThat(left).hasValue(1);
  }

  @Test
  void afterTheClientWentAway() {
    SharedLimits limits = limits("PT1H", LimitProperties.WhenDown.CLOSED);
    Disposable taking = limits.take(new Budget("t", 60), 7).subscribe();
    Disposable entering = limits.enter("t", 1, 2).subscribe();
    taking.dispose();
    entering.dispose();
    answer();
    assertThat(givenBack).hasValue(7);
    assertThat(left).hasValue(1);
  }

  @Test
  void inTimeNothingGoesBack() {
    SharedLimits limits = limits("PT1H", LimitProperties.WhenDown.CLOSED);
    AtomicInteger received = new AtomicInteger();
    Disposable taking =
        limits.take(new Budget("t", 60), 7).subscribe(one -> received.incrementAndGet());
    answer();
    await().atMost(Duration.ofSeconds(10)).untilAtomic(received, org.hamcrest.Matchers.is(1));
    taking.dispose();
    assertThat(givenBack).hasValue(0);
  }

  private void answer() {
    grant.tryEmitValue(granted);
    entry.tryEmitValue(() -> Mono.fromRunnable(left::incrementAndGet));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 40})
  void picturesAboveTheShareOfOneGatewayAreGrantedOneRequestAtATime(int pictures) {
    SharedLimits limits = limits("PT0.02S", LimitProperties.WhenDown.LOCAL);
    InFlightStore.Entry first = limits.enter("t", pictures, 8).block();
    assertThat(first).isNotNull();
    // The share is four of eight.
    if (pictures > 4) {
      assertThat(limits.enter("t", 1, 8).block()).isNull();
    }
    first.leave().block();
    assertThat(limits.enter("t", 4, 8).block()).isNotNull();
  }

  @Test
  void tokensComeFromTheShareAndGoBackToIt() {
    SharedLimits limits = limits("PT0.02S", LimitProperties.WhenDown.LOCAL);
    Grant grant = limits.take(new Budget("t", 60), 60).block();
    assertThat(grant.taken()).isEqualTo(30);
    assertThat(grant.limit()).as("what the headers say").isEqualTo(30);
    grant.settlement().settle(grant.taken() - 30).block();
    assertThat(limits.take(new Budget("t", 60), 1).block().granted()).isFalse();
  }

  @Test
  void whatComesAfterTheEndOfARequestGoesStraightBack() {
    Reservation reservation = new Reservation();
    reservation.end(0);
    reservation.hold(granted);
    reservation.hold(() -> Mono.fromRunnable(left::incrementAndGet));
    assertThat(givenBack).hasValue(7);
    assertThat(left).hasValue(1);
  }
}

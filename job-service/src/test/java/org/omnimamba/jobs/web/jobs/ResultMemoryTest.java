package org.omnimamba.jobs.web.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.web.access.ExchangeEnd;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.queue.job.StoredResult;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class ResultMemoryTest {
  private final ResultMemory memory = new ResultMemory(1000);

  @Test
  void resultsCountUntilTheirClientsHaveThemOrAreGone() {
    Disposable sending = during(memory.hold(result(400), 2).then(Mono.never())).subscribe();
    assertThat(memory.used()).isEqualTo(800);
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> exchange(101).block())
        .satisfies(
            refused -> {
              assertThat(refused.type()).isEqualTo(ProblemType.OVERLOADED);
              assertThat(refused.headers().getFirst("Retry-After")).isEqualTo("1");
            });
    exchange(100).block();
    assertThat(memory.used()).isEqualTo(800);
    sending.dispose();
    assertThat(memory.used()).isZero();
  }

  @Test
  void aResultThatIsLargerThanAllOfItIsSentAlone() {
    Disposable sending = during(memory.hold(result(5000), 2).then(Mono.never())).subscribe();
    assertThatExceptionOfType(Problem.class).isThrownBy(() -> exchange(1).block());
    sending.dispose();
    exchange(1).block();
    assertThat(memory.used()).isZero();
  }

  @Test
  void aStreamHoldsWhatItsLastPartTakesUntilItEnds() {
    ResultMemory.Space one = memory.open();
    ResultMemory.Space other = memory.open();
    assertThat(one.next(900)).isTrue();
    assertThat(other.next(200)).isFalse();
    assertThat(one.next(300)).isTrue();
    assertThat(other.next(200)).isTrue();
    assertThat(memory.used()).isEqualTo(500);
    one.close();
    assertThat(memory.used()).isEqualTo(200);
    assertThat(one.next(1)).as("its client is gone").isFalse();
    other.close();
    assertThat(memory.used()).isZero();
  }

  /** Sends a result of so many bytes. */
  private Mono<Void> exchange(int bytes) {
    return during(memory.hold(result(bytes), 2).then());
  }

  private static Mono<Void> during(Mono<Void> answer) {
    return new ExchangeEnd()
        .filter(MockServerWebExchange.from(MockServerHttpRequest.get("/")), exchange -> answer);
  }

  private static StoredResult result(int bytes) {
    return new StoredResult("application/json", new byte[bytes]);
  }
}

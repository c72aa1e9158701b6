package org.omnimamba.inference.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.omnimamba.web.internal.PlatformHeaders;
import org.omnimamba.web.usage.Usage;
import org.springframework.http.HttpHeaders;

class RememberedUsageTest {
  private final AtomicLong now = new AtomicLong();
  private final RememberedUsage usage = new RememberedUsage(now::get, Runnable::run);

  private UsageTally begin(String ticket) {
    HttpHeaders headers = new HttpHeaders();
    headers.set(PlatformHeaders.USAGE_TICKET, ticket);
    return usage.begin(headers, 10);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private boolean isKnown(String ticket) {
    return Boolean.TRUE.equals(usage.of(ticket).hasElement().block(Duration.ofSeconds(10)));
  }

  @Test
  void aRequestIsRememberedForAMomentAfterItsEnd() {
    UsageTally tally = begin("a");
    pass(Duration.ofMinutes(9));
    tally.promptRead(0);
    tally.end();
    pass(Duration.ofSeconds(50));
    assertThat(usage.of("a").block()).isEqualTo(new Usage(1, 0, 10, 0, 0));
    pass(Duration.ofSeconds(15));
    assertThat(isKnown("a")).isFalse();
  }

  @Test
  void openRequestsStayHoweverManyEndMeanwhile() {
    UsageTally open = begin("open");
    // 200 a second for 500 seconds
    for (int i = 0; i < 100_000; i++) {
      begin("t" + i).end();
      pass(Duration.ofMillis(5));
    }
    assertThat(isKnown("t0")).isFalse();
    assertThat(isKnown("t99999")).isTrue();
    open.end();
    assertThat(isKnown("open")).isTrue();
  }

  @Test
  void theEndOfARequestDoesNotConcernAnotherThatTookItsTicket() {
    UsageTally first = begin("a");
    UsageTally second = begin("a");
    first.end();
    pass(Duration.ofMinutes(5));
    second.end();
    assertThat(isKnown("a")).isTrue();
  }
}

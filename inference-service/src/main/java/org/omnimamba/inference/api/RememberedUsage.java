package org.omnimamba.inference.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.usage.Usage;
import org.omnimamba.web.usage.UsageOrigin;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * What was made for the last requests that came with a ticket. A caller that was not told, because
 * it went away or did not ask, can find out; see {@link UsageOrigin}.
 */
@Component
final class RememberedUsage {
  private static final int MOST = 20_000;

  /** Longer than a request may take. */
  private static final Duration KEPT = Duration.ofMinutes(10);

  private final Cache<String, UsageTally> tallies =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(KEPT).build();

  /**
   * Begins to count.
   *
   * @param promptTokens what the answer will tell of the prompt
   */
  UsageTally begin(HttpHeaders headers, int promptTokens) {
    UsageTally tally = new UsageTally(promptTokens);
    @Nullable String ticket = UsageOrigin.of(headers).ticket();
    if (ticket != null) {
      tallies.put(ticket, tally);
    }
    return tally;
  }

  /** All that was made under a ticket, once that has ended; empty if there is none. */
  Mono<Usage> of(String ticket) {
    return Mono.justOrEmpty(tallies.getIfPresent(ticket)).flatMap(UsageTally::total);
  }
}

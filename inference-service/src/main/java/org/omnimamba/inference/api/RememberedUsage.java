package org.omnimamba.inference.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
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
  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** Who wants to know asks as soon as its own part is over. */
  private static final Duration KEPT_AFTER_END = Duration.ofMinutes(1);

  private final Cache<String, UsageTally> tallies;

  RememberedUsage() {
    this(Ticker.systemTicker(), ForkJoinPool.commonPool());
  }

  /**
   * @param upkeep runs what removes old tallies
   */
  RememberedUsage(Ticker ticker, Executor upkeep) {
    this.tallies =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(upkeep)
            .maximumSize(MOST)
            .expireAfter(
                Expiry.<String, UsageTally>writing(
                    (ticket, tally) -> tally.hasEnded() ? KEPT_AFTER_END : LONGEST))
            .build();
  }

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
      // written again, so that its time begins anew; not if another has taken its place
      tally.total().subscribe(used -> tallies.asMap().replace(ticket, tally, tally));
    }
    return tally;
  }

  /** All that was made under a ticket, once that has ended; empty if there is none. */
  Mono<Usage> of(String ticket) {
    return Mono.justOrEmpty(tallies.getIfPresent(ticket)).flatMap(UsageTally::total);
  }
}

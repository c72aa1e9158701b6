package org.omnimamba.gateway.limits;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.omnimamba.gateway.access.Caller;
import org.omnimamba.gateway.errors.ApiException;
import org.omnimamba.gateway.streaming.UsageMeter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Generated tokens per minute, and pictures in flight. The most that a request can generate is
 * taken before it starts; what it did not generate is given back when it ends, however it ends.
 */
@Component
final class GenerationLimitFilter implements GlobalFilter, Ordered {
  private static final Logger log = LoggerFactory.getLogger(GenerationLimitFilter.class);
  private static final String KIND = "tokens";
  private static final InFlightStore.Entry NO_IMAGES = Mono::empty;

  private final LimitProperties limits;
  private final BudgetStore budgets;
  private final InFlightStore inFlight;
  private final Counter chatTokens;
  private final Counter imageTokens;

  GenerationLimitFilter(
      LimitProperties limits, BudgetStore budgets, InFlightStore inFlight, MeterRegistry meters) {
    this.limits = limits;
    this.budgets = budgets;
    this.inFlight = inFlight;
    this.chatTokens = meters.counter("omnimamba.gateway.tokens", "kind", "chat");
    this.imageTokens = meters.counter("omnimamba.gateway.tokens", "kind", "image");
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    GenerationCost cost = GenerationCost.of(exchange, limits);
    if (cost == null) {
      return chain.filter(exchange);
    }
    cost.attach(exchange);
    UsageMeter meter = UsageMeter.attach(exchange);
    return Mono.usingWhen(
        reserve(exchange, cost),
        reservation -> chain.filter(exchange),
        reservation -> release(reservation, meter, cost));
  }

  /** What one request holds while it runs. */
  private record Reservation(
      long tokens, Grant.Settlement settlement, InFlightStore.Entry images) {}

  private Mono<Reservation> reserve(ServerWebExchange exchange, GenerationCost cost) {
    String tenant = Caller.of(exchange).tenant();
    LimitProperties.Tenant allowed = limits.of(tenant);
    Budget budget = new Budget(tenant + ":" + KIND, allowed.tokensPerMinute());
    long tokens = Math.min(cost.tokens(), budget.perMinute());
    return budgets
        .take(budget, tokens)
        .flatMap(
            grant -> {
              RateHeaders.announce(exchange, KIND, budget, grant);
              if (!grant.granted()) {
                return Mono.error(RateHeaders.refusal(KIND, budget, grant));
              }
              return enter(tenant, cost.images(), allowed.imagesInFlight())
                  .onErrorResume(full -> settle(grant.settlement(), tokens).then(Mono.error(full)))
                  .map(images -> new Reservation(tokens, grant.settlement(), images));
            });
  }

  private Mono<InFlightStore.Entry> enter(String tenant, int images, int most) {
    if (images == 0) {
      return Mono.just(NO_IMAGES);
    }
    return inFlight
        .enter(tenant + ":images", Math.min(images, most), most)
        .switchIfEmpty(Mono.error(() -> tooManyImages(most)));
  }

  private static ApiException tooManyImages(int most) {
    // When one ends is not known beforehand; a second is about what a picture's tokens take.
    return ApiException.rateLimited(
            "images", "The limit of " + most + " images at one time is reached.")
        .header(HttpHeaders.RETRY_AFTER, "1");
  }

  /** Ends the reservation without keeping the answer waiting for it. */
  private Mono<Void> release(Reservation reservation, UsageMeter meter, GenerationCost cost) {
    return Mono.fromRunnable(
        () -> {
          long used = meter.generated(reservation.tokens(), cost.images() > 0);
          (cost.images() > 0 ? imageTokens : chatTokens).increment(used);
          settle(reservation.settlement(), reservation.tokens() - used)
              .then(quietly(reservation.images().leave()))
              .subscribe();
        });
  }

  private static Mono<Void> settle(Grant.Settlement settlement, long unused) {
    return quietly(settlement.settle(unused));
  }

  /** A correction that fails costs the tenant a part of a minute's budget, never a request. */
  private static Mono<Void> quietly(Mono<Void> correction) {
    return correction.onErrorResume(
        failure -> {
          log.debug("a limit could not be corrected: {}", failure.toString());
          return Mono.empty();
        });
  }

  @Override
  public int getOrder() {
    return -900;
  }
}

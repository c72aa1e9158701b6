package org.omnimamba.gateway.limits;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.omnimamba.gateway.FilterOrder;
import org.omnimamba.gateway.access.Caller;
import org.omnimamba.gateway.errors.ApiException;
import org.omnimamba.gateway.streaming.UsageMeter;
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
  private static final String KIND = "tokens";

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
    boolean images = cost.images() > 0;
    return Mono.usingWhen(
        Mono.fromSupplier(Reservation::new),
        reservation ->
            reserve(exchange, cost, reservation)
                .then(
                    Mono.defer(
                        () -> {
                          reservation.start();
                          return chain.filter(exchange);
                        })),
        reservation -> end(reservation, meter, images),
        (reservation, failure) -> {
          if (!exchange.getResponse().isCommitted()) {
            // The client will see an error of ours, which no service has told the meter of.
            meter.failed();
          }
          return end(reservation, meter, images);
        },
        reservation -> end(reservation, meter, images));
  }

  private Mono<Void> reserve(
      ServerWebExchange exchange, GenerationCost cost, Reservation reservation) {
    String tenant = Caller.of(exchange).tenant();
    LimitProperties.Tenant allowed = limits.of(tenant);
    Budget budget = new Budget(tenant + ":" + KIND, allowed.tokensPerMinute());
    return budgets
        .take(budget, cost.tokens())
        .doOnNext(reservation::hold)
        .flatMap(
            grant -> {
              RateHeaders.announce(exchange, KIND, grant);
              return grant.granted()
                  ? enter(tenant, cost.images(), allowed.imagesInFlight(), reservation)
                  : Mono.error(RateHeaders.refusal(KIND, grant));
            });
  }

  private Mono<Void> enter(String tenant, int images, int most, Reservation reservation) {
    if (images == 0) {
      return Mono.empty();
    }
    return inFlight
        .enter(tenant + ":images", Math.min(images, most), most)
        .doOnNext(reservation::hold)
        .switchIfEmpty(Mono.error(() -> tooManyImages(most)))
        .then();
  }

  private static ApiException tooManyImages(int most) {
    // When one ends is not known beforehand; a second is about what a picture's tokens take.
    return ApiException.rateLimited(
            "images", "The limit of " + most + " images at one time is reached.")
        .header(HttpHeaders.RETRY_AFTER, "1");
  }

  /** Ends the reservation without keeping the answer waiting for it. */
  private Mono<Void> end(Reservation reservation, UsageMeter meter, boolean images) {
    return Mono.fromRunnable(
        () -> {
          long used = reservation.hasStarted() ? meter.generated(reservation.tokens(), images) : 0;
          (images ? imageTokens : chatTokens).increment(used);
          reservation.end(used);
        });
  }

  @Override
  public int getOrder() {
    return FilterOrder.GENERATION_LIMIT.order();
  }
}

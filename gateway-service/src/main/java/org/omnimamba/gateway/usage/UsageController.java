package org.omnimamba.gateway.usage;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.omnimamba.gateway.access.Caller;
import org.omnimamba.gateway.errors.ApiException;
import org.omnimamba.gateway.limits.RequestBudget;
import org.omnimamba.web.usage.Usage;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Tells what was used: operators of everybody, a tenant of itself. */
@RestController
final class UsageController {
  private static final MediaType CSV = new MediaType("text", "csv", StandardCharsets.UTF_8);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Set<String> OWN = Set.of("day");

  private final ObjectProvider<UsageReports> reports;
  private final RequestBudget budget;

  UsageController(ObjectProvider<UsageReports> reports, RequestBudget budget) {
    this.reports = reports;
    this.budget = budget;
  }

  /** Sums by day, tenant and key. Needs a key with the scope {@code admin}. */
  @GetMapping("/admin/v1/usage")
  Mono<Void> all(ServerWebExchange exchange) {
    UsageReports usage = reports();
    UsageQuery query =
        UsageQuery.of(exchange.getRequest().getQueryParams(), usage.today(), wantsText(exchange));
    return query.csv() ? text(exchange, usage, query) : page(exchange, usage, query);
  }

  private static Mono<Void> page(ServerWebExchange exchange, UsageReports usage, UsageQuery query) {
    return usage
        .page(query)
        .map(page -> JSON.writeValueAsBytes(UsageText.json(query, page)))
        .flatMap(
            bytes -> {
              ServerHttpResponse response = exchange.getResponse();
              response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
              response.getHeaders().setContentLength(bytes.length);
              response.getHeaders().setCacheControl(CacheControl.noStore());
              return response.writeWith(
                  Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes)));
            });
  }

  /** All pages, each as it was read; a question that is refused is so before the first byte. */
  private static Mono<Void> text(ServerWebExchange exchange, UsageReports usage, UsageQuery query) {
    ServerHttpResponse response = exchange.getResponse();
    Flux<DataBuffer> lines =
        usage
            .pages(query)
            .switchOnFirst(
                (first, pages) -> {
                  if (!first.hasValue()) {
                    return pages.map(UsageText::lines);
                  }
                  HttpHeaders headers = response.getHeaders();
                  headers.setContentType(CSV);
                  headers.setCacheControl(CacheControl.noStore());
                  headers.setContentDisposition(
                      ContentDisposition.attachment()
                          .filename("usage-%s-%s.csv".formatted(query.from(), query.to()))
                          .build());
                  return Flux.concat(
                      Flux.just(UsageText.header(query)), pages.map(UsageText::lines));
                })
            .map(text -> response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8)));
    return response.writeWith(lines);
  }

  private static boolean wantsText(ServerWebExchange exchange) {
    try {
      List<MediaType> accepted = exchange.getRequest().getHeaders().getAccept();
      return !accepted.isEmpty() && accepted.get(0).equalsTypeAndSubtype(CSV);
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }

  /** What the caller's own tenant used on a day; one of the requests that it may make. */
  @GetMapping("/v1/usage")
  Mono<ResponseEntity<Own>> own(ServerWebExchange exchange) {
    UsageReports usage = reports();
    UsageQuery.requireKnown(exchange.getRequest().getQueryParams(), OWN);
    LocalDate day =
        UsageQuery.day("day", exchange.getRequest().getQueryParams().getFirst("day"))
            .orElseGet(usage::today);
    String tenant = Caller.of(exchange).tenant();
    return budget
        .take(exchange)
        .then(Mono.defer(() -> usage.ofTenant(tenant, day)))
        .map(
            used ->
                ResponseEntity.ok()
                    .cacheControl(CacheControl.noStore())
                    .body(new Own(day.toString(), tenant, used)));
  }

  /**
   * What a tenant sees of its own use.
   *
   * @param day in UTC
   */
  record Own(
      @JsonProperty("day") String day,
      @JsonProperty("tenant") String tenant,
      @JsonUnwrapped Usage usage) {}

  private UsageReports reports() {
    UsageReports found = reports.getIfAvailable();
    if (found == null) {
      throw ApiException.serverError(
          HttpStatus.NOT_IMPLEMENTED,
          "no_database",
          "This gateway runs without a database, so it keeps no usage.");
    }
    return found;
  }
}

package org.omnimamba.gateway.usage;

import java.time.LocalDate;
import java.util.List;
import org.omnimamba.gateway.errors.ApiException;
import org.omnimamba.gateway.keys.KnownKeys;
import org.omnimamba.web.usage.Usage;
import org.omnimamba.web.usage.UsageOrigin;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Answers questions about usage; what this gateway has counted so far is in the answers. */
final class UsageReports {
  private final UsageBook book;
  private final UsageStore store;
  private final KnownKeys keys;

  UsageReports(UsageBook book, UsageStore store, KnownKeys keys) {
    this.book = book;
    this.store = store;
    this.keys = keys;
  }

  /**
   * Some of the sums.
   *
   * @param more whether others follow
   */
  record Page(List<UsageStore.Row> rows, boolean more) {
    UsageStore.Row last() {
      return rows.get(rows.size() - 1);
    }
  }

  LocalDate today() {
    return book.today();
  }

  /** A page; fails with 400 for a tenant or a key that nobody knows. */
  Mono<Page> page(UsageQuery query) {
    return requireKnown(query)
        .then(book.writeAll())
        .then(Mono.defer(() -> read(query)))
        .onErrorMap(UsageReports::unavailable);
  }

  /** All sums, page by page; fails as {@link #page}. */
  Flux<Page> pages(UsageQuery query) {
    return page(query)
        .expand(
            page ->
                page.more()
                    ? read(query.after(page.last())).onErrorMap(UsageReports::unavailable)
                    : Mono.empty());
  }

  private Mono<Page> read(UsageQuery query) {
    return store
        .rows(query)
        .map(
            rows ->
                rows.size() > query.limit()
                    ? new Page(rows.subList(0, query.limit()), true)
                    : new Page(rows, false));
  }

  /** What a tenant used on a day. */
  Mono<Usage> ofTenant(String tenant, LocalDate day) {
    return book.writeAll()
        .then(Mono.defer(() -> store.ofTenant(tenant, day)))
        .onErrorMap(UsageReports::unavailable);
  }

  private Mono<Void> requireKnown(UsageQuery query) {
    String tenant = query.tenant();
    String key = query.key();
    Mono<Boolean> knownTenant =
        tenant == null
            ? Mono.just(true)
            : keys.hasTenant(tenant)
                .flatMap(
                    known ->
                        known ? Mono.just(true) : store.knows(UsageQuery.Column.TENANT, tenant));
    Mono<Boolean> knownKey =
        key == null || key.equals(UsageOrigin.UNKNOWN)
            ? Mono.just(true)
            : keys.hasKey(key)
                .flatMap(
                    known -> known ? Mono.just(true) : store.knows(UsageQuery.Column.KEY, key));
    return require(knownTenant, "tenant", "There is no tenant of this name.")
        .then(
            Mono.defer(
                () ->
                    require(
                        knownKey,
                        "key",
                        "There is no key of this name; it is what keys call 'prefix'.")));
  }

  private static Mono<Void> require(Mono<Boolean> known, String parameter, String message) {
    return known.flatMap(
        is ->
            is
                ? Mono.empty()
                : Mono.error(
                    ApiException.invalidField(parameter, "unknown_" + parameter, message)));
  }

  private static Throwable unavailable(Throwable failure) {
    return failure instanceof ApiException
        ? failure
        : ApiException.serverError(
                HttpStatus.SERVICE_UNAVAILABLE,
                "usage_unavailable",
                "Usage cannot be read right now. Please try again shortly.",
                failure)
            .header("Retry-After", "1");
  }
}

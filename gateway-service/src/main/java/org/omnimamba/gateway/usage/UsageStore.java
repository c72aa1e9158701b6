package org.omnimamba.gateway.usage;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Readable;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.database.Database;
import org.omnimamba.web.usage.Usage;
import org.omnimamba.web.usage.UsageTables;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** What was used, in PostgreSQL, over connections of its own. */
final class UsageStore implements DisposableBean {
  private static final int MOST_CONNECTIONS = 3;

  private static final String SUMS =
      "coalesce(sum(requests), 0)::bigint AS requests,"
          + " coalesce(sum(pictures), 0)::bigint AS pictures,"
          + " coalesce(sum(input_tokens), 0)::bigint AS input_tokens,"
          + " coalesce(sum(cached_tokens), 0)::bigint AS cached_tokens,"
          + " coalesce(sum(output_tokens), 0)::bigint AS output_tokens";

  private final UUID writer = UUID.randomUUID();
  private final ConnectionPool connections;
  private final DatabaseClient database;

  UsageStore(Database database) {
    this.connections = database.pool("gateway-usage", MOST_CONNECTIONS);
    this.database = DatabaseClient.create(connections);
  }

  /**
   * A sum.
   *
   * @param group what it is the sum of, a value for each column that was asked for
   */
  record Row(List<String> group, Usage usage) {}

  /** Adds sums of this process, once for each page number; numbers rise. */
  Mono<Void> add(long page, Map<UsageLine, Usage> sums) {
    List<Map.Entry<UsageLine, Usage>> lines = List.copyOf(new TreeMap<>(sums).entrySet());
    return database
        .sql(UsageTables.ADD)
        .bind("writer", writer)
        .bind("sequence", page)
        .bind("days", lines.stream().map(line -> line.getKey().day()).toArray(LocalDate[]::new))
        .bind("tenants", lines.stream().map(line -> line.getKey().tenant()).toArray(String[]::new))
        .bind("keys", lines.stream().map(line -> line.getKey().key()).toArray(String[]::new))
        .bind("requests", numbers(lines, Usage::requests))
        .bind("pictures", numbers(lines, Usage::pictures))
        .bind("input", numbers(lines, Usage::inputTokens))
        .bind("cached", numbers(lines, Usage::cachedTokens))
        .bind("output", numbers(lines, Usage::outputTokens))
        .then();
  }

  private static Long[] numbers(
      List<Map.Entry<UsageLine, Usage>> lines, ToLongFunction<Usage> number) {
    return lines.stream().map(line -> number.applyAsLong(line.getValue())).toArray(Long[]::new);
  }

  /** Forgets processes that ended long ago. */
  Mono<Void> forgetOldWriters() {
    return database.sql(UsageTables.FORGET_WRITERS).then();
  }

  /** The sums that the query asks for, one more than its limit if there are more. */
  Mono<List<Row>> rows(UsageQuery query) {
    List<UsageQuery.Column> columns = query.groupBy();
    String names =
        columns.stream().map(UsageQuery.Column::wireName).collect(Collectors.joining(", "));
    List<String> after = query.after();
    String cursor =
        after == null
            ? ""
            : " AND (%s) > (%s)"
                .formatted(
                    names,
                    IntStream.range(0, columns.size())
                        .mapToObj(i -> columns.get(i).literal("after" + i))
                        .collect(Collectors.joining(", ")));
    DatabaseClient.GenericExecuteSpec select =
        database
            .sql(
                "SELECT %s, %s FROM usage_counted".formatted(names, SUMS)
                    + " WHERE day BETWEEN :from AND :to"
                    + (query.tenant() == null ? "" : " AND tenant = :tenant")
                    + (query.key() == null ? "" : " AND key = :key")
                    + cursor
                    + " GROUP BY %s ORDER BY %s LIMIT :most".formatted(names, names))
            .bind("from", query.from())
            .bind("to", query.to())
            .bind("most", query.limit() + 1);
    select = bind(select, "tenant", query.tenant());
    select = bind(select, "key", query.key());
    for (int i = 0; after != null && i < columns.size(); i++) {
      select = select.bind("after" + i, columns.get(i).value(after.get(i)));
    }
    return select.map(row -> row(columns, row)).all().collectList();
  }

  private static DatabaseClient.GenericExecuteSpec bind(
      DatabaseClient.GenericExecuteSpec statement, String name, @Nullable String value) {
    return value == null ? statement : statement.bind(name, value);
  }

  private static Row row(List<UsageQuery.Column> columns, Readable row) {
    return new Row(columns.stream().map(column -> column.read(row)).toList(), usage(row));
  }

  /** What a tenant used on a day. */
  Mono<Usage> ofTenant(String tenant, LocalDate day) {
    return database
        .sql("SELECT " + SUMS + " FROM usage_counted WHERE tenant = :tenant AND day = :day")
        .bind("tenant", tenant)
        .bind("day", day)
        .map(UsageStore::usage)
        .one();
  }

  /** Whether anything was counted under a name. */
  Mono<Boolean> knows(UsageQuery.Column column, String name) {
    return database
        .sql(
            "SELECT EXISTS (SELECT FROM usage_counted WHERE %s = :name) AS known"
                .formatted(column.wireName()))
        .bind("name", name)
        .map(row -> Objects.requireNonNull(row.get("known", Boolean.class)))
        .one();
  }

  private static Usage usage(Readable row) {
    return new Usage(
        number(row, "requests"),
        number(row, "pictures"),
        number(row, "input_tokens"),
        number(row, "cached_tokens"),
        number(row, "output_tokens"));
  }

  private static long number(Readable row, String column) {
    return Objects.requireNonNull(row.get(column, Long.class));
  }

  @Override
  public void destroy() {
    connections.dispose();
  }
}

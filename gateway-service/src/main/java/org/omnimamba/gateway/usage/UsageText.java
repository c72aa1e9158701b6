package org.omnimamba.gateway.usage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.usage.Usage;

/** Sums as JSON and as lines of comma-separated values (RFC 4180). */
final class UsageText {
  private static final List<String> NUMBERS =
      List.of("requests", "pictures", "input_tokens", "cached_tokens", "output_tokens");

  private UsageText() {}

  /** The answer with one page of sums. */
  static Map<String, @Nullable Object> json(UsageQuery query, UsageReports.Page page) {
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("from", query.from().toString());
    answer.put("to", query.to().toString());
    answer.put("group_by", query.groupBy().stream().map(UsageQuery.Column::wireName).toList());
    answer.put("data", page.rows().stream().map(row -> object(query, row)).toList());
    answer.put("has_more", page.more());
    answer.put("next", page.more() ? UsageQuery.cursor(page.last()) : null);
    return answer;
  }

  private static Map<String, Object> object(UsageQuery query, UsageStore.Row row) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < row.group().size(); i++) {
      object.put(query.groupBy().get(i).wireName(), row.group().get(i));
    }
    List<Long> numbers = numbers(row.usage());
    for (int i = 0; i < NUMBERS.size(); i++) {
      object.put(NUMBERS.get(i), numbers.get(i));
    }
    return object;
  }

  /** The names of the columns. */
  static String header(UsageQuery query) {
    return line(
        Stream.concat(query.groupBy().stream().map(UsageQuery.Column::wireName), NUMBERS.stream()));
  }

  /** A page of sums, a line each. Names of tenants and keys hold nothing that needs quotes. */
  static String lines(UsageReports.Page page) {
    return page.rows().stream()
        .map(
            row ->
                line(
                    Stream.concat(
                        row.group().stream(), numbers(row.usage()).stream().map(String::valueOf))))
        .collect(Collectors.joining());
  }

  private static String line(Stream<String> values) {
    return values.collect(Collectors.joining(",")) + "\r\n";
  }

  private static List<Long> numbers(Usage usage) {
    return List.of(
        usage.requests(),
        usage.pictures(),
        usage.inputTokens(),
        usage.cachedTokens(),
        usage.outputTokens());
  }
}

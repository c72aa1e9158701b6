package org.omnimamba.gateway.usage;

import io.r2dbc.spi.Readable;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.util.MultiValueMap;

/**
 * What a question about usage asks for.
 *
 * @param from the first day
 * @param to the last day
 * @param tenant of one tenant, or null
 * @param key of one key, or null
 * @param groupBy what sums are made for, in the order of the columns
 * @param limit how many sums at most, 1 to {@value #MOST}
 * @param after the values of the last sum that was told before, or null
 * @param csv whether the answer is a table in text
 */
record UsageQuery(
    LocalDate from,
    LocalDate to,
    @Nullable String tenant,
    @Nullable String key,
    List<Column> groupBy,
    int limit,
    @Nullable List<String> after,
    boolean csv) {
  static final int MOST = 10_000;
  private static final int USUAL = 1000;

  /** Days of the period that is told when none is asked for, and of the longest. */
  private static final int USUAL_DAYS = 30;

  private static final int MOST_DAYS = 366;
  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private static final Set<String> PARAMETERS =
      Set.of("from", "to", "tenant", "key", "group_by", "limit", "after", "format");
  private static final String SEPARATOR = "\n";

  /** What sums can be made for. */
  enum Column {
    DAY,
    TENANT,
    KEY;

    /** The name in the API and in the table. */
    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** A named parameter of the column's type. */
    String literal(String parameter) {
      return this == DAY ? "CAST(:" + parameter + " AS date)" : ":" + parameter;
    }

    /**
     * A value of the column's type.
     *
     * @throws IllegalArgumentException or DateTimeException if the text is none
     */
    Object value(String text) {
      if (this == DAY) {
        return LocalDate.parse(text);
      }
      if (!NAME.matcher(text).matches()) {
        throw new IllegalArgumentException("not a name");
      }
      return text;
    }

    String read(Readable row) {
      return this == DAY
          ? Objects.requireNonNull(row.get("day", LocalDate.class)).toString()
          : Objects.requireNonNull(row.get(wireName(), String.class));
    }
  }

  /**
   * Reads the parameters of a request.
   *
   * @param accept whether the request's headers prefer a table in text
   * @throws ApiException 400 naming the parameter that is wrong
   */
  static UsageQuery of(MultiValueMap<String, String> asked, LocalDate today, boolean accept) {
    requireKnown(asked, PARAMETERS);
    LocalDate to = day("to", asked.getFirst("to")).orElse(today);
    LocalDate from =
        day("from", asked.getFirst("from")).orElseGet(() -> to.minusDays(USUAL_DAYS - 1));
    if (from.isAfter(to)) {
      throw invalid("from", "from (%s) must not lie after to (%s).".formatted(from, to));
    }
    if (ChronoUnit.DAYS.between(from, to) >= MOST_DAYS) {
      throw invalid("from", "from and to may span " + MOST_DAYS + " days at most.");
    }
    List<Column> groupBy = groupBy(asked.getFirst("group_by"));
    return new UsageQuery(
        from,
        to,
        name("tenant", asked.getFirst("tenant")),
        name("key", asked.getFirst("key")),
        groupBy,
        limit(asked.getFirst("limit")),
        after(asked.getFirst("after"), groupBy),
        csv(asked.getFirst("format"), accept));
  }

  /**
   * Refuses parameters that are not known, and those that are given twice.
   *
   * @throws ApiException 400 naming the parameter
   */
  static void requireKnown(MultiValueMap<String, String> asked, Set<String> known) {
    asked.forEach(
        (parameter, values) -> {
          if (!known.contains(parameter)) {
            String shown = parameter.length() > 40 ? parameter.substring(0, 40) : parameter;
            throw ApiException.invalidField(
                shown, "unknown_parameter", "There is no parameter '" + shown + "' here.");
          }
          if (values.size() != 1) {
            throw invalid(parameter, parameter + " must be given once.");
          }
        });
  }

  /**
   * A day as YYYY-MM-DD; empty if there is none.
   *
   * @throws ApiException 400 if it is no day
   */
  static Optional<LocalDate> day(String parameter, @Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      if (DATE.matcher(text).matches()) {
        return Optional.of(LocalDate.parse(text));
      }
    } catch (DateTimeException e) {
      // such as the 30th of February
    }
    throw invalid(parameter, parameter + " must be a day such as 2026-11-29.");
  }

  private static @Nullable String name(String parameter, @Nullable String text) {
    if (text != null && !NAME.matcher(text).matches()) {
      throw invalid(parameter, parameter + " cannot be the name of one.");
    }
    return text;
  }

  private static List<Column> groupBy(@Nullable String text) {
    if (text == null) {
      return List.of(Column.values());
    }
    EnumSet<Column> columns = EnumSet.noneOf(Column.class);
    for (String name : text.split(",", -1)) {
      columns.add(
          Arrays.stream(Column.values())
              .filter(column -> column.wireName().equals(name))
              .findFirst()
              .orElseThrow(
                  () -> invalid("group_by", "group_by must name some of day, tenant and key.")));
    }
    return List.copyOf(columns);
  }

  private static int limit(@Nullable String text) {
    try {
      int limit = text == null ? USUAL : Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // as one out of range
    }
    throw invalid("limit", "limit must be a number from 1 to " + MOST + ".");
  }

  private static @Nullable List<String> after(@Nullable String text, List<Column> groupBy) {
    if (text == null) {
      return null;
    }
    try {
      List<String> values =
          List.of(
              new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8)
                  .split(SEPARATOR, -1));
      if (values.size() == groupBy.size()) {
        for (int i = 0; i < values.size(); i++) {
          groupBy.get(i).value(values.get(i));
        }
        return values;
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      // as one of another question
    }
    throw invalid("after", "after must be what an answer to the same question called 'next'.");
  }

  private static boolean csv(@Nullable String format, boolean accept) {
    if (format == null) {
      return accept;
    }
    if (!format.equals("csv") && !format.equals("json")) {
      throw invalid("format", "format must be json or csv.");
    }
    return format.equals("csv");
  }

  /** What leads on from a sum, for the caller to send back. */
  static String cursor(UsageStore.Row last) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(String.join(SEPARATOR, last.group()).getBytes(StandardCharsets.UTF_8));
  }

  /** The same question, going on after a sum. */
  UsageQuery after(UsageStore.Row last) {
    return new UsageQuery(from, to, tenant, key, groupBy, limit, last.group(), csv);
  }

  private static ApiException invalid(String parameter, String message) {
    return ApiException.invalidField(parameter, "invalid_value", message);
  }
}

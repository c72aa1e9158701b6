package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code omnimamba usage}: what tenants used, as a table. */
@Command(
    name = "usage",
    mixinStandardHelpOptions = true,
    description = "Shows what tenants used, by day (UTC), tenant and key.")
final class UsageCommand implements Callable<Integer> {
  private static final List<String> NUMBERS =
      List.of("requests", "pictures", "input_tokens", "cached_tokens", "output_tokens");

  @Mixin private GatewayAddress gateway = new GatewayAddress();

  @Option(
      names = "--from",
      paramLabel = "DAY",
      description = "The first day, such as 2026-11-01 (default: 29 days before the last).")
  private @Nullable LocalDate from;

  @Option(names = "--to", paramLabel = "DAY", description = "The last day (default: today).")
  private @Nullable LocalDate to;

  @Option(names = "--tenant", paramLabel = "TENANT", description = "Of one tenant.")
  private @Nullable String tenant;

  @Option(
      names = "--key",
      paramLabel = "PREFIX",
      description = "Of one key, by its beginning as 'keys list' shows it.")
  private @Nullable String key;

  @Option(
      names = "--group-by",
      paramLabel = "COLUMN",
      description = "Some of day, tenant and key by comma (default: all three).")
  private @Nullable String groupBy;

  @Option(names = "--csv", description = "Prints comma-separated values.")
  private boolean csv;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    if (csv) {
      out.print(gateway.text(address("&format=csv")).replace("\r\n", System.lineSeparator()));
      out.flush();
      return 0;
    }
    List<List<String>> table = new ArrayList<>();
    long[] sums = new long[NUMBERS.size()];
    int groups = 0;
    String after = "";
    do {
      JsonNode page = gateway.get(address("&limit=10000" + after));
      List<String> columns = page.path("group_by").valueStream().map(JsonNode::asString).toList();
      groups = columns.size();
      if (table.isEmpty()) {
        table.add(concat(columns, NUMBERS));
      }
      for (JsonNode row : page.path("data")) {
        table.add(
            concat(
                columns.stream().map(name -> row.path(name).asString()).toList(),
                NUMBERS.stream().map(name -> row.path(name).asString()).toList()));
        for (int i = 0; i < sums.length; i++) {
          sums[i] += row.path(NUMBERS.get(i)).longValue();
        }
      }
      after = page.path("has_more").booleanValue() ? "&after=" + page.path("next").asString() : "";
    } while (!after.isEmpty());
    if (table.size() > 2) {
      List<String> total = new ArrayList<>(List.of("total"));
      IntStream.range(1, groups).forEach(i -> total.add(""));
      for (long sum : sums) {
        total.add(Long.toString(sum));
      }
      table.add(total);
    }
    print(out, table, groups);
    return 0;
  }

  private static List<String> concat(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private String address(String more) {
    StringBuilder address = new StringBuilder("/admin/v1/usage?");
    add(address, "from", from);
    add(address, "to", to);
    add(address, "tenant", tenant);
    add(address, "key", key);
    add(address, "group_by", groupBy);
    return (address + more).replace("?&", "?");
  }

  private static void add(StringBuilder address, String name, @Nullable Object value) {
    if (value != null) {
      address
          .append('&')
          .append(name)
          .append('=')
          .append(URLEncoder.encode(value.toString(), StandardCharsets.UTF_8));
    }
  }

  /** Names to the left, numbers to the right. */
  private static void print(PrintWriter out, List<List<String>> table, int names) {
    int columns = table.get(0).size();
    int[] widths =
        IntStream.range(0, columns)
            .map(i -> table.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toArray();
    for (List<String> row : table) {
      out.println(
          IntStream.range(0, columns)
              .mapToObj(i -> ("%" + (i < names ? "-" : "") + widths[i] + "s").formatted(row.get(i)))
              .collect(Collectors.joining("  ")));
    }
  }
}

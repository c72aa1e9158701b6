package org.omnimamba.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Arguments of a benchmark: {@code --name value}, all optional. */
public final class BenchmarkArguments {
  private final Map<String, String> values = new LinkedHashMap<>();

  /**
   * @throws IllegalArgumentException if a name has no value or does not begin with two dashes
   */
  public BenchmarkArguments(String... args) {
    for (int i = 0; i < args.length; i += 2) {
      if (!args[i].startsWith("--") || i + 1 == args.length) {
        throw new IllegalArgumentException("arguments are pairs of --name and value: " + args[i]);
      }
      values.put(args[i].substring("--".length()), args[i + 1]);
    }
  }

  public String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  public @Nullable String text(String name) {
    return values.get(name);
  }

  public boolean flag(String name, boolean otherwise) {
    return Boolean.parseBoolean(text(name, String.valueOf(otherwise)));
  }

  public int number(String name, int otherwise) {
    return Integer.parseInt(text(name, String.valueOf(otherwise)));
  }

  /** Numbers with commas between them; an empty text is none. */
  public int[] numbers(String name, String otherwise) {
    return Arrays.stream(text(name, otherwise).split(",", -1))
        .filter(number -> !number.isEmpty())
        .mapToInt(Integer::parseInt)
        .toArray();
  }
}

package org.omnimamba.model.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Comments cite behaviours of the reference by number; the list must have them. */
class CitedBehavioursTest {
  private static final Pattern ITEM = Pattern.compile("(?m)^(\\d+)\\. ");

  /** A citation and its numbers, up to the closing bracket or a word. */
  private static final Pattern CITED =
      Pattern.compile("docs/reference-behaviours\\.md,((?:[\\s*,]|and|to|\\d)+)");

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  @Test
  void everyCitedNumberIsInTheList() throws IOException {
    Path root = Repository.root();
    Set<Integer> listed =
        numbers(ITEM, Files.readString(root.resolve("docs/reference-behaviours.md")));
    assertThat(listed).hasSize(37).contains(1, 37);
    Set<Integer> cited = new TreeSet<>();
    for (String module : List.of("model", "training")) {
      try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          Matcher citation = CITED.matcher(Files.readString(file));
          while (citation.find()) {
            cited.addAll(numbers(NUMBER, citation.group(1)));
          }
        }
      }
    }
    assertThat(cited).contains(12, 17, 31);
    assertThat(listed).containsAll(cited);
  }

  private static Set<Integer> numbers(Pattern pattern, String text) {
    Set<Integer> numbers = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      numbers.add(Integer.valueOf(matcher.group(matcher.groupCount())));
    }
    return numbers;
  }
}

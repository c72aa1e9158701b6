package org.omnimamba.evaluation.score;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Tables of mean points by category. */
final class Categories {
  private Categories() {}

  /** A row of accuracy in percent for each category, by name, and one for all. */
  static ScoreTable accuracy(List<Scored> scored) {
    return accuracy(scored, each -> each.question().category());
  }

  static ScoreTable accuracy(List<Scored> scored, Function<Scored, String> category) {
    Map<String, List<Scored>> byCategory =
        scored.stream().collect(Collectors.groupingBy(category, TreeMap::new, Collectors.toList()));
    List<ScoreTable.Row> rows = new ArrayList<>();
    byCategory.forEach(
        (name, members) -> {
          if (!name.isEmpty()) {
            rows.add(row(name, members));
          }
        });
    ScoreTable.Row all = row("all", scored);
    rows.add(all);
    return new ScoreTable(List.of("accuracy"), rows, "accuracy", all.values().get(0));
  }

  private static ScoreTable.Row row(String name, List<Scored> members) {
    return new ScoreTable.Row(name, members.size(), List.of(100 * meanPoints(members)));
  }

  static double meanPoints(List<Scored> scored) {
    return scored.stream().mapToDouble(each -> each.judgement().points()).average().orElse(0);
  }
}

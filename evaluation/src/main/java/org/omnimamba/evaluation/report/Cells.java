package org.omnimamba.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.score.ScoreTable;

/** A report's tables as rows of text. */
final class Cells {
  private Cells() {}

  /** The scores, with a line of names. */
  static List<List<String>> scores(ScoreTable table) {
    List<List<String>> rows = new ArrayList<>();
    List<String> names = new ArrayList<>(List.of("category", "questions"));
    names.addAll(table.columns());
    rows.add(names);
    for (ScoreTable.Row row : table.rows()) {
      List<String> cells = new ArrayList<>(List.of(row.name(), String.valueOf(row.questions())));
      row.values().forEach(value -> cells.add(number(value)));
      rows.add(cells);
    }
    return rows;
  }

  /** The model's figure above those of the paper. */
  static List<List<String>> comparison(BenchmarkReport report) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("model", report.paper().title(), "from"));
    rows.add(
        List.of(
            report.run().getOrDefault("model", "this model"),
            number(report.table().value()),
            "this run, scorer " + report.scorer()));
    report.others().forEach((scorer, value) -> rows.add(List.of("", number(value), scorer)));
    report
        .paper()
        .byModel()
        .forEach((model, value) -> rows.add(List.of(model, number(value), "the paper")));
    return rows;
  }

  /** Lost questions by what is wrong. */
  static Map<String, Integer> faults(BenchmarkReport report) {
    Map<String, Integer> counts = new TreeMap<>();
    for (Fault fault : report.faults()) {
      counts.merge(fault.kind().title(), fault.questions(), Integer::sum);
    }
    return counts;
  }

  static String number(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2f", value);
  }
}

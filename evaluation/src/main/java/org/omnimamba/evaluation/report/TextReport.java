package org.omnimamba.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.evaluation.data.Fault;

/** A report as plain text, in Markdown's tables. */
public final class TextReport {
  private static final int NAMED_FAULTS = 5;

  private TextReport() {}

  /** The whole text, which ends with a line break. */
  public static String of(BenchmarkReport report) {
    StringBuilder out = new StringBuilder();
    if (report.hasScores()) {
      out.append(
          "%s, scorer %s: %s%n".formatted(report.benchmark(), report.scorer(), report.rule()));
      out.append('\n');
      table(Cells.scores(report.table()), out);
      out.append('\n');
      table(Cells.comparison(report), out);
    } else {
      out.append("%s: %d answers%n".formatted(report.benchmark(), report.scored().size()));
    }
    if (!report.notes().isEmpty() || !report.faults().isEmpty()) {
      out.append('\n');
    }
    report.notes().forEach(note -> out.append("note: ").append(note).append('\n'));
    Cells.faults(report)
        .forEach((kind, count) -> out.append("unusable: %d, %s%n".formatted(count, kind)));
    report.faults().stream()
        .limit(NAMED_FAULTS)
        .forEach((Fault fault) -> out.append("  ").append(fault).append('\n'));
    if (report.faults().size() > NAMED_FAULTS) {
      out.append(
          "  and %d more, in report.json%n".formatted(report.faults().size() - NAMED_FAULTS));
    }
    return out.toString().replace("\r\n", "\n");
  }

  /** The same as {@code report.json}. */
  public static String json(BenchmarkReport report) {
    return JsonReport.of(report);
  }

  /** A table with columns of even width; the first row is its head. */
  static void table(List<List<String>> rows, StringBuilder out) {
    List<Integer> widths = new ArrayList<>();
    for (List<String> row : rows) {
      for (int column = 0; column < row.size(); column++) {
        int width = row.get(column).length();
        if (column == widths.size()) {
          widths.add(width);
        } else {
          widths.set(column, Math.max(width, widths.get(column)));
        }
      }
    }
    for (int at = 0; at < rows.size(); at++) {
      out.append('|');
      for (int column = 0; column < widths.size(); column++) {
        String cell = rows.get(at).get(column);
        out.append(' ').append(cell).append(" ".repeat(widths.get(column) - cell.length()));
        out.append(" |");
      }
      out.append('\n');
      if (at == 0) {
        widths.forEach(width -> out.append("| ").append("-".repeat(width)).append(' '));
        out.append("|\n");
      }
    }
  }
}

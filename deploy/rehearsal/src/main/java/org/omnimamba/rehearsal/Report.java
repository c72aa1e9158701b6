package org.omnimamba.rehearsal;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was done and what came of it. */
final class Report {
  private final List<Row> rows = new ArrayList<>();

  /**
   * One line of the table.
   *
   * @param act compose, chart ...
   * @param what what was done or asked
   * @param passed whether it went as promised
   * @param result figures, or what went wrong
   */
  record Row(String act, String what, boolean passed, String result) {}

  synchronized void add(String act, String what, boolean passed, String result) {
    rows.add(new Row(act, what, passed, result));
    System.out.printf("%-4s %-8s %s: %s%n", passed ? "ok" : "FAIL", act, what, result);
  }

  synchronized boolean failed() {
    return rows.stream().anyMatch(row -> !row.passed());
  }

  /** Writes the rows as JSON. */
  synchronized void write(Path file) throws IOException {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("java", Java.home().toString());
    report.put("rows", rows);
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), report);
  }

  /** The rows as a table of Markdown. */
  synchronized String table() {
    StringBuilder table = new StringBuilder("| act | what | result |\n| --- | --- | --- |\n");
    for (Row row : rows) {
      table
          .append("| ")
          .append(row.act())
          .append(" | ")
          .append(row.what().replace("|", "\\|"))
          .append(" | ")
          .append(row.passed() ? "" : "**FAILED** ")
          .append(row.result().replace("|", "\\|").replace("\n", " "))
          .append(" |\n");
    }
    return table.toString();
  }
}

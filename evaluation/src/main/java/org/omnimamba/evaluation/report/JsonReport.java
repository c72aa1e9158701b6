package org.omnimamba.evaluation.report;

import org.omnimamba.evaluation.score.ScoreTable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A report for programs. */
final class JsonReport {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private JsonReport() {}

  static String of(BenchmarkReport report) {
    ObjectNode json = MAPPER.createObjectNode().put("benchmark", report.benchmark());
    ObjectNode run = json.putObject("run");
    report.run().forEach(run::put);
    json.put("answered", report.scored().size());
    json.put("unusable", report.unusable());
    if (report.hasScores()) {
      json.put("scorer", report.scorer()).put("rule", report.rule());
      json.put("headline", report.table().headline()).put("value", report.table().value());
      ObjectNode others = json.putObject("other_scorers");
      report.others().forEach(others::put);
      scores(report.table(), json.putArray("scores"));
    }
    ObjectNode paper = json.putObject("paper").put("column", report.paper().title());
    ObjectNode models = paper.putObject("models");
    report.paper().byModel().forEach(models::put);
    ArrayNode notes = json.putArray("notes");
    report.notes().forEach(notes::add);
    ArrayNode faults = json.putArray("faults");
    report
        .faults()
        .forEach(
            fault ->
                faults
                    .addObject()
                    .put("kind", fault.kind().title())
                    .put("where", fault.where())
                    .put("reason", fault.reason())
                    .put("questions", fault.questions()));
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  private static void scores(ScoreTable table, ArrayNode rows) {
    for (ScoreTable.Row row : table.rows()) {
      ObjectNode json = rows.addObject().put("category", row.name());
      json.put("questions", row.questions());
      for (int column = 0; column < table.columns().size(); column++) {
        double value = row.values().get(column);
        if (!Double.isNaN(value)) {
          json.put(table.columns().get(column), value);
        }
      }
    }
  }
}

package org.omnimamba.evaluation.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.omnimamba.evaluation.data.Fault;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How far a model's pictures are from real ones.
 *
 * @param name "FID", or what the distance is called where it is none
 * @param value the distance
 * @param withOffset the distance with 1e-6 on the diagonals; NaN where both covariances have full
 *     rank
 * @param features what sees the pictures
 * @param drawn pictures of the model
 * @param real pictures that they are compared with
 * @param run what else it depends on, the model's name first
 * @param faults what could not be read
 */
public record DistanceReport(
    String name,
    double value,
    double withOffset,
    String features,
    int drawn,
    int real,
    Map<String, String> run,
    List<Fault> faults) {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String FID = "FID";

  /** FID, beside the paper's, or another distance, beside nothing. */
  public String text() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("model", name, "from"));
    rows.add(
        List.of(
            run.getOrDefault("model", "this model"),
            String.format(Locale.ROOT, "%.4f", value),
            "this run: %d drawn, %d real, %s".formatted(drawn, real, features)));
    if (!Double.isNaN(withOffset)) {
      rows.add(
          List.of(
              "", String.format(Locale.ROOT, "%.4f", withOffset), "with 1e-6 on the diagonals"));
    }
    if (name.equals(FID)) {
      PaperFigures.FID
          .byModel()
          .forEach(
              (model, figure) -> rows.add(List.of(model, Cells.number(figure), "the paper, 30K")));
    }
    StringBuilder out = new StringBuilder();
    TextReport.table(rows, out);
    if (!Double.isNaN(withOffset)) {
      out.append("note: the covariances lack full rank; more pictures than features are needed\n");
    }
    faults.forEach(fault -> out.append("unusable: ").append(fault).append('\n'));
    return out.toString();
  }

  /** Writes {@code report.json}. */
  public void write(Path folder) throws IOException {
    ObjectNode json =
        MAPPER
            .createObjectNode()
            .put("name", name)
            .put("value", value)
            .put("features", features)
            .put("drawn", drawn)
            .put("real", real);
    if (!Double.isNaN(withOffset)) {
      json.put("with_offset", withOffset);
    }
    ObjectNode about = json.putObject("run");
    run.forEach(about::put);
    ArrayNode lost = json.putArray("faults");
    faults.forEach(fault -> lost.add(fault.toString()));
    ReportFiles.put(
        folder.resolve("report.json"),
        MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}

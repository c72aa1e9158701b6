package org.omnimamba.evaluation.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;
import org.omnimamba.evaluation.score.Scored;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes a report's files; each appears whole, in place of an earlier one. */
public final class ReportFiles {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private ReportFiles() {}

  /**
   * Writes {@code report.json}, {@code report.csv}, {@code report.html} and {@code scored.jsonl},
   * which has every answer with what it was read as and its points.
   */
  public static void write(BenchmarkReport report, Path folder) throws IOException {
    Files.createDirectories(folder);
    put(folder.resolve("scored.jsonl"), answers(report));
    put(folder.resolve("report.csv"), csv(report));
    put(folder.resolve("report.html"), new HtmlReport().of(report));
    put(folder.resolve("report.json"), JsonReport.of(report));
  }

  /**
   * Writes answers as the server of VQA's challenge takes them: one JSON array.
   *
   * @param file such as {@code vqav2-results.json}
   */
  public static void writeForServer(List<Scored> answers, Path file) throws IOException {
    ArrayNode results = MAPPER.createArrayNode();
    for (Scored each : answers) {
      results
          .addObject()
          .put("question_id", Long.parseLong(each.question().id()))
          .put("answer", each.answer());
    }
    put(file, MAPPER.writeValueAsString(results));
  }

  private static String answers(BenchmarkReport report) {
    StringBuilder out = new StringBuilder();
    for (Scored each : report.scored()) {
      ObjectNode line =
          MAPPER
              .createObjectNode()
              .put("id", each.question().id())
              .put("category", each.question().category())
              .put("picture", each.question().picture().name())
              .put("question", each.question().text());
      ArrayNode right = line.putArray("right");
      each.question().answers().forEach(right::add);
      line.put("answer", each.answer());
      if (report.hasScores()) {
        line.put("read_as", each.judgement().readAs()).put("points", each.judgement().points());
      }
      out.append(MAPPER.writeValueAsString(line)).append('\n');
    }
    return out.toString();
  }

  private static String csv(BenchmarkReport report) {
    StringBuilder out = new StringBuilder();
    for (List<String> row : Cells.scores(report.table())) {
      out.append(row.stream().map(ReportFiles::field).collect(Collectors.joining(",")));
      out.append('\n');
    }
    Cells.faults(report)
        .forEach((kind, count) -> out.append("unusable: %s,%d\n".formatted(kind, count)));
    return out.toString();
  }

  private static String field(String text) {
    return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** A file appears whole. */
  static void put(Path file, String text) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.write(part, text.getBytes(StandardCharsets.UTF_8));
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }
}

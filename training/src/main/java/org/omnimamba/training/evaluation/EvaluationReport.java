package org.omnimamba.training.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.training.evaluation.Evaluation.Answer;
import org.omnimamba.training.evaluation.Evaluation.Drawing;
import org.omnimamba.training.evaluation.Evaluation.Lookup;
import org.omnimamba.training.evaluation.Evaluation.Part;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An evaluation as JSON and as a table in Markdown. */
final class EvaluationReport {
  private EvaluationReport() {}

  static String json(Evaluation evaluation) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("model", evaluation.model());
    EvaluationOptions options = evaluation.options();
    SamplingParameters sampling = options.drawing();
    root.putObject("options")
        .put("limit", options.limit())
        .put("question", options.question())
        .put("temperature", sampling.temperature())
        .put("top_k", sampling.topK())
        .put("top_p", sampling.topP())
        .put("seed", sampling.seed());
    ObjectNode reconstruction = root.putObject("reconstruction_psnr_db");
    evaluation
        .reconstruction()
        .forEach((part, value) -> reconstruction.put(part.key(), rounded(value)));
    ObjectNode naming = root.putObject("mmu_exact_name");
    evaluation.naming().forEach((part, rate) -> put(naming.putObject(part.key()), rate));
    ObjectNode drawing = root.putObject("t2i");
    evaluation
        .drawing()
        .forEach(
            (part, drawn) -> {
              ObjectNode node = drawing.putObject(part.key());
              put(node.putObject("by_features"), drawn.byFeatures());
              put(node.putObject("by_pixels"), drawn.byPixels());
            });
    ObjectNode examples = root.putObject("answers");
    evaluation.examples().forEach((part, answers) -> put(examples.putArray(part.key()), answers));
    return root.toPrettyString() + "\n";
  }

  private static void put(ObjectNode node, Lookup lookup) {
    put(node.putObject("top1"), lookup.top1());
    put(node.putObject("top5"), lookup.top5());
    put(node.putObject("style"), lookup.style());
  }

  private static void put(ObjectNode node, Rate rate) {
    node.put("percent", rounded(rate.percent()))
        .put("hits", rate.hits())
        .put("total", rate.total());
  }

  private static void put(ArrayNode array, List<Answer> answers) {
    for (Answer answer : answers) {
      array
          .addObject()
          .put("name", answer.name())
          .put("style", answer.style())
          .put("answer", answer.answer());
    }
  }

  private static double rounded(double value) {
    return Math.round(100 * value) / 100.0;
  }

  static String markdown(Evaluation evaluation) {
    StringBuilder text = new StringBuilder();
    text.append("# Evaluation of ").append(evaluation.model()).append("\n\n");
    SamplingParameters sampling = evaluation.options().drawing();
    text.append(
        """
        Question: "%s", answered greedily, compared with the exact name. Captions: "NAME, STYLE style", drawn with \
        temperature %s, top-k %d, top-p %s, seed %d. Drawn pictures are looked up among all real pictures of the trained styles.

        | measure | %s | %s | %s |
        | --- | --- | --- | --- |
        """
            .formatted(
                evaluation.options().question(),
                sampling.temperature(),
                sampling.topK(),
                sampling.topP(),
                sampling.seed(),
                Part.SEEN.title(),
                Part.HELD_OUT.title(),
                Part.UNSEEN.title()));
    row(text, "VQ reconstruction, PSNR", evaluation.reconstruction(), EvaluationReport::decibel);
    row(text, "MMU, exact name", evaluation.naming(), EvaluationReport::percent);
    row(text, evaluation.drawing(), "features", "top-1", d -> d.byFeatures().top1());
    row(text, evaluation.drawing(), "features", "top-5", d -> d.byFeatures().top5());
    row(text, evaluation.drawing(), "pixels", "top-1", d -> d.byPixels().top1());
    row(text, evaluation.drawing(), "pixels", "top-5", d -> d.byPixels().top5());
    row(
        text,
        "T2I, asked style, nearest by features",
        evaluation.drawing(),
        drawn -> percent(drawn.byFeatures().style()));
    row(
        text,
        "T2I, asked style, nearest by pixels",
        evaluation.drawing(),
        drawn -> percent(drawn.byPixels().style()));
    return text.toString();
  }

  private static void row(
      StringBuilder text,
      Map<Part, Drawing> drawing,
      String space,
      String top,
      Function<Drawing, Rate> rate) {
    row(
        text,
        "T2I, asked concept, %s by %s".formatted(top, space),
        drawing,
        drawn -> percent(rate.apply(drawn)));
  }

  private static <T> void row(
      StringBuilder text, String title, Map<Part, T> values, Function<T, String> format) {
    text.append("| ").append(title).append(" |");
    for (Part part : Part.values()) {
      T value = values.get(part);
      text.append(' ').append(value == null ? "-" : format.apply(value)).append(" |");
    }
    text.append('\n');
  }

  private static String decibel(double value) {
    return String.format(Locale.ROOT, "%.2f dB", value);
  }

  private static String percent(Rate rate) {
    return rate.total() == 0
        ? "-"
        : String.format(
            Locale.ROOT, "%.1f %% (%d of %d)", rate.percent(), rate.hits(), rate.total());
  }
}

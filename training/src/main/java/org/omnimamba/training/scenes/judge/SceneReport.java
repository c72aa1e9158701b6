package org.omnimamba.training.scenes.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.omnimamba.training.data.WholeFile;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The figures of a model.
 *
 * @param model its name
 * @param seed of the evaluation
 * @param temperature of its drawings
 * @param measures in the order in which they were taken
 */
public record SceneReport(
    String model, long seed, double temperature, List<SceneMeasure> measures) {

  /** The table, in Markdown. */
  public String markdown() {
    StringBuilder text =
        new StringBuilder(
            """
            # Evaluation of %s on scenes

            Seed %d; drawn with temperature %s. "Judge" is what the same judge says of the real scenes, and of real scenes of other captions.

            | measure | right | n | aim | judge: real, shuffled |
            | --- | ---: | ---: | ---: | --- |
            """
                .formatted(model, seed, temperature));
    for (SceneMeasure each : measures) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.1f %% | %d | %.0f %% | %s |%n",
              each.name(),
              each.percent(),
              each.count(),
              each.aim(),
              each.real() == null ? "" : percent(each.real()) + ", " + percent(each.shuffled())));
    }
    return text.toString();
  }

  private static String percent(@Nullable Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.0f %%", value);
  }

  /** The same for programs. */
  public String json() {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("model", model).put("seed", seed).put("temperature", temperature);
    for (SceneMeasure each : measures) {
      ObjectNode line = root.withArray("measures").addObject();
      line.put("name", each.name()).put("hits", each.hits()).put("count", each.count());
      line.put("percent", each.percent()).put("aim", each.aim());
      if (each.real() != null && each.shuffled() != null) {
        line.put("judge_real", each.real()).put("judge_shuffled", each.shuffled());
      }
    }
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }

  /** Writes {@code scenes.json}, then {@code scenes.md}. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    WholeFile.write(folder.resolve("scenes.json"), json());
    WholeFile.write(folder.resolve("scenes.md"), markdown());
  }
}

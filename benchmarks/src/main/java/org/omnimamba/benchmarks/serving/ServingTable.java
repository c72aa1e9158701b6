package org.omnimamba.benchmarks.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The measured loads beside the engine's bounds, as Markdown. */
final class ServingTable {
  private final EngineFigures engine;
  private final List<String> rows = new ArrayList<>();

  ServingTable(EngineFigures engine) {
    this.engine = engine;
  }

  /**
   * Adds a load.
   *
   * @param tokens of each answer
   */
  void add(LoadKind kind, int clients, int tokens, LoadFigures figures) {
    double bound = kind.bound(engine, clients, tokens);
    rows.add(
        String.format(
            Locale.ROOT,
            "| %s, %d clients | %.2f | %.0f | %.2f | %.2f | %.0f %% | %s | %s | %s |",
            kind.title(),
            clients,
            figures.requestsPerSecond(),
            figures.tokensPerSecond(),
            engine.boundOfSteps(clients, tokens),
            bound,
            100 * figures.requestsPerSecond() / bound,
            figures.latency(),
            figures.firstToken(),
            figures.gap()));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        "| load | per s | tokens/s | bound: steps alone | bound: all on the device | of it"
            + " | answer, ms p50 / p99 | first token | between tokens |\n");
    text.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    rows.forEach(row -> text.append(row).append('\n'));
    text.append("\n| batch | ms a token, several a call | one a call | tokens/s |\n");
    text.append("| ---: | ---: | ---: | ---: |\n");
    for (Map.Entry<Integer, Double> step : engine.stepMillis().entrySet()) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %d | %.2f | %.2f | %.0f |%n",
              step.getKey(),
              step.getValue(),
              engine.singleStepMillis().get(step.getKey()),
              1000 * step.getKey() / step.getValue()));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%nThe rest of the bounds, ms: prompt to draw %.2f, pixels of a picture %.2f, towers %.2f,"
                + " prompt with a new photo %.2f, with a known one %.2f, copy of a state %.2f%n",
            engine.picturePrompt(),
            engine.decode(),
            engine.towers(),
            engine.photoPrompt(),
            engine.knownPhotoPrompt(),
            engine.copy()));
    return text.toString();
  }
}

package org.omnimamba.standalone.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.GenerationTimings;
import org.omnimamba.model.text.Prompt;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a run says about itself: the parts that a picture's and an answer's JSON share. */
final class RunReport {
  private RunReport() {}

  static ObjectNode json(
      LoadedModel loaded,
      List<Integer> tokens,
      long seed,
      Prompt.@Nullable Truncated truncated,
      GenerationTimings timings) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("model", loaded.model().config().name());
    json.put("seed", seed);
    ArrayNode ids = json.putArray("tokens");
    tokens.forEach(ids::add);
    if (truncated != null) {
      json.putObject("truncated")
          .put("prompt_tokens", truncated.promptTokens())
          .put("kept_tokens", truncated.keptTokens());
    }
    json.putObject("timings")
        .put("load_ms", millis(loaded.loading()))
        .put("prepare_ms", millis(timings.prepare()))
        .put("prefill_ms", millis(timings.prefill()))
        .put("decode_ms", millis(timings.decode()))
        .put("picture_ms", millis(timings.picture()))
        .put("total_ms", millis(timings.total()));
    return json;
  }

  /** One line for people: tokens, time and speed. */
  static String summary(List<Integer> tokens, GenerationTimings timings) {
    double decode = timings.decode().toNanos() / 1e9;
    int steps = Math.max(0, tokens.size() - 1);
    return String.format(
        Locale.ROOT,
        "%d tokens in %.2f s (%.1f tokens/s)",
        tokens.size(),
        timings.total().toNanos() / 1e9,
        decode > 0 ? steps / decode : 0);
  }

  static String cutNotice(Prompt.Truncated truncated) {
    return "the text was cut from %d to %d tokens"
        .formatted(truncated.promptTokens(), truncated.keptTokens());
  }

  private static double millis(Duration duration) {
    return Math.round(duration.toNanos() / 1e3) / 1e3;
  }
}

package org.omnimamba.inference.chat;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.api.ApiException;
import org.omnimamba.inference.api.Checks;
import org.omnimamba.model.sampling.LogitChanges;

/** Reads {@code frequency_penalty}, {@code presence_penalty} and {@code logit_bias}. */
final class LogitChangesReader {
  private static final double MOST_PENALTY = 2;
  private static final double MOST_BIAS = 100;
  private static final Pattern ID = Pattern.compile("0|[1-9][0-9]{0,8}");

  private LogitChangesReader() {}

  /**
   * @param vocabulary one more than the highest token id
   * @throws ApiException naming the field, or the token of a bias, that is wrong
   */
  static LogitChanges read(ChatCompletionRequest request, int vocabulary) {
    return new LogitChanges(
        penalty("frequency_penalty", request.frequencyPenalty()),
        penalty("presence_penalty", request.presencePenalty()),
        bias(request.logitBias(), vocabulary));
  }

  private static float penalty(String param, @Nullable Double value) {
    return (float) Checks.range(param, value, 0, -MOST_PENALTY, MOST_PENALTY);
  }

  private static Map<Integer, Float> bias(
      @Nullable Map<String, @Nullable Double> entries, int vocabulary) {
    Map<Integer, Float> bias = new HashMap<>();
    if (entries != null) {
      entries.forEach(
          (key, value) -> {
            String param = "logit_bias." + key;
            int id = ID.matcher(key).matches() ? Integer.parseInt(key) : vocabulary;
            if (id >= vocabulary) {
              throw ApiException.invalidValue(
                  param,
                  "'logit_bias' names the token '%s'; the model's tokens are 0 to %d."
                      .formatted(key, vocabulary - 1));
            }
            if (value == null) {
              throw ApiException.invalidValue(param, "'%s' must be a number.".formatted(param));
            }
            bias.put(id, (float) Checks.range(param, value, 0, -MOST_BIAS, MOST_BIAS));
          });
    }
    return bias;
  }
}

package org.omnimamba.inference.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.sampling.PreviousTokens;
import org.omnimamba.model.sampling.SamplingParameters;

/** Requests for the fake backend, with the real sampler. */
final class FakeRequests {
  static final Duration TIMEOUT = Duration.ofMinutes(1);

  private FakeRequests() {}

  static GenerationRequest text(int promptLength, int tokens) {
    return text(promptLength, tokens, 1);
  }

  static GenerationRequest text(int promptLength, int tokens, int n) {
    return request(Task.MMU, promptLength, tokens, n, 0, TIMEOUT);
  }

  static GenerationRequest image(int promptLength, int tokens, int n, int partialImages) {
    return request(Task.T2I, promptLength, tokens, n, partialImages, TIMEOUT);
  }

  static GenerationRequest withTimeout(int promptLength, int tokens, Duration timeout) {
    return request(Task.MMU, promptLength, tokens, 1, 0, timeout);
  }

  static GenerationRequest aboutPicture(int promptLength, int tokens) {
    GenerationRequest plain = text(promptLength, tokens);
    ImagePixels pixels = new ImagePixels(1, List.of(new float[3]));
    return new GenerationRequest(
        "picture",
        new PromptInput(Task.MMU, plain.prompt().ids(), promptLength, pixels),
        plain.sequences(),
        tokens,
        0,
        TIMEOUT);
  }

  private static GenerationRequest request(
      Task task, int promptLength, int tokens, int n, int partialImages, Duration timeout) {
    List<TokenSequence> sequences = new ArrayList<>();
    for (int index = 0; index < n; index++) {
      sequences.add(sequence(tokens, index));
    }
    // The prompt differs with its length, so that different requests have different results.
    int[] ids = IntStream.range(0, promptLength).map(i -> i * 7 + promptLength).toArray();
    return new GenerationRequest(
        "test",
        new PromptInput(task, ids, promptLength, null),
        sequences,
        tokens,
        partialImages,
        timeout);
  }

  /** Samples with seed 7 until it has so many tokens. */
  static TokenSequence sequence(int tokens, int index) {
    SamplingParameters parameters = SamplingParameters.defaults().withSeed(7);
    int[] count = new int[1];
    return (logits, sampler) -> {
      int place = count[0]++;
      int id = sampler.sample(logits, parameters, PreviousTokens.NONE, index, place);
      FinishReason reason = place + 1 == tokens ? FinishReason.LENGTH : null;
      return new GeneratedToken(place, id, "", null, reason);
    };
  }
}
